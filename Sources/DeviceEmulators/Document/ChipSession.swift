import CardCryptography
import Secrets
import SmartCard

/// The chip's end of basic access control (Doc 9303 part 11, 4.3.3).
struct ChipAccess {
    private let encryption: Secret
    private let authentication: Secret

    /// The keys that follow from what is printed.
    init(_ information: [UInt8]) throws {
        let seed = try HashFunction.sha1.digest(Secret(information))[0..<16]
        (encryption, authentication) = (try Self.derive(seed, 1), try Self.derive(seed, 2))
    }

    /// Takes the reader's proof and gives the chip's; nil where it is none.
    func agree(_ proof: [UInt8], challenge: [UInt8], ownKey: [UInt8]) throws -> (proof: [UInt8], session: ChipSession)? {
        guard proof.count == 40, try Self.code(proof[..<32], authentication) == Array(proof[32...]) else { return nil }
        let said = try BlockCipher.tripleDES.decrypt(Array(proof[..<32]), key: encryption, initial: Self.zero).withBytes { Array($0) }
        let (readerChallenge, echoed, readerKey) = (said[..<8], said[8..<16], said[16...])
        guard Array(echoed) == challenge else { return nil }
        let coded = try BlockCipher.tripleDES.encrypt(Secret(challenge + readerChallenge + ownKey), key: encryption, initial: Self.zero)
        let seed = Secret(zip(readerKey, ownKey).map { $0 ^ $1 })
        let counter = (challenge[4...] + readerChallenge.suffix(4)).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let session = ChipSession(encryption: try Self.derive(seed, 1), authentication: try Self.derive(seed, 2), counter: counter)
        return (coded + (try Self.code(coded[...], authentication)), session)
    }

    static let zero = [UInt8](repeating: 0, count: 8)

    /// A key of 16 octets with odd parity.
    private static func derive(_ seed: Secret, _ number: UInt8) throws -> Secret {
        let digest = try HashFunction.sha1.digest(Secret(joining: [seed, Secret([0, 0, 0, number])]))
        return Secret((0..<16).map { digest[$0].nonzeroBitCount & 1 == 1 ? digest[$0] : digest[$0] ^ 1 })
    }

    static func code(_ octets: ArraySlice<UInt8>, _ key: Secret) throws -> [UInt8] {
        var padded = Array(octets) + [0x80]
        while padded.count & 7 != 0 { padded.append(0) }
        return try MessageAuthentication.retail.code(padded, key: key)
    }
}

/// The chip's end of secure messaging with 3DES (Doc 9303 part 11, 9.8): commands are opened, answers are closed.
struct ChipSession: Sendable {
    enum Fault: Error { case missing, wrong }

    private let encryption: Secret
    private let authentication: Secret
    private var counter: UInt64

    init(encryption: Secret, authentication: Secret, counter: UInt64) {
        (self.encryption, self.authentication, self.counter) = (encryption, authentication, counter)
    }

    /// The command inside of a protected one.
    mutating func unwrap(_ command: CommandAPDU) throws(Fault) -> CommandAPDU {
        counter &+= 1
        guard let objects = try? DataObject.sequence(command.data), let last = objects.last else { throw .missing }
        guard last.tag == 0x8E, command.expected != nil else { throw .missing }
        var covered = counterOctets + command.header + [0x80, 0, 0, 0]
        for object in objects.dropLast() { covered += object.octets }
        guard let expectedCode = try? ChipAccess.code(covered[...], authentication), expectedCode == last.value else { throw .wrong }
        var inner = CommandAPDU(command.instructionClass & 0xF0, command.instruction, command.parameter1, command.parameter2)
        for object in objects.dropLast() {
            switch (object.tag, command.instruction & 1) {
            case (0x87, 0) where object.value.first == 1: inner.data = try clear(Array(object.value.dropFirst()))
            case (0x85, 1): inner.data = try clear(object.value)
            case (0x97, _) where object.value.count == 1: inner.expected = object.value[0] == 0 ? 256 : Int(object.value[0])
            case (0x97, _) where object.value.count == 2:
                let length = Int(object.value[0]) << 8 | Int(object.value[1])
                inner.expected = length == 0 ? 0x1_0000 : length
            case (_, _): throw .missing
            }
        }
        return inner
    }

    /// An answer as it leaves the chip.
    mutating func wrap(_ answer: ResponseAPDU, isOdd: Bool) throws -> ResponseAPDU {
        counter &+= 1
        var objects: [UInt8] = []
        if !answer.data.isEmpty {
            var padded = answer.data + [0x80]
            while padded.count & 7 != 0 { padded.append(0) }
            let coded = try BlockCipher.tripleDES.encrypt(Secret(padded), key: encryption, initial: ChipAccess.zero)
            objects += isOdd ? DataObject(0x85, coded).octets : DataObject(0x87, [1] + coded).octets
        }
        objects += [0x99, 2, answer.status.first, answer.status.second]
        let code = try ChipAccess.code((counterOctets + objects)[...], authentication)
        return ResponseAPDU(data: objects + [0x8E, 8] + code, status: answer.status)
    }

    /// Makes the next answer bear a counter that was used before.
    mutating func goBack() { counter &-= 2 }

    private var counterOctets: [UInt8] { (0..<8).map { UInt8(counter >> (56 - 8 * UInt64($0)) & 0xFF) } }

    private func clear(_ coded: [UInt8]) throws(Fault) -> [UInt8] {
        guard coded.count % 8 == 0, let padded = try? BlockCipher.tripleDES.decrypt(coded, key: encryption, initial: ChipAccess.zero) else {
            throw .wrong
        }
        let octets = padded.withBytes { Array($0) }
        guard let end = octets.lastIndex(where: { $0 != 0 }), octets[end] == 0x80 else { throw .wrong }
        return Array(octets[..<end])
    }
}
