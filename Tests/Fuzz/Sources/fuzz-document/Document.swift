import CardCryptography
import Secrets
import SmartCard
import TravelDocument

/// What a chip and a printed page say: zones, files, answers to a reading, protected and not. The first octet says as what the others are
/// read.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzDocument(_ octets: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: octets, count: count))
    guard let kind = input.first else { return 0 }
    let rest = Array(input.dropFirst())
    switch kind & 3 {
    case 0: zone(rest)
    case 1: files(rest)
    case 2: answers(rest, isProtected: false)
    case _: answers(rest, isProtected: true)
    }
    return 0
}

/// Nobody is trusted.
private let authentication: PassiveAuthentication? = (try? CertificateStore([])).map(PassiveAuthentication.init)

private func zone(_ octets: [UInt8]) {
    guard let zone = try? MachineReadableZone(scanned: Secret(octets)) else { return }
    for field in MachineReadableZone.Field.allCases { precondition(zone[field].count <= 39) }
    precondition(zone.primaryName.count + zone.secondaryName.count <= 39)
    precondition(DocumentKey(zone) == DocumentKey(zone))
    precondition((try? MachineReadableZone(zone.octets)) == zone, "what was read is not read again")
}

/// Four files, each behind two octets of length: EF.COM, EF.SOD, EF.DG1, EF.DG2.
private func files(_ octets: [UInt8]) {
    var rest = octets[...]
    func take() -> Secret {
        guard rest.count >= 2, let high = rest.popFirst(), let low = rest.popFirst() else { return Secret([]) }
        defer { rest = rest.dropFirst(Int(high) << 8 | Int(low)) }
        return Secret(rest.prefix(Int(high) << 8 | Int(low)))
    }
    let (contents, object, zone, portrait) = (take(), take(), take(), take())
    let files = DocumentFiles(
        cardAccess: portrait, contents: contents, securityObject: object, zone: zone, portrait: portrait.count == 0 ? nil : portrait)
    guard let key = specimenKey, case .verified? = authentication?.judge(files, openedBy: key, at: 1_800_000_000) else { return }
    preconditionFailure("verified without an authority")
}

/// Of the passport in Doc 9303 part 4, whose files stand in the corpus.
private let specimenKey = try? DocumentKey(
    number: Secret("L898902C3".utf8.map(\.self)), birth: Secret("740812".utf8.map(\.self)), expiry: Secret("120415".utf8.map(\.self)))

/// Of the worked example in Doc 9303 part 11, appendix D, whose session keys are known.
private let exampleKey = try? DocumentKey(
    number: Secret("L898902C".utf8.map(\.self)), birth: Secret("690806".utf8.map(\.self)), expiry: Secret("940623".utf8.map(\.self)))

private func octets(_ text: String) -> [UInt8] { [UInt8](hexadecimal: text) ?? [] }

/// The example's conversation until its keys are agreed on, then answers from the input, each behind a status and a length.
private func answers(_ octets: [UInt8], isProtected: Bool) {
    guard let exampleKey else { return }
    let randomness = Secret(fuzz_document.octets("781723860C06C2260B795240CB7049B01C19B33E32804F0B"))
    var machine = DocumentReadingMachine(exampleKey, wantsPortrait: true, randomness: randomness, portion: 64)
    let opening = [
        "6A82", "9000", "4608F919887022129000", "46B9342A41396CD7386BF5803104D7CEDC122B9132139BAF2EEDC94EE178534F2F2D235D074D74499000",
    ]
    var counter: UInt64 = 0x8870_2212_0C06_C226
    var isOver = false
    var rest = octets[...]
    // Without protection noise may come from the first answer on.
    for text in opening where isProtected || rest.count % 2 == 0 {
        guard let answer = try? ResponseAPDU(decoding: fuzz_document.octets(text)), case .send = machine.take(answer) else {
            preconditionFailure("the example is not understood")
        }
    }
    while let kind = rest.popFirst(), let length = rest.popFirst() {
        let data = Array(rest.prefix(Int(length)))
        rest = rest.dropFirst(data.count)
        let status = StatusWord(rawValue: [0x9000, 0x6282, 0x6A82, 0x6987][Int(kind & 3)])
        counter &+= 2
        let answer = isProtected ? seal(data, status, counter, isRaw: kind & 4 != 0) : ResponseAPDU(data: data, status: status)
        switch machine.take(answer) {
        case .send(let command):
            precondition(!isOver, "it sends behind its end")
            precondition((try? CommandAPDU(decoding: command.octets)) == command)
        case .finish: isOver = true
        }
    }
}

/// An answer under the example's session keys: what is said inside, or data objects that are as they are.
private func seal(_ data: [UInt8], _ status: StatusWord, _ counter: UInt64, isRaw: Bool) -> ResponseAPDU {
    func padded(_ octets: [UInt8]) -> [UInt8] { octets + [0x80] + [UInt8](repeating: 0, count: 7 - octets.count % 8) }
    var objects: [UInt8] = isRaw ? data : []
    if !isRaw {
        let coded = try? BlockCipher.tripleDES.encrypt(
            Secret(padded(data)), key: Secret(octets("979EC13B1CBFE9DCD01AB0FED307EAE5")), initial: [UInt8](repeating: 0, count: 8))
        if let coded, !data.isEmpty { objects = DataObject(0x87, [1] + coded).octets }
        objects += [0x99, 2, status.first, status.second]
    }
    let before = (0..<8).map { UInt8(counter >> (56 - 8 * UInt64($0)) & 0xFF) }
    let code = try? MessageAuthentication.retail.code(padded(before + objects), key: Secret(octets("F1CB1F1FB5ADF208806B89DC579DC1F8")))
    return ResponseAPDU(data: objects + [0x8E, 8] + (code ?? []), status: status)
}
