/// A key of a keyboard by its place, not by what is printed on it: a usage of the page Keyboard (07h).
///
/// Source: HID Usage Tables 1.5, clause 10. The kernel's numbers are those of linux/input-event-codes.h.
public struct Key: RawRepresentable, Hashable, Sendable {
    /// The usage.
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let enter = Key(rawValue: 0x28)
    public static let tab = Key(rawValue: 0x2B)
    public static let capsLock = Key(rawValue: 0x39)
    public static let keypadEnter = Key(rawValue: 0x58)
    public static let leftControl = Key(rawValue: 0xE0)
    public static let leftShift = Key(rawValue: 0xE1)
    public static let leftAlt = Key(rawValue: 0xE2)
    public static let rightControl = Key(rawValue: 0xE4)
    public static let rightShift = Key(rawValue: 0xE5)
    public static let rightAlt = Key(rawValue: 0xE6)

    /// Control, shift, alt and GUI, left and right.
    public var isModifier: Bool { (0xE0...0xE7).contains(rawValue) }

    /// 0 to 9 on the keypad with Num Lock.
    var keypadDigit: Int? {
        switch rawValue {
        case 0x59...0x61: Int(rawValue) - 0x58
        case 0x62: 0
        case _: nil
        }
    }
    /// The key of a digit on the keypad, 0 to 9.
    public static func keypad(_ digit: Int) -> Key { Key(rawValue: digit == 0 ? 0x62 : UInt8(0x58 + digit)) }

    // MARK: The kernel's numbers

    /// The key of an EV_KEY event; nil for those without a place on a common keyboard.
    public init?(eventCode: UInt16) {
        guard let key = Self.byEventCode[eventCode] else { return nil }
        self = key
    }

    /// KEY_… of linux/input-event-codes.h; nil for those that common keyboards lack.
    public var eventCode: UInt16? { Self.eventCodes[self] }

    /// From usage 04h on; 0 where there is none, or another usage has it too.
    private static let mainBlock: [UInt16] = [
        30, 48, 46, 32, 18, 33, 34, 35, 23, 36, 37, 38, 50, 49, 24, 25, 16, 19, 31, 20, 22, 47, 17, 45, 21, 44,  // A to Z
        2, 3, 4, 5, 6, 7, 8, 9, 10, 11,  // 1 to 0
        28, 1, 14, 15, 57, 12, 13, 26, 27, 43, 0, 39, 40, 41, 51, 52, 53, 58,  // Enter to Caps Lock
        59, 60, 61, 62, 63, 64, 65, 66, 67, 68, 87, 88,  // F1 to F12
        99, 70, 119, 110, 102, 104, 111, 107, 109, 106, 105, 108, 103,  // Print Screen to the arrows
        69, 98, 55, 74, 78, 96, 79, 80, 81, 75, 76, 77, 71, 72, 73, 82, 83, 86,  // the keypad, and the key beside the left shift
    ]
    /// From usage E0h on.
    private static let modifiers: [UInt16] = [29, 42, 56, 125, 97, 54, 100, 126]

    private static let eventCodes: [Key: UInt16] = {
        let main = mainBlock.enumerated().filter { $0.element != 0 }.map { (Key(rawValue: UInt8(4 + $0.offset)), $0.element) }
        let others = modifiers.enumerated().map { (Key(rawValue: UInt8(0xE0 + $0.offset)), $0.element) }
        return Dictionary(uniqueKeysWithValues: main + others)
    }()
    private static let byEventCode = Dictionary(uniqueKeysWithValues: eventCodes.map { ($0.value, $0.key) })
}

/// One key that went down or up.
public struct Keystroke: Hashable, Sendable {
    public enum Change: UInt8, Hashable, Sendable, CaseIterable {
        case released, pressed
        /// The kernel's own repetition of a key that is held.
        case repeated
    }

    public var key: Key
    public var change: Change
    /// When the kernel was told, since any moment that stays the same.
    public var time: Duration

    public init(_ key: Key, _ change: Change, at time: Duration) {
        self.key = key
        self.change = change
        self.time = time
    }
}
