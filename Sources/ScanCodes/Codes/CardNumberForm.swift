public import Secrets
public import SmartCard

/// How the octets of a card's identifier become the digits that a reader types.
public struct CardNumberForm: Hashable, Sendable {
    public enum Notation: String, Hashable, Sendable, CaseIterable { case decimal, hexadecimal }

    /// Which octet is the number's highest: the first that the card sends, or the last.
    public enum ByteOrder: String, Hashable, Sendable, CaseIterable {
        case firstHighest = "first-highest"
        case firstLowest = "first-lowest"
    }

    public var notation: Notation
    public var order: ByteOrder
    /// How many octets of the identifier are typed, from the first on: 3 to 10.
    public var octets: Int
    /// Digits that are always typed, with zeroes in front; 0 where no more are typed than the number has.
    public var digits: Int

    public init(notation: Notation = .decimal, order: ByteOrder = .firstHighest, octets: Int = 4, digits: Int = 10) {
        self.notation = notation
        self.order = order
        self.octets = octets
        self.digits = digits
    }

    /// The card whose number was typed; nil where it is none: other characters, another count of digits, or too large a number.
    public func pointer(in text: Secret) -> CardPointer? {
        guard (1...16).contains(octets) else { return nil }
        var number = [UInt8](repeating: 0, count: octets)
        defer { for index in number.indices { number[index] = 0 } }
        let isNumber = text.withBytes { characters in
            // More than these cannot be without an overflow but for leading zeroes.
            guard !characters.isEmpty, digits == 0 ? characters.count <= 40 : characters.count == digits else { return false }
            return characters.allSatisfy { character in
                guard let digit = value(of: character) else { return false }
                return Self.shift(&number, base: notation == .decimal ? 10 : 16, adding: digit)
            }
        }
        guard isNumber else { return nil }
        if order == .firstLowest { number.reverse() }
        return CardPointer(number)
    }

    /// What a reader of this form types for a card; the other way round than ``pointer(in:)``. The octets beyond ``octets`` are left out.
    public func text(of identifier: [UInt8]) -> [UInt8] {
        var rest = Array(identifier.prefix(octets))
        if order == .firstLowest { rest.reverse() }
        let base = notation == .decimal ? 10 : 16
        var characters: [UInt8] = []
        while rest.contains(where: { $0 != 0 }) {
            var remainder = 0
            for index in rest.indices {
                let part = remainder << 8 | Int(rest[index])
                rest[index] = UInt8(part / base)
                remainder = part % base
            }
            characters.append(Self.digits[remainder])
        }
        let missing = max(0, max(digits, 1) - characters.count)
        return Array(repeating: UInt8(ascii: "0"), count: missing) + characters.reversed()
    }

    private static let digits = Array("0123456789ABCDEF".utf8)

    private func value(of character: UInt8) -> UInt8? {
        switch (character, notation) {
        case (0x30...0x39, _): character - 0x30
        case (0x41...0x46, .hexadecimal): character - 0x41 + 10
        case (0x61...0x66, .hexadecimal): character - 0x61 + 10
        case _: nil
        }
    }

    /// Multiplies a number, its highest octet first, and adds to it; false where it becomes too large.
    private static func shift(_ number: inout [UInt8], base: Int, adding digit: UInt8) -> Bool {
        var carry = Int(digit)
        for index in number.indices.reversed() {
            let part = Int(number[index]) * base + carry
            number[index] = UInt8(part & 0xFF)
            carry = part >> 8
        }
        return carry == 0
    }
}
