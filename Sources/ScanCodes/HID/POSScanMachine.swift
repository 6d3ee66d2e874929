import Secrets

/// Puts the codes of a HID POS scanner together: a long one comes in several reports. A part is never taken for the whole.
public struct POSScanMachine: Hashable, Sendable {
    public enum Event: Hashable, Sendable {
        /// An input report, with its number in front where the device has several.
        case report([UInt8])
        /// The device has just been taken. A code may be under way whose first parts went elsewhere.
        case taken
        /// The wait of this number is over, and every report before has been told.
        case waited(number: Int)
        /// The device went away.
        case gone
    }

    /// As those of keystrokes.
    public typealias Effect = KeystrokeMachine.Effect

    enum State: Hashable, Sendable {
        case idle
        /// More parts follow.
        case collecting(Secret, AIMIdentifier?)
        /// A code that is too long, or began elsewhere: its further parts are not taken.
        case passing
    }

    var state: State = .idle
    var wait = 0
    let scanner: POSScanner
    let profile: ScannerProfile

    public init(_ scanner: POSScanner, _ profile: ScannerProfile) {
        self.scanner = scanner
        self.profile = profile
    }

    /// Until the next part of a code is given up.
    public static let patience = Duration.milliseconds(500)
    /// Between two parts of a code, unless it broke off: more than some polls of an interrupt endpoint.
    public static let gap = Duration.milliseconds(100)
    /// A code that begins now would be told.
    public var isListening: Bool { state != .passing }

    /// Goes on by one event; returns what must now be done, in order.
    public mutating func handle(_ event: Event) -> [Effect] {
        switch event {
        case .report(let octets): return read(octets)
        case .taken:
            state = .passing
            wait += 1
            return [.wait(Self.gap, number: wait)]
        case .waited(let number): return number == wait ? give(up: .unfinished) : []
        case .gone: return give(up: .incomplete)
        }
    }

    /// An input report as it lies in memory that its owner wipes.
    public mutating func read(_ octets: some RandomAccessCollection<UInt8>) -> [Effect] {
        guard let part = scanner.part(octets) else { return [] }
        switch state {
        case .idle: return add(part, to: Secret([]), part.identifier)
        case .collecting(let text, let identifier): return add(part, to: text, identifier ?? part.identifier)
        case .passing:
            if part.isContinued { return [waiting()] }
            state = .idle
            wait += 1
            return []
        }
    }

    private mutating func add(_ part: POSScanner.Part, to text: Secret, _ identifier: AIMIdentifier?) -> [Effect] {
        let whole = part.data.withBytes { text.appending(contentsOf: $0) }
        guard whole.count <= ScannerProfile.longestCode else {
            state = part.isContinued ? .passing : .idle
            return [.ignored(.tooLong)] + (part.isContinued ? [waiting()] : [])
        }
        guard part.isContinued else {
            state = .idle
            wait += 1
            return [finish(whole, identifier)]
        }
        state = .collecting(whole, identifier)
        return [waiting()]
    }

    /// Some scanners send prefix and suffix here too.
    private func finish(_ text: Secret, _ identifier: AIMIdentifier?) -> Effect {
        text.withBytes { octets in
            let rest = octets.dropFirst(octets.starts(with: profile.prefix) ? profile.prefix.count : 0)
            let ends: Set<UInt8> = [0x0D, 0x0A, 0x09]
            let count = rest.lastIndex { !ends.contains($0) }.map { $0 - rest.startIndex + 1 } ?? 0
            let code = rest.prefix(count)
            return code.count < ScannerProfile.shortestCode ? .ignored(.tooShort) : .scanned(Secret(code), identifier)
        }
    }

    private mutating func give(up reason: KeystrokeMachine.Reason) -> [Effect] {
        wait += 1
        switch state {
        case .idle: return []
        case .collecting:
            state = .idle
            return [.ignored(reason)]
        case .passing:
            state = .idle
            return []
        }
    }

    private mutating func waiting() -> Effect {
        wait += 1
        return .wait(Self.patience, number: wait)
    }
}
