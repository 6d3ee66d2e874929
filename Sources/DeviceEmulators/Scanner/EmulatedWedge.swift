public import ScanCodes

/// A scanner or card reader that types, as a value: what it scans becomes keystrokes with their times, and those the records by which
/// Linux tells them.
public struct EmulatedWedge: Sendable {
    public var profile: ScannerProfile
    /// Between two keys.
    public var gap: Duration

    public init(_ profile: ScannerProfile, gap: Duration = .milliseconds(8)) {
        self.profile = profile
        self.gap = gap
    }

    /// Everything it types for a text, prefix and suffix included; characters that no key has by alt and their number on the keypad.
    ///
    /// - Parameter start: of the first key.
    public func keystrokes(_ text: some Sequence<UInt8>, from start: Duration) -> [Keystroke] {
        var typing = Typing(now: start, gap: gap)
        for character in profile.prefix + Array(text) {
            if let (key, isShifted) = profile.layout.key(for: character) {
                typing.tap(key, with: isShifted ? .leftShift : nil)
            } else {
                typing.tap(number: character)
            }
        }
        for key in profile.suffix { typing.tap(key == .enter ? .enter : .tab, with: nil) }
        return typing.strokes
    }

    /// The same as `struct input_event`, each keystroke a report of its own.
    public func records(_ text: some Sequence<UInt8>, from start: Duration) -> [UInt8] {
        Self.records(keystrokes(text, from: start))
    }

    /// Keystrokes as `struct input_event`.
    public static func records(_ strokes: [Keystroke]) -> [UInt8] {
        strokes.flatMap { stroke in (EventRecord(stroke).map { $0.octets + EventRecord.report(at: stroke.time).octets }) ?? [] }
    }

    private struct Typing {
        var now: Duration
        let gap: Duration
        var strokes: [Keystroke] = []

        mutating func tap(_ key: Key, with modifier: Key?) {
            if let modifier { strokes.append(Keystroke(modifier, .pressed, at: now)) }
            strokes += [Keystroke(key, .pressed, at: now), Keystroke(key, .released, at: now + gap / 2)]
            if let modifier { strokes.append(Keystroke(modifier, .released, at: now + gap / 2)) }
            now += gap
        }

        mutating func tap(number: UInt8) {
            strokes.append(Keystroke(.leftAlt, .pressed, at: now))
            for digit in [0, number / 100, number / 10 % 10, number % 10] { tap(Key.keypad(Int(digit)), with: nil) }
            strokes.append(Keystroke(.leftAlt, .released, at: now))
            now += gap
        }
    }
}
