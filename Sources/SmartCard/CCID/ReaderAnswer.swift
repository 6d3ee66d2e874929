/// What a reader says on bulk-IN (USB CCID 1.10, 6.2).
public struct ReaderAnswer: Hashable, Sendable {
    public var slot: UInt8
    /// bSeq of the command that it answers.
    public var sequence: UInt8
    public var card: CardPresence
    public var outcome: Outcome
    public var content: Content

    public enum Outcome: Hashable, Sendable {
        case done
        case failed(ReaderError)
        /// The card asks for time: the waiting time again, so many times.
        case moreTime(UInt8)
    }

    public enum Content: Hashable, Sendable {
        /// An ATR, a block, or (part of) an APDU; `chain`: bChainParameter.
        case data([UInt8], chain: UInt8)
        case status
        case parameters(CardParameters?)
        case escape([UInt8])
    }

    public init(slot: UInt8, sequence: UInt8, card: CardPresence, outcome: Outcome = .done, content: Content = .status) {
        self.slot = slot
        self.sequence = sequence
        self.card = card
        self.outcome = outcome
        self.content = content
    }

    /// Reads one message; what follows behind its length is refused, what is missing too.
    public init(decoding octets: [UInt8]) throws(ReaderMessageError) {
        guard octets.count >= 10 else { throw .tooShort(octets.count) }
        let length = (0..<4).reduce(0) { $0 | Int(octets[1 + $1]) << (8 * $1) }
        guard octets.count == 10 + length else { throw .length(said: length, came: octets.count - 10) }
        slot = octets[5]
        sequence = octets[6]
        guard let card = CardPresence(rawValue: octets[7] & 3) else { throw .status(octets[7]) }
        self.card = card
        switch octets[7] >> 6 {
        case 0: outcome = .done
        case 1: outcome = .failed(ReaderError(rawValue: octets[8]))
        case 2: outcome = .moreTime(octets[8])
        case _: throw .status(octets[7])
        }
        let data = Array(octets[10...])
        switch octets[0] {
        case 0x80: content = .data(data, chain: octets[9])
        case 0x81: content = .status
        case 0x82: content = .parameters(CardParameters(protocolNumber: octets[9], data))
        case 0x83: content = .escape(data)
        case _: throw .type(octets[0])
        }
    }

    /// As the emulated reader sends it.
    public var octets: [UInt8] {
        let (type, last, data): (UInt8, UInt8, [UInt8]) =
            switch content {
            case .data(let data, let chain): (0x80, chain, data)
            case .status: (0x81, 0, [])
            case .parameters(let parameters): (0x82, parameters?.transmission.rawValue ?? 0, parameters?.octets ?? [])
            case .escape(let data): (0x83, 0, data)
            }
        let (command, error): (UInt8, UInt8) =
            switch outcome {
            case .done: (0, 0)
            case .failed(let error): (1, error.rawValue)
            case .moreTime(let times): (2, times)
            }
        let length = (0..<4).map { UInt8(data.count >> (8 * $0) & 0xFF) }
        return [type] + length + [slot, sequence, command << 6 | card.rawValue, error, last] + data
    }
}

/// bmICCStatus.
public enum CardPresence: UInt8, Hashable, Sendable {
    /// There, and under power.
    case active = 0
    case inactive = 1
    case absent = 2
}

/// bError of a command that failed (USB CCID 1.10, table 6.2-2).
public struct ReaderError: Hashable, Sendable, RawRepresentable, CustomStringConvertible {
    public var rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let aborted = ReaderError(rawValue: 0xFF)
    public static let mute = ReaderError(rawValue: 0xFE)
    public static let parity = ReaderError(rawValue: 0xFD)
    public static let overrun = ReaderError(rawValue: 0xFC)
    public static let hardware = ReaderError(rawValue: 0xFB)
    public static let initialCharacter = ReaderError(rawValue: 0xF8)
    public static let checkCharacter = ReaderError(rawValue: 0xF7)
    public static let unsupportedProtocol = ReaderError(rawValue: 0xF6)
    public static let unsupportedClass = ReaderError(rawValue: 0xF5)
    public static let procedureByte = ReaderError(rawValue: 0xF4)
    public static let deactivatedProtocol = ReaderError(rawValue: 0xF3)
    public static let busyWithSequence = ReaderError(rawValue: 0xF2)
    public static let slotBusy = ReaderError(rawValue: 0xE0)
    public static let unsupported = ReaderError(rawValue: 0)

    /// Nothing or noise came from the card: what T=1 asks for again.
    public var isOfTheLine: Bool { [.mute, .parity, .overrun].contains(self) }

    public var description: String {
        switch self {
        case .aborted: "the command was aborted"
        case .mute: "the card is mute"
        case .parity: "a character of the card has a wrong parity"
        case .overrun: "characters of the card were lost"
        case .hardware: "the reader's hardware failed"
        case .initialCharacter: "the card's ATR begins wrongly"
        case .checkCharacter: "the card's ATR has a wrong check character"
        case .unsupportedProtocol: "the card speaks a protocol that the reader does not"
        case .unsupportedClass: "the card works with no voltage that the reader has"
        case .procedureByte: "the card's procedure byte is wrong"
        case .deactivatedProtocol: "the protocol is not active"
        case .busyWithSequence: "the reader is busy by itself"
        case .slotBusy: "the slot is busy"
        case .unsupported: "the reader does not know the command"
        case _ where (1...127).contains(rawValue): "the reader does not take octet \(rawValue) of the command"
        case _: "the reader failed with error \([rawValue].hexadecimal)"
        }
    }
}

/// Octets from bulk-IN that are no message.
public enum ReaderMessageError: Error, Hashable, Sendable, CustomStringConvertible {
    case tooShort(Int)
    case length(said: Int, came: Int)
    case type(UInt8)
    case status(UInt8)

    public var description: String {
        switch self {
        case .tooShort(let count): "a message of \(count) octets is shorter than its header of ten"
        case .length(let said, let came): "a message says that \(said) octets follow, and \(came) came"
        case .type(let type): "a message of the unknown type \([type].hexadecimal)"
        case .status(let status): "a message with the impossible status \([status].hexadecimal)"
        }
    }
}

/// What a reader says on its interrupt endpoint (USB CCID 1.10, 6.3).
public enum ReaderNotice: Hashable, Sendable {
    /// For each slot whether a card is there, and whether that has changed since the last notice.
    case slots([Slot])
    case hardwareError(slot: UInt8, sequence: UInt8, code: UInt8)

    public struct Slot: Hashable, Sendable {
        public var isPresent: Bool
        public var hasChanged: Bool
        public init(isPresent: Bool, hasChanged: Bool) { (self.isPresent, self.hasChanged) = (isPresent, hasChanged) }
    }

    /// nil where it is neither. A notice may be longer than its slots need.
    public init?(decoding octets: [UInt8], slots count: Int) {
        switch octets.first {
        case 0x50:
            guard octets.count >= 1 + (count + 3) / 4 else { return nil }
            self = .slots(
                (0..<count).map { slot in
                    let bits = octets[1 + slot / 4] >> (2 * UInt8(slot % 4))
                    return Slot(isPresent: bits & 1 != 0, hasChanged: bits & 2 != 0)
                })
        case 0x51:
            guard octets.count >= 4 else { return nil }
            self = .hardwareError(slot: octets[1], sequence: octets[2], code: octets[3])
        case _: return nil
        }
    }

    /// As the emulated reader sends it.
    public var octets: [UInt8] {
        switch self {
        case .slots(let slots):
            var bits = [UInt8](repeating: 0, count: (slots.count + 3) / 4)
            for (slot, state) in slots.enumerated() {
                bits[slot / 4] |= ((state.isPresent ? 1 : 0) | (state.hasChanged ? 2 : 0)) << (2 * UInt8(slot % 4))
            }
            return [0x50] + bits
        case .hardwareError(let slot, let sequence, let code): return [0x51, slot, sequence, code]
        }
    }
}
