public import Secrets

/// Turns the keystrokes of one device into codes, and tells a scanner from a person.
///
/// A scanner types all of a code without a pause and ends it by its suffix; a person who types fast pauses somewhere. So the gaps between
/// the keys are measured, by the kernel's timestamps, which a busy program does not falsify; the first that is too long, or anything
/// else that no scanner does, makes all of it worthless, up to the suffix or to a long silence. A half of a code is never taken for a whole one.
///
/// One machine for each device: two scanners that type at once do not mix.
public struct KeystrokeMachine: Hashable, Sendable {
    public enum Event: Hashable, Sendable {
        case keystroke(Keystroke)
        /// Keystrokes are missing.
        case lost
        /// The device has just been taken, with these keys down. A code may be under way whose beginning went elsewhere.
        case taken(held: Set<Key>)
        /// The keys that are down, asked for behind a loss. None of them was typed.
        case held(Set<Key>)
        /// The wait of this number is over, and everything that was typed before has been told.
        case waited(number: Int)
        /// The device went away.
        case gone
    }

    public enum Effect: Hashable, Sendable {
        /// A whole code, without prefix, suffix and AIM identifier.
        case scanned(Secret, AIMIdentifier?)
        /// What was typed is no code; nothing of it is told.
        case ignored(Reason)
        /// Wait so long, then tell by ``Event/waited(number:)``; what was waited for before is waited for no more.
        case wait(Duration, number: Int)
    }

    /// Why keystrokes were no code.
    public enum Reason: String, Hashable, Sendable, CaseIterable {
        /// A gap between two keys was longer than a scanner makes: a person types, or a code was cut in two.
        case tooSlow = "too-slow"
        /// The suffix did not come.
        case unfinished
        case tooShort = "too-short"
        case tooLong = "too-long"
        /// Keystrokes were lost, or the device went away in the middle.
        case incomplete
        /// A key that no code has.
        case unreadable
        /// It does not begin as the scanner's codes do.
        case noPrefix = "no-prefix"
    }

    enum State: Hashable, Sendable {
        /// Nothing was typed.
        case idle
        case collecting(Typed)
        /// What comes is not taken, up to the suffix or a long silence. `suffixed` keys of the suffix have come.
        case passing(suffixed: Int)
    }

    /// What was typed of a code so far.
    struct Typed: Hashable, Sendable {
        var text: Secret
        /// Keys of the suffix that have come.
        var suffixed = 0
        var lastPress: Duration
    }

    var state: State = .idle
    var keys: KeyDecoder
    /// Of the wait that was asked for last.
    var wait = 0
    let profile: ScannerProfile

    public init(_ profile: ScannerProfile) {
        self.profile = profile
        keys = KeyDecoder(profile.layout)
    }

    /// So long a code that broke off is not followed by the next one.
    public static let silence = Duration.seconds(1)
    /// Behind a key, until nothing more is expected: longer than the gap, so that a program that was late has read what came in time.
    var patience: Duration { profile.keyGap * 4 }

    /// Goes on by one event; returns what must now be done, in order.
    public mutating func handle(_ event: Event) -> [Effect] {
        switch event {
        case .keystroke(let stroke): return type(stroke)
        case .lost: return pass(.incomplete)
        case .taken(let held):
            keys.know(held: held)
            state = .passing(suffixed: 0)
            return [wait(patience)]
        case .held(let held):
            keys.know(held: held)
            return []
        case .waited(let number): return number == wait ? expire() : []
        case .gone:
            defer { self = KeystrokeMachine(profile, wait: wait + 1) }
            return isCollecting ? [.ignored(.incomplete)] : []
        }
    }

    private init(_ profile: ScannerProfile, wait: Int) {
        self.init(profile)
        self.wait = wait
    }

    /// A code that begins now would be told.
    public var isListening: Bool { if case .passing = state { false } else { true } }
    private var isCollecting: Bool { if case .collecting = state { true } else { false } }

    // MARK: Keys

    private mutating func type(_ stroke: Keystroke) -> [Effect] {
        let symbol = keys.handle(stroke.key, stroke.change)
        guard let symbol else { return [] }
        switch state {
        case .idle: return begin(symbol, at: stroke.time)
        case .collecting(let typed): return add(symbol, to: typed, at: stroke.time)
        case .passing(let suffixed): return pass(by: symbol, suffixed)
        }
    }

    /// The suffix alone is nothing: an empty code.
    private mutating func begin(_ symbol: KeyDecoder.Symbol, at time: Duration) -> [Effect] {
        switch symbol {
        case .enter, .tab: return suffixKey(symbol) != nil ? [] : add(symbol, to: Typed(text: Secret([]), lastPress: time), at: time)
        case .text, .unreadable: return add(symbol, to: Typed(text: Secret([]), lastPress: time), at: time)
        }
    }

    private mutating func add(_ symbol: KeyDecoder.Symbol, to typed: Typed, at time: Duration) -> [Effect] {
        var typed = typed
        let gap = time - typed.lastPress
        guard (.zero...profile.keyGap).contains(gap) else { return pass(.tooSlow, symbol) }
        typed.lastPress = time
        if typed.suffixed < profile.suffix.count, suffixKey(symbol) == profile.suffix[typed.suffixed] {
            typed.suffixed += 1
            return typed.suffixed == profile.suffix.count ? finish(typed.text) : collect(typed)
        }
        // A part of the suffix, and then something else.
        guard typed.suffixed == 0 else { return pass(.unreadable, symbol) }
        switch symbol {
        case .unreadable: return pass(.unreadable, symbol)
        case .enter: typed.text = typed.text.appending(0x0D)
        case .tab: typed.text = typed.text.appending(0x09)
        case .text(let octets): for octet in octets { typed.text = typed.text.appending(octet) }
        }
        guard typed.text.count <= ScannerProfile.longestCode else { return pass(.tooLong, symbol) }
        return collect(typed)
    }

    private mutating func collect(_ typed: Typed) -> [Effect] {
        state = .collecting(typed)
        return [wait(patience)]
    }

    private func suffixKey(_ symbol: KeyDecoder.Symbol) -> ScannerProfile.Suffix? {
        switch symbol {
        case .enter: .enter
        case .tab: .tab
        case .text, .unreadable: nil
        }
    }

    // MARK: What is no code

    /// All of it is worthless; `symbol` is what was typed last.
    private mutating func pass(_ reason: Reason, _ symbol: KeyDecoder.Symbol? = nil) -> [Effect] {
        let told = isCollecting || reason != .incomplete ? [Effect.ignored(reason)] : []
        state = .passing(suffixed: 0)
        return told + (symbol.map { pass(by: $0, 0) } ?? [wait(Self.silence)])
    }

    /// Something more that is not taken: the end of the suffix ends it.
    private mutating func pass(by symbol: KeyDecoder.Symbol, _ suffixed: Int) -> [Effect] {
        let key = suffixKey(symbol)
        let matched = key == nil ? 0 : key == profile.suffix.dropFirst(suffixed).first ? suffixed + 1 : key == profile.suffix.first ? 1 : 0
        if matched > 0, matched == profile.suffix.count {
            wait += 1
            state = .idle
            return []
        }
        state = .passing(suffixed: matched)
        return [wait(Self.silence)]
    }

    /// Nothing more has come for a while.
    private mutating func expire() -> [Effect] {
        switch state {
        case .idle: return []
        case .collecting(let typed): return profile.suffix.isEmpty ? finish(typed.text) : pass(.unfinished)
        case .passing:
            state = .idle
            return []
        }
    }

    // MARK: Codes

    private mutating func finish(_ text: Secret) -> [Effect] {
        state = .idle
        wait += 1
        return [
            text.withBytes { octets in
                guard octets.starts(with: profile.prefix) else { return .ignored(.noPrefix) }
                let rest = octets.dropFirst(profile.prefix.count)
                let identifier = AIMIdentifier(rest)
                let code = rest.dropFirst(identifier == nil ? 0 : 3)
                guard code.count >= ScannerProfile.shortestCode else { return .ignored(.tooShort) }
                return .scanned(Secret(code), identifier)
            }
        ]
    }

    private mutating func wait(_ time: Duration) -> Effect {
        wait += 1
        return .wait(time, number: wait)
    }
}
