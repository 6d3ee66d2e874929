public import SmartCard

/// An emulated passport or residence permit: files behind basic access control and secure messaging (Doc 9303 parts 10 and 11). The chip's
/// end, written for itself from the standard, so that both ends of this project do not share a mistake.
public struct DocumentCard: EmulatedCard {
    public let answerToReset: [UInt8]
    public let contactless: ContactlessTraits?
    /// What goes wrong with it.
    public var faults: Set<DocumentFault> = []
    /// Commands that it carried out, as it understood them; what was protected without its protection.
    public private(set) var executed: [CommandAPDU] = []

    private let files: [UInt16: [UInt8]]
    private let information: [UInt8]
    private var draw: @Sendable (Int) -> [UInt8]
    private var isApplicationSelected = false
    private var challenge: [UInt8]?
    private var session: ChipSession?
    private var selected: UInt16?

    /// - Parameters:
    ///   - files: the files by their identifiers (``DocumentFile``).
    ///   - information: document number, birth and expiry with their check digits, as they are printed: `L898902C<369080619406236`.
    ///   - contactless: nil for a card with contacts.
    ///   - draw: so many random octets.
    public init(
        files: [UInt16: [UInt8]], information: [UInt8],
        contactless: ContactlessTraits? = ContactlessTraits(identifier: [0x08, 0x3A, 0x51, 0xC4], isRandom: true),
        draw: @escaping @Sendable (Int) -> [UInt8] = { count in (0..<count).map { _ in UInt8.random(in: .min ... .max) } }
    ) {
        self.files = files
        self.information = information
        self.contactless = contactless
        self.draw = draw
        // Without contacts as a reader makes it up for a card without historical bytes (PC/SC part 3, 3.1.3.2.3.1); with contacts T=1.
        answerToReset = contactless == nil ? [0x3B, 0x80, 0x81, 0x71, 0xFE, 0x45, 0x00, 0xCB] : [0x3B, 0x80, 0x80, 0x01, 0x01]
    }

    public mutating func reset() { (isApplicationSelected, challenge, session, selected) = (false, nil, nil, nil) }

    public mutating func answer(_ command: CommandAPDU) -> ResponseAPDU {
        guard command.instructionClass & 0x0C == 0x0C else {
            // A command without protection ends a protected conversation (part 11, 9.8.3).
            session = nil
            executed.append(command)
            return plain(command)
        }
        guard var open = session else { return ResponseAPDU(status: .securityObjectsMissing) }
        session = nil
        let inner: CommandAPDU
        do {
            inner = try open.unwrap(command)
        } catch {
            return ResponseAPDU(status: error == .missing ? .securityObjectsMissing : .securityObjectsWrong)
        }
        executed.append(inner)
        let reply = carryOut(inner, isOpen: true)
        if faults.contains(.plainAnswer), inner.instruction & 0xFE == 0xB0 { return reply }
        guard var answer = try? open.wrap(reply, isOdd: inner.instruction & 1 == 1) else { return ResponseAPDU(status: .nothingSaid) }
        if faults.contains(.wrongCode), inner.instruction & 0xFE == 0xB0 { answer.data[answer.data.count - 1] ^= 1 }
        if faults.contains(.replayed), inner.instruction & 0xFE == 0xB0 { open.goBack() }
        session = open
        return answer
    }

    // MARK: Outside and inside of protection

    private mutating func plain(_ command: CommandAPDU) -> ResponseAPDU {
        switch (command.instruction, command.parameter1) {
        case (0xA4, 0x04):
            guard command.data == [0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01], !faults.contains(.noApplication) else {
                return ResponseAPDU(status: .fileNotFound)
            }
            (isApplicationSelected, selected, challenge) = (true, nil, nil)
            return ResponseAPDU(status: .done)
        case (0x84, _):
            guard isApplicationSelected, !faults.contains(.onlyPACE) else { return ResponseAPDU(status: .notAllowed) }
            let drawn = draw(8)
            challenge = drawn
            return ResponseAPDU(data: drawn, status: .done)
        case (0x82, _): return authenticate(command.data)
        case (_, _): return carryOut(command, isOpen: false)
        }
    }

    private mutating func authenticate(_ proof: [UInt8]) -> ResponseAPDU {
        guard let drawn = challenge else { return ResponseAPDU(status: .notAllowed) }
        // A challenge is good for one try.
        challenge = nil
        guard let chip = try? ChipAccess(information), let agreed = try? chip.agree(proof, challenge: drawn, ownKey: draw(16)) else {
            return ResponseAPDU(status: .notProved)
        }
        session = agreed.session
        var answer = agreed.proof
        if faults.contains(.wrongProof) { answer[0] ^= 1 }
        return ResponseAPDU(data: answer, status: .done)
    }

    private mutating func carryOut(_ command: CommandAPDU, isOpen: Bool) -> ResponseAPDU {
        switch (command.instruction, command.parameter1, command.data.count) {
        case (0xA4, 0x02, 2):
            let identifier = UInt16(command.data[0]) << 8 | UInt16(command.data[1])
            guard files[identifier] != nil else { return ResponseAPDU(status: .fileNotFound) }
            guard isOpen || identifier == DocumentFile.cardAccess else { return ResponseAPDU(status: .notPermitted) }
            selected = identifier
            return ResponseAPDU(status: .done)
        case (0xB0, 0x80..., 0):
            // A short identifier in five bits selects, too.
            let short = UInt16(command.parameter1 & 0x1F)
            let identifier = short == 0x1C || short == 0x1D || short == 0x1E ? 0x0100 | short : 0x0100 + short
            guard files[identifier] != nil else { return ResponseAPDU(status: .fileNotFound) }
            guard isOpen || identifier == DocumentFile.cardAccess else { return ResponseAPDU(status: .notPermitted) }
            selected = identifier
            return read(from: Int(command.parameter2), command.expected ?? 0)
        case (0xB0, _, 0): return read(from: Int(command.parameter1) << 8 | Int(command.parameter2), command.expected ?? 0)
        case (0xB1, 0, _): return readFar(command)
        case (_, _, _): return ResponseAPDU(status: .unknownInstruction)
        }
    }

    private func read(from start: Int, _ expected: Int) -> ResponseAPDU {
        guard let identifier = selected, var file = files[identifier] else { return ResponseAPDU(status: .noFileSelected) }
        if faults.contains(.truncated(identifier)) { file.removeLast(file.count / 2) }
        if faults.contains(.endless(identifier)) { return ResponseAPDU(data: endless(file, start, expected), status: .done) }
        guard start < file.count else { return ResponseAPDU(status: .wrongOffset) }
        let most = faults.contains(.shortAnswers) ? min(expected, 97) : expected
        let data = Array(file[start...].prefix(most))
        return ResponseAPDU(data: data, status: start + expected > file.count ? .endOfFile : .done)
    }

    /// A file that claims four gigabytes and has an answer for every offset.
    private func endless(_ file: [UInt8], _ start: Int, _ expected: Int) -> [UInt8] {
        let head = Array(file.prefix(1)) + [0x84, 0xFF, 0xFF, 0xFF, 0x00]
        return (start..<start + max(1, expected)).map { $0 < head.count ? head[$0] : 0x5A }
    }

    /// READ BINARY with an odd code: the offset in data object 54, what was read in 53 (ISO/IEC 7816-4, 11.2.3).
    private func readFar(_ command: CommandAPDU) -> ResponseAPDU {
        guard command.parameter2 == 0, let place = try? DataObject(decoding: command.data), place.tag == 0x54, place.value.count <= 4 else {
            return ResponseAPDU(status: .wrongData)
        }
        let expected = command.expected ?? 0
        let head = expected < 0x82 ? 2 : expected < 0x103 ? 3 : 4
        guard expected > head else { return ResponseAPDU(status: .wrongLength) }
        var answer = read(from: place.value.reduce(0) { $0 << 8 | Int($1) }, expected - head)
        if !answer.data.isEmpty { answer.data = DataObject(0x53, answer.data).octets }
        return answer
    }
}

/// What can go wrong with an emulated document; what is altered or signed by somebody else stands in its files.
public enum DocumentFault: Hashable, Sendable {
    /// It is another kind of card.
    case noApplication
    /// It wants PACE.
    case onlyPACE
    /// Its proof that it knows its own keys is wrong.
    case wrongProof
    /// The authentication code of what is read is wrong.
    case wrongCode
    /// It answers with a counter that it had before.
    case replayed
    /// What is read comes without protection.
    case plainAnswer
    /// Never more than 97 octets come at once.
    case shortAnswers
    /// A file has lost its second half.
    case truncated(UInt16)
    /// A file claims to be endless, and is.
    case endless(UInt16)
}

extension StatusWord {
    static let notProved = StatusWord(rawValue: 0x6300)
    static let nothingSaid = StatusWord(rawValue: 0x6F00)
    static let notPermitted = StatusWord(rawValue: 0x6982)
    static let notAllowed = StatusWord(rawValue: 0x6985)
    static let securityObjectsMissing = StatusWord(rawValue: 0x6987)
    static let securityObjectsWrong = StatusWord(rawValue: 0x6988)
    static let wrongData = StatusWord(rawValue: 0x6A80)
}
