import ScanCodes
import Secrets

/// Presses keys of one keyboard at moments of its own, as a scanner or a person does.
struct Typist {
    var machine: KeystrokeMachine
    var now: Duration = .seconds(100)
    var effects: [KeystrokeMachine.Effect] = []

    init(_ profile: ScannerProfile = ScannerProfile()) { machine = KeystrokeMachine(profile) }

    mutating func receive(_ event: KeystrokeMachine.Event) { effects += machine.handle(event) }

    mutating func press(_ key: Key, after gap: Duration = .milliseconds(8)) {
        now += gap
        receive(.keystroke(Keystroke(key, .pressed, at: now)))
    }

    mutating func release(_ key: Key) { receive(.keystroke(Keystroke(key, .released, at: now))) }

    mutating func tap(_ key: Key, after gap: Duration = .milliseconds(8)) {
        press(key, after: gap)
        release(key)
    }

    mutating func type(_ text: String, gap: Duration = .milliseconds(8)) {
        for character in text.utf8 {
            guard let (key, isShifted) = KeyboardLayout.us.key(for: character) else { preconditionFailure("no key for \(character)") }
            if isShifted { press(.leftShift, after: .zero) }
            tap(key, after: gap)
            if isShifted { release(.leftShift) }
        }
    }

    /// Every wait that was asked for last and not superseded is over.
    mutating func waitLong() {
        for _ in 0..<3 {
            guard case .wait(let time, let number)? = effects.last else { return }
            now += time
            receive(.waited(number: number))
        }
    }

    /// The codes that came out since this was last asked.
    mutating func takeCodes() -> [String] {
        defer { effects.removeAll() }
        return effects.compactMap { effect in
            guard case .scanned(let text, _) = effect else { return nil }
            return text.text
        }
    }

    mutating func takeReasons() -> [KeystrokeMachine.Reason] {
        defer { effects.removeAll() }
        return effects.compactMap { effect in
            guard case .ignored(let reason) = effect else { return nil }
            return reason
        }
    }
}

extension Secret {
    /// For comparisons in tests.
    var text: String { withBytes { String(decoding: $0, as: UTF8.self) } }
    convenience init(_ text: String) { self.init(Array(text.utf8)) }
}
