import Secrets

/// The check digits of machine readable zones (Doc 9303 part 3, 4.9): weights 7, 3, 1, modulo 10.
enum CheckDigit {
    /// The digit as a character; nil where a character is none of the zone's.
    static func of(_ octets: Secret) -> UInt8? {
        let weights = [7, 3, 1]
        var sum = 0
        for index in 0..<octets.count {
            guard let value = value(octets[index]) else { return nil }
            sum += value * weights[index % 3]
        }
        return UInt8(ascii: "0") + UInt8(sum % 10)
    }

    /// What a character counts: digits themselves, letters 10 to 35, the filler nothing.
    static func value(_ character: UInt8) -> Int? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(character - UInt8(ascii: "0"))
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(character - UInt8(ascii: "A")) + 10
        case UInt8(ascii: "<"): 0
        case _: nil
        }
    }
}
