extension AnswerToReset {
    /// One octet of the ATR, by the name that ISO/IEC 7816-3, 8.2 gives it.
    public struct Field: Hashable, Sendable {
        public enum Name: Hashable, Sendable {
            case initialCharacter
            case format
            /// TA, TB, TC or TD of the group with this number, from 1 on.
            case interface(Letter, group: Int)
            /// From 1 on.
            case historical(Int)
            case check
        }
        public enum Letter: String, Hashable, Sendable, CaseIterable {
            case a = "A"
            case b = "B"
            case c = "C"
            case d = "D"
        }

        public var name: Name
        public var octet: UInt8
        /// Of an interface byte: T of the protocol that the TD before it announced; nil for the first group, which holds for all.
        public var announced: UInt8?
    }

    /// Every octet with its name, in order.
    public var fields: [Field] {
        var fields = [Field(name: .initialCharacter, octet: octets[0]), Field(name: .format, octet: octets[1])]
        for (index, group) in groups.enumerated() {
            let present: [(Field.Letter, UInt8?)] = [(.a, group.a), (.b, group.b), (.c, group.c), (.d, group.d)]
            fields += present.compactMap { letter, octet in
                octet.map { Field(name: .interface(letter, group: index + 1), octet: $0, announced: group.announced) }
            }
        }
        fields += historical.enumerated().map { Field(name: .historical($0.offset + 1), octet: $0.element) }
        if fields.count < octets.count { fields.append(Field(name: .check, octet: octets[octets.count - 1])) }
        return fields
    }
}

extension AnswerToReset.Field.Name: CustomStringConvertible {
    public var description: String {
        switch self {
        case .initialCharacter: "TS"
        case .format: "T0"
        case .interface(let letter, let group): "T\(letter.rawValue)\(group)"
        case .historical(let number): "T\(number)"
        case .check: "TCK"
        }
    }
}

/// A card that only stores, as a contactless reader names it in the ATR that it makes for it (PC/SC part 3, 3.1.3.2.3.1).
public struct StorageCardName: Hashable, Sendable {
    /// SS: which standard it follows.
    public var standard: UInt8
    /// NN NN: which card it is.
    public var card: UInt16

    /// nil where the ATR is none of those.
    public init?(_ answer: AnswerToReset) {
        let bytes = answer.historical
        guard bytes.count >= 11, Array(bytes[..<8]) == [0x80, 0x4F, 0x0C, 0xA0, 0x00, 0x00, 0x03, 0x06] else { return nil }
        standard = bytes[8]
        card = UInt16(bytes[9]) << 8 | UInt16(bytes[10])
    }

    /// What PC/SC part 3 (supplemental document) calls the card; nil for those that are rare here.
    public var text: String? {
        switch card {
        case 0x0001: "MIFARE Classic 1K"
        case 0x0002: "MIFARE Classic 4K"
        case 0x0003: "MIFARE Ultralight"
        case 0x0026: "MIFARE Mini"
        case 0x003A: "MIFARE Ultralight C"
        case 0x003B: "FeliCa"
        case _: nil
        }
    }
}
