/// What the keys of one keyboard mean together: shift, Caps Lock, control, and decimal numbers typed on the keypad with alt held.
struct KeyDecoder: Hashable, Sendable {
    enum Symbol: Hashable, Sendable {
        /// A character as UTF-8 octets; control characters too.
        case text([UInt8])
        case enter, tab
        /// A key that stands for no character, such as F5.
        case unreadable
    }

    /// Which keys are down.
    private(set) var held: Set<Key> = []
    private var isCapsLocked = false
    /// What was typed on the keypad since alt went down: digits, leading zero, and the number.
    private var number: AltNumber?
    let layout: KeyboardLayout

    struct AltNumber: Hashable, Sendable {
        var digits = 0
        var startsWithZero = false
        var value = 0
    }

    init(_ layout: KeyboardLayout) { self.layout = layout }

    /// The keys that are down now, however that came; none of them is taken for pressed.
    mutating func know(held: Set<Key>) {
        self.held = held
        number = nil
    }

    /// What the keystroke typed; nil for nothing, such as a shift or a key let go.
    mutating func handle(_ key: Key, _ change: Keystroke.Change) -> Symbol? {
        switch change {
        case .repeated: return nil
        case .released:
            guard held.remove(key) != nil, key == .leftAlt || key == .rightAlt, !isAlternate else { return nil }
            defer { number = nil }
            return number.map(Self.symbol)
        case .pressed:
            guard held.insert(key).inserted else { return nil }
            return press(key)
        }
    }

    private var isShifted: Bool { held.contains(.leftShift) || held.contains(.rightShift) }
    private var isControl: Bool { held.contains(.leftControl) || held.contains(.rightControl) }
    private var isAlternate: Bool { held.contains(.leftAlt) || held.contains(.rightAlt) }

    private mutating func press(_ key: Key) -> Symbol? {
        if key.isModifier { return nil }
        if key == .capsLock {
            isCapsLocked.toggle()
            return nil
        }
        if isAlternate { return pressWithAlt(key) }
        if key == .enter || key == .keypadEnter { return .enter }
        if key == .tab { return .tab }
        guard let characters = layout.characters(of: key) else { return .unreadable }
        if isControl { return Self.control(characters) }
        let isLetter = (0x61...0x7A).contains(characters.plain)
        return .text([isShifted != (isCapsLocked && isLetter) ? characters.shifted : characters.plain])
    }

    private mutating func pressWithAlt(_ key: Key) -> Symbol? {
        guard let digit = key.keypadDigit else { return .unreadable }
        var typed = number ?? AltNumber(startsWithZero: digit == 0)
        typed.digits += 1
        typed.value = min(typed.value * 10 + digit, 0x11_0000)
        number = typed
        return nil
    }

    /// Control and a letter or one of @[\]^_ are the ASCII controls, as scanners type the separators of GS1 codes.
    private static func control(_ characters: (plain: UInt8, shifted: UInt8)) -> Symbol {
        for character in [characters.shifted, characters.plain] where (0x40...0x5F).contains(character) {
            switch character & 0x1F {
            case 0x0A, 0x0D: return .enter
            case 0x09: return .tab
            case let code: return .text([code])
            }
        }
        return .unreadable
    }

    /// With a zero in front it is a character of Windows-1252, without one of the machine's old code page: those agree up to 127.
    private static func symbol(_ number: AltNumber) -> Symbol {
        switch number.value {
        case 0x0A, 0x0D: .enter
        case 0x09: .tab
        case 0x01...0x7F: .text([UInt8(number.value)])
        case 0xA0...0xFF where number.startsWithZero: .text([0xC0 | UInt8(number.value >> 6), 0x80 | UInt8(number.value & 0x3F)])
        case _: .unreadable
        }
    }
}
