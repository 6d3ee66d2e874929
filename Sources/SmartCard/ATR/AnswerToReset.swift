/// What a card says of itself when it gets power (ISO/IEC 7816-3, clause 8), and what follows from it.
public struct AnswerToReset: Hashable, Sendable {
    /// All octets, from TS on.
    public let octets: [UInt8]
    /// Whether the card speaks the inverse convention (TS 3F).
    public let isInverse: Bool
    /// The interface bytes, one group for each turn of TA, TB, TC, TD; the first group's protocol stands in the second's `announced`.
    let groups: [InterfaceBytes]
    /// The historical bytes, at most 15.
    public let historical: [UInt8]

    struct InterfaceBytes: Hashable, Sendable {
        /// T as the TD before it announced it; nil for the first group, which is global.
        var announced: UInt8?
        var a: UInt8?
        var b: UInt8?
        var c: UInt8?
        var d: UInt8?
    }

    /// Reads it; refuses what no card may say.
    public init(decoding octets: [UInt8]) throws(ATRError) {
        guard octets.count >= 2 else { throw ATRError(.cutOff, at: octets.count) }
        // TS and at most 32 characters behind it (8.2.1).
        guard octets.count <= 33 else { throw ATRError(.tooLong, at: 33) }
        guard octets[0] == 0x3B || octets[0] == 0x3F else { throw ATRError(.initialCharacter, at: 0) }
        var rest = octets[1...]
        let take = { (rest: inout ArraySlice<UInt8>) throws(ATRError) -> UInt8 in
            guard let next = rest.popFirst() else { throw ATRError(.cutOff, at: octets.count) }
            return next
        }
        let format = try take(&rest)
        var groups: [InterfaceBytes] = []
        var present = format >> 4
        var announced: UInt8?
        while true {
            var group = InterfaceBytes(announced: announced)
            if present & 1 != 0 { group.a = try take(&rest) }
            if present & 2 != 0 { group.b = try take(&rest) }
            if present & 4 != 0 { group.c = try take(&rest) }
            if present & 8 != 0 { group.d = try take(&rest) }
            groups.append(group)
            guard let next = group.d else { break }
            present = next >> 4
            announced = next & 0x0F
        }
        let count = Int(format & 0x0F)
        guard rest.count >= count else { throw ATRError(.cutOff, at: octets.count) }
        historical = Array(rest.prefix(count))
        rest = rest.dropFirst(count)
        // The check character is there unless T=0 is the only protocol (8.2.5).
        let announcedAll = groups.compactMap(\.announced)
        if announcedAll.contains(where: { $0 != 0 }) {
            guard rest.count >= 1 else { throw ATRError(.cutOff, at: octets.count) }
            guard octets[1...rest.startIndex].reduce(0, ^) == 0 else { throw ATRError(.checkCharacter, at: rest.startIndex) }
            rest = rest.dropFirst()
        }
        guard rest.isEmpty else { throw ATRError(.tooLong, at: rest.startIndex) }
        self.octets = octets
        self.isInverse = octets[0] == 0x3F
        self.groups = groups
    }

    /// The protocols on offer that are spoken here, the card's own choice first (8.3, 6.3.1).
    public var protocols: [TransmissionProtocol] {
        let announced = groups.compactMap(\.announced).filter { $0 != 15 }
        var offered: [TransmissionProtocol] = []
        for number in announced.isEmpty ? [0] : announced {
            guard let known = TransmissionProtocol(rawValue: number), !offered.contains(known) else { continue }
            offered.append(known)
        }
        return offered
    }

    /// The protocol of the specific mode, where TA2 says that there is nothing to negotiate (8.3, TA2).
    public var specificMode: SpecificMode? {
        guard groups.count > 1, let byte = groups[1].a else { return nil }
        return SpecificMode(number: byte & 0x0F, usesInterfaceBytes: byte & 0x10 == 0, mayChange: byte & 0x80 == 0)
    }

    public struct SpecificMode: Hashable, Sendable {
        /// T.
        public var number: UInt8
        /// Whether Fi and Di stand in TA1; else they are known without being said.
        public var usesInterfaceBytes: Bool
        /// Whether a reset may change from specific to negotiable mode.
        public var mayChange: Bool
    }

    /// TA1: the fastest rate that the card takes, Fi and Di; 372 and 1 where it says nothing.
    public var fastestRate: BitRate { groups[0].a.flatMap(BitRate.init(rawValue:)) ?? .slowest }

    /// TC1: extra guard time N, 0 to 254 etu; 255 means as little as the protocol allows.
    public var extraGuardTime: UInt8 { groups[0].c ?? 0 }

    /// TC2: the waiting integer of T=0 (10.2).
    public var waitingInteger: UInt8 { groups.count > 1 ? groups[1].c.flatMap { $0 == 0 ? nil : $0 } ?? 10 : 10 }

    /// What the interface bytes say of T=1: the first that follow an announcement of T=1 behind TD2 or later (11.4).
    public var block: BlockParameters {
        let own = groups.dropFirst(2).first { $0.announced == 1 }
        let waiting = own?.b ?? 0x4D
        return BlockParameters(
            fieldSize: own?.a.flatMap { (1...254).contains($0) ? Int($0) : nil } ?? 32,
            blockWaitingInteger: min(waiting >> 4, 9), characterWaitingInteger: waiting & 0x0F,
            check: own?.c.map { $0 & 1 == 1 ? .crc : .lrc } ?? .lrc)
    }

    /// X of the first TA behind an announcement of T=15: whether and how the clock may stop (8.3).
    public var clockStop: UInt8 { global?.a.map { $0 >> 6 } ?? 0 }

    /// Y of the same: the classes of voltage that the card works with; class A, 5 V, where it says nothing (8.3).
    public var voltages: [CardVoltage] {
        guard let classes = global?.a.map({ $0 & 0x3F }) else { return [.five] }
        return CardVoltage.allCases.filter { classes & $0.classBit != 0 }
    }

    private var global: InterfaceBytes? { groups.dropFirst(2).first { $0.announced == 15 } }
}

/// T of a transmission protocol that is spoken here.
public enum TransmissionProtocol: UInt8, Hashable, Sendable, CaseIterable, CustomStringConvertible {
    /// Octets, half duplex.
    case t0 = 0
    /// Blocks, half duplex.
    case t1 = 1

    public var description: String { "T=\(rawValue)" }
}

/// What T=1 needs to know of a card (ISO/IEC 7816-3, 11.4).
public struct BlockParameters: Hashable, Sendable {
    /// IFSC: octets of information that the card takes in one block, 1 to 254.
    public var fieldSize: Int
    /// BWI, 0 to 9.
    public var blockWaitingInteger: UInt8
    /// CWI, 0 to 15.
    public var characterWaitingInteger: UInt8
    public var check: BlockCheck

    public init(fieldSize: Int = 32, blockWaitingInteger: UInt8 = 4, characterWaitingInteger: UInt8 = 13, check: BlockCheck = .lrc) {
        self.fieldSize = fieldSize
        self.blockWaitingInteger = blockWaitingInteger
        self.characterWaitingInteger = characterWaitingInteger
        self.check = check
    }
}

/// The voltage that a card gets (ISO/IEC 7816-3, 5.1.3).
public enum CardVoltage: Hashable, Sendable, CaseIterable, CustomStringConvertible {
    case five, three, oneEight

    /// The bit of its class in an ATR: A 1, B 2, C 4.
    var classBit: UInt8 {
        switch self {
        case .five: 1
        case .three: 2
        case .oneEight: 4
        }
    }

    public var description: String {
        switch self {
        case .five: "5 V"
        case .three: "3 V"
        case .oneEight: "1.8 V"
        }
    }
}

/// Octets that are no answer to reset.
public struct ATRError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable { case cutOff, tooLong, initialCharacter, checkCharacter }
    public var code: Code
    public var place: Int

    init(_ code: Code, at place: Int) { (self.code, self.place) = (code, place) }

    public var description: String {
        switch code {
        case .cutOff: "the ATR ends after \(place) octets, before it says all that it announces"
        case .tooLong: "the ATR goes on behind its end at octet \(place)"
        case .initialCharacter: "the ATR begins with neither 3B nor 3F"
        case .checkCharacter: "the ATR's check character at octet \(place) is wrong"
        }
    }
}
