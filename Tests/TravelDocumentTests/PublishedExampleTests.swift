import Secrets
import SmartCard
import Testing

@testable import TravelDocument

/// Doc 9303 part 11, appendix D: one whole conversation, octet by octet.
@Suite struct PublishedExampleTests {
    static let randomness = "781723860C06C2260B795240CB7049B01C19B33E32804F0B"
    static let proof = "72C29C2371CC9BDB65B779B8E8D37B29ECC154AA56A8799FAE2F498F76ED92F25F1448EEA8AD90A7"
    static let chipsProof = "46B9342A41396CD7386BF5803104D7CEDC122B9132139BAF2EEDC94EE178534F2F2D235D074D7449"
    static let contents = "60145F0104303130365F36063034303030305C026175"
    /// Commands as they must be sent, and the chip's answers.
    static let exchange = [
        ("0CA4020C158709016375432908C044F68E08BF8B92D635FF24F800", "990290008E08FA855A5D4C50A8ED9000"),
        ("0CB000000D9701048E08ED6705417E96BA5500", "8709019FF0EC34F9922651990290008E08AD55CC17140B2DED9000"),
        (
            "0CB000040D9701128E082EA28A70F3C7B53500",
            "871901FB9235F4E4037F2327DCC8964F1F9B8C30F42C8E2FFF224A990290008E08C8B2787EAEA07D749000"
        ),
    ]

    static func key() throws -> DocumentKey {
        try DocumentKey(number: Secret(text: "L898902C"), birth: Secret(text: "690806"), expiry: Secret(text: "940623"))
    }

    static func session() throws -> SecureMessaging {
        let keys = SessionKeys(
            encryption: try Secret(hexadecimal: "979EC13B1CBFE9DCD01AB0FED307EAE5"),
            authentication: try Secret(hexadecimal: "F1CB1F1FB5ADF208806B89DC579DC1F8"))
        return SecureMessaging(.tripleDES, keys, counter: try hex("887022120C06C226"))
    }

    /// D.3.
    @Test func bothEndsAgreeOnKeys() throws {
        var access = try BasicAccess(Self.key(), randomness: Secret(hexadecimal: Self.randomness))
        #expect(access.start().octets.hexadecimal == "0084000008")
        let challenge = ResponseAPDU(data: try hex("4608F91988702212"), status: .done)
        let step = try access.take(challenge)
        #expect(step == .send(CommandAPDU(0x00, 0x82, 0, 0, data: try hex(Self.proof), expected: 40)))
        let opened = try access.take(ResponseAPDU(data: try hex(Self.chipsProof), status: .done))
        #expect(opened == .opened(try Self.session()))
    }

    /// D.4, through the machine that reads documents.
    @Test func theMachineSendsThePublishedCommands() throws {
        var machine = DocumentReadingMachine(try Self.key(), wantsPortrait: false, randomness: try Secret(hexadecimal: Self.randomness))
        #expect(machine.first.octets.hexadecimal == "00A4020C02011C")
        var sent: [String] = []
        let answers = ["6A82", "9000", "4608F919887022129000", Self.chipsProof + "9000"] + Self.exchange.map(\.1)
        for answer in answers {
            guard case .send(let command) = machine.take(try ResponseAPDU(decoding: hex(answer))) else {
                Issue.record("it ended after \(sent)")
                return
            }
            sent.append(command.octets.hexadecimal)
        }
        let opening = ["00A4040C07A0000002471001", "0084000008", "0082000028\(Self.proof)28"]
        #expect(Array(sent.prefix(6)) == opening + Self.exchange.map(\.0))
        // EF.COM is read; EF.SOD follows.
        #expect(sent.last?.hasPrefix("0CA4020C15870901") == true)
    }

    @Test func answersAreOpenedToWhatThePublishedFileHas() throws {
        var session = try Self.session()
        let commands = [
            CommandAPDU(0x00, 0xA4, 0x02, 0x0C, data: [0x01, 0x1E]), CommandAPDU(0x00, 0xB0, 0, 0, expected: 4),
            CommandAPDU(0x00, 0xB0, 0, 4, expected: 18),
        ]
        var read = ""
        for (command, (spelling, answer)) in zip(commands, Self.exchange) {
            #expect(try session.protect(command).octets.hexadecimal == spelling)
            let opened = try session.open(ResponseAPDU(decoding: hex(answer)))
            #expect(opened.status == .done)
            read += opened.data.hexadecimal
        }
        #expect(read == Self.contents)
        #expect(session.counter.hexadecimal == "887022120C06C22C")
        #expect(try ContentsFile(Secret(hexadecimal: read)).groups == [1, 2])
    }

    /// Any octet of any answer that is another one ends the conversation.
    @Test func anyOtherOctetIsRefused() throws {
        var session = try Self.session()
        _ = try session.protect(CommandAPDU(0x00, 0xA4, 0x02, 0x0C, data: [0x01, 0x1E]))
        _ = try session.open(ResponseAPDU(decoding: hex(Self.exchange[0].1)))
        _ = try session.protect(CommandAPDU(0x00, 0xB0, 0, 0, expected: 4))
        let answer = try ResponseAPDU(decoding: hex(Self.exchange[1].1))
        for index in answer.data.indices {
            var damaged = answer
            damaged.data[index] ^= 0x01
            var copy = session
            let refusal = #expect(throws: Refusal.self, "octet \(index)") { try copy.open(damaged) }
            #expect(refusal?.code == .messagingBroken)
        }
        var copy = session
        #expect(throws: Refusal.self) { try copy.open(ResponseAPDU(status: .done)) }
        #expect(throws: Refusal.self) { try copy.open(ResponseAPDU(data: Array(answer.data.dropLast(10)), status: .done)) }
        // The same answer once more is not the next one.
        #expect(try session.open(answer).data.hexadecimal == "60145F01")
        _ = try session.protect(CommandAPDU(0x00, 0xB0, 0, 0, expected: 4))
        #expect(throws: Refusal.self) { try session.open(answer) }
    }

    /// AES with keys of 32 octets, from the published tests of an inspection system of somebody else's.
    @Test func aesInTheSameShape() throws {
        let keys = SessionKeys(
            encryption: try Secret(hexadecimal: "74B94F408BBB2CD92571FD5B6370A94CCE7A2FA42AE3EB4DA47B97CE6EAA24C6"),
            authentication: try Secret(hexadecimal: "9E28D5D9FF1D979BE752E8926BF0E1D35A440FC0AEFC4AA3BC5610055AC8B113"))
        var session = SecureMessaging(.aes(keyLength: 32), keys, counter: [UInt8](repeating: 0, count: 15) + [0x20])
        let exchange: [(CommandAPDU, String, String)] = [
            (
                CommandAPDU(0x00, 0xA4, 0x02, 0x0C, data: [0x01, 0x1E]),
                "0CA4020C1D8711011D35E7EB510E21A0DD12380D9AD2B92D8E0828CB68B81D3FAFC000", "990290008E08E083EAA61ADABFCE9000"
            ),
            (
                CommandAPDU(0x00, 0xB0, 0, 0, expected: 4), "0CB000000D9701048E084AFC933E0CDBE5F000",
                "871101D8059A9CF835105082CA2B1837E4AEC0990290008E08B36DB56761D706BB9000"
            ),
            (
                CommandAPDU(0x00, 0xB0, 0, 4, expected: 22), "0CB000040D9701168E0811F7EFC907D1F27400",
                "87210142E919C115FAF69350B01813D77A9E8D91912A7F717AFD073F199070E61B79C6990290008E083382E3D983F441369000"
            ),
        ]
        var read = ""
        for (command, spelling, answer) in exchange {
            #expect(try session.protect(command).octets.hexadecimal == spelling)
            read += try session.open(ResponseAPDU(decoding: hex(answer))).data.hexadecimal
        }
        #expect(read == "60185F0104303130385F36063034303030305C06617563766D6E")
    }
}
