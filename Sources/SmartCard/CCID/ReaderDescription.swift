/// The CCID class descriptor: what a reader can do (USB CCID 1.10, 5.1).
public struct ReaderDescription: Hashable, Sendable {
    /// Slots, 1 to 256 (bMaxSlotIndex + 1).
    public var slots: Int
    /// bVoltageSupport.
    public var voltages: [CardVoltage]
    /// dwProtocols: bit n stands for T=n.
    public var protocols: [TransmissionProtocol]
    /// dwDefaultClock, hertz.
    public var defaultClock: Int
    /// dwDataRate, bits a second.
    public var defaultRate: Int
    /// dwMaxDataRate, bits a second.
    public var fastestRate: Int
    /// dwMaxIFSD: information octets in one block to the reader, at T=1.
    public var fieldSize: Int
    public var features: ReaderFeatures
    /// What the host sends as one piece. A character reader is not supported: `nil`.
    public var level: ExchangeLevel?
    /// dwMaxCCIDMessageLength, octets, the header of ten among them.
    public var messageLength: Int
    /// bMaxCCIDBusySlots: commands that may be under way at once, each for another slot.
    public var busySlots: Int
    /// What the descriptor does not say.
    public internal(set) var quirks: ReaderQuirks = []

    public init(
        slots: Int = 1, voltages: [CardVoltage] = [.five, .three, .oneEight], protocols: [TransmissionProtocol] = [.t0, .t1],
        defaultClock: Int = 4_000_000, defaultRate: Int = 10_752, fastestRate: Int = 344_086, fieldSize: Int = 254,
        features: ReaderFeatures = [], level: ExchangeLevel? = .tpdu, messageLength: Int = 271, busySlots: Int = 1
    ) {
        self.slots = slots
        self.voltages = voltages
        self.protocols = protocols
        self.defaultClock = defaultClock
        self.defaultRate = defaultRate
        self.fastestRate = fastestRate
        self.fieldSize = fieldSize
        self.features = features
        self.level = level
        self.messageLength = messageLength
        self.busySlots = busySlots
    }

    /// Reads the descriptor of 54 octets, as it stands behind its interface.
    public init(decoding octets: [UInt8]) throws(ReaderDescriptionError) {
        guard octets.count >= 54, octets[0] >= 54, octets[1] == 0x21 else { throw .notADescriptor }
        let number = { (place: Int) in (0..<4).reduce(0) { $0 | Int(octets[place + $1]) << (8 * $1) } }
        let set = number(40)
        self.init(
            slots: Int(octets[4]) + 1,
            voltages: CardVoltage.allCases.filter { octets[5] & $0.classBit != 0 },
            protocols: TransmissionProtocol.allCases.filter { number(6) & 1 << Int($0.rawValue) != 0 },
            // In kilohertz.
            defaultClock: number(10) * 1000, defaultRate: number(19), fastestRate: number(23),
            fieldSize: min(max(number(28), 32), 254),
            features: ReaderFeatures(rawValue: UInt32(set & 0xFFFF)), level: ExchangeLevel(features: UInt32(set)),
            messageLength: number(44), busySlots: max(Int(octets[53]), 1))
        guard defaultClock > 0, defaultRate > 0, messageLength >= 16 else { throw .impossible }
    }

    /// As the emulated reader shows it.
    public var octets: [UInt8] {
        let number = { (value: Int) in (0..<4).map { UInt8(value >> (8 * $0) & 0xFF) } }
        var octets: [UInt8] = [54, 0x21, 0x10, 0x01, UInt8(slots - 1), voltages.reduce(0) { $0 | $1.classBit }]
        octets += number(protocols.reduce(0) { $0 | 1 << Int($1.rawValue) })
        octets += number(defaultClock / 1000) + number(defaultClock / 1000) + [0]
        octets += number(defaultRate) + number(fastestRate) + [0]
        octets += number(fieldSize) + number(0) + number(0)
        octets += number(Int(features.rawValue | (level?.featureBits ?? 0)))
        return octets + number(messageLength) + [0xFF, 0xFF, 0, 0, 0, UInt8(busySlots)]
    }
}

/// dwFeatures without the exchange level: what the reader does by itself.
public struct ReaderFeatures: OptionSet, Hashable, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Configures itself by the ATR.
    public static let configuresItself = ReaderFeatures(rawValue: 0x02)
    /// Activates a card when it is put in.
    public static let activates = ReaderFeatures(rawValue: 0x04)
    public static let choosesVoltage = ReaderFeatures(rawValue: 0x08)
    public static let choosesClock = ReaderFeatures(rawValue: 0x10)
    public static let choosesRate = ReaderFeatures(rawValue: 0x20)
    /// Negotiates parameters by the ATR and a preferred protocol.
    public static let negotiatesParameters = ReaderFeatures(rawValue: 0x40)
    /// Makes PPS by the active parameters.
    public static let selectsParameters = ReaderFeatures(rawValue: 0x80)
    public static let stopsClock = ReaderFeatures(rawValue: 0x100)
    public static let acceptsOtherNodes = ReaderFeatures(rawValue: 0x200)
    /// Tells a T=1 card its IFSD.
    public static let tellsFieldSize = ReaderFeatures(rawValue: 0x400)
}

/// What is sent to a reader as one piece (dwFeatures, bits 16 to 18).
public enum ExchangeLevel: Hashable, Sendable, CaseIterable {
    /// Blocks of T=1, headers of T=0.
    case tpdu
    /// A command with one octet for each length.
    case shortAPDU
    /// Any command, in several messages where it is long.
    case extendedAPDU

    init?(features: UInt32) {
        switch features & 0x7_0000 {
        case 0x1_0000: self = .tpdu
        case 0x2_0000: self = .shortAPDU
        case 0x4_0000: self = .extendedAPDU
        case _: return nil
        }
    }

    var featureBits: UInt32 {
        switch self {
        case .tpdu: 0x1_0000
        case .shortAPDU: 0x2_0000
        case .extendedAPDU: 0x4_0000
        }
    }
}

/// Octets that describe no reader.
public enum ReaderDescriptionError: Error, Hashable, Sendable, CustomStringConvertible {
    case notADescriptor, impossible

    public var description: String {
        switch self {
        case .notADescriptor: "the reader's interface has no CCID descriptor of 54 octets"
        case .impossible: "the reader's CCID descriptor has a clock, rate or message length of nothing"
        }
    }
}
