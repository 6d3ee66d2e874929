/// Which keys stand for which characters.
public enum KeyboardLayout: String, Hashable, Sendable, CaseIterable {
    /// ANSI INCITS 154, the United States' keyboard, as which scanners leave the factory.
    case us

    /// The character of a key without and with shift, in ASCII; nil for keys without one.
    func characters(of key: Key) -> (plain: UInt8, shifted: UInt8)? {
        if let digit = key.keypadDigit { return (0x30 + UInt8(digit), 0x30 + UInt8(digit)) }
        switch key.rawValue {
        case 0x04...0x1D: return (key.rawValue + 0x5D, key.rawValue + 0x3D)
        case 0x1E...0x38:
            let plain = Self.plain[Int(key.rawValue) - 0x1E]
            return plain == 0 ? nil : (plain, Self.shifted[Int(key.rawValue) - 0x1E])
        case 0x54...0x57:
            let character = Self.keypad[Int(key.rawValue) - 0x54]
            return (character, character)
        case 0x63: return (0x2E, 0x2E)
        case _: return nil
        }
    }

    /// The key that types a character, and whether with shift; nil where no single key does.
    public func key(for character: UInt8) -> (key: Key, isShifted: Bool)? {
        for usage in UInt8(0x04)...0x38 {
            guard let found = characters(of: Key(rawValue: usage)) else { continue }
            if found.plain == character { return (Key(rawValue: usage), false) }
            if found.shifted == character { return (Key(rawValue: usage), true) }
        }
        return nil
    }

    // From usage 1Eh on: digits; Enter, Escape, Backspace and Tab, which are no characters; then the marks.
    private static let plain = Array("1234567890\0\0\0\0 -=[]\\\0;'`,./".utf8)
    private static let shifted = Array("!@#$%^&*()\0\0\0\0 _+{}|\0:\"~<>?".utf8)
    private static let keypad = Array("/*-+".utf8)
}
