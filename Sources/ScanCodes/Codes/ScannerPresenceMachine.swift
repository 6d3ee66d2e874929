public import Conditions

/// Takes one scanner whenever it can be had, and says of it what is true.
///
/// A value without clock: the shell opens, closes and waits. Nothing ends it, because a scanner may come back at any time.
public struct ScannerPresenceMachine: Hashable, Sendable {
    public enum Event: Hashable, Sendable {
        /// Its file is there, or something about it has changed, such as who may open it.
        case seen
        /// It is open, and ours alone.
        case opened
        /// It could not be opened.
        case refused(ScannerTrouble)
        /// It was open, and an error ended that.
        case broke
        /// Its file has gone.
        case vanished
        /// The wait of this number is over.
        case waited(number: Int)
    }

    public enum Effect: Hashable, Sendable {
        /// Answered by ``Event/opened`` or ``Event/refused(_:)``.
        case open
        case close
        /// Wait so long; what was waited for before is waited for no more.
        case wait(Duration, number: Int)
        /// What is true now; nil: it is ready.
        case tell(ConditionCode?)
    }

    enum State: Hashable, Sendable {
        case absent
        /// So many attempts failed since it was ready, counted up to the longest wait.
        case opening(attempts: Int)
        case ready
        case waiting(attempts: Int)
    }

    var state: State = .absent
    private(set) var told: ConditionCode? = .scannerAbsent
    var wait = 0

    public init() {}

    /// Before the second attempt; each further one waits twice as long as the last, up to 4 s.
    ///
    /// Nothing tells when another program lets go, so that long a scanner may be free before we notice.
    public static let firstWait = Duration.milliseconds(250)
    private static let doublings = 4

    /// Goes on by one event; returns what must now be done, in order.
    public mutating func handle(_ event: Event) -> [Effect] {
        switch state {
        case .absent: whileAbsent(event)
        case .opening(let attempts): whileOpening(event, attempts)
        case .ready: whileReady(event)
        case .waiting(let attempts): whileWaiting(event, attempts)
        }
    }

    private mutating func whileAbsent(_ event: Event) -> [Effect] {
        switch event {
        case .seen: open(attempts: 0)
        case .opened, .refused, .broke, .vanished, .waited: []
        }
    }

    private mutating func whileOpening(_ event: Event, _ attempts: Int) -> [Effect] {
        switch event {
        case .opened:
            state = .ready
            return tell(nil)
        case .refused(let trouble):
            state = .waiting(attempts: min(attempts + 1, Self.doublings))
            wait += 1
            return tell(trouble.condition) + [.wait(Self.firstWait * (1 << attempts), number: wait)]
        case .vanished: return leave()
        case .seen, .broke, .waited: return []
        }
    }

    private mutating func whileReady(_ event: Event) -> [Effect] {
        switch event {
        case .broke:
            state = .waiting(attempts: 0)
            wait += 1
            return [.close] + tell(.scannerLost) + [.wait(Self.firstWait, number: wait)]
        case .vanished: return [.close] + leave()
        case .seen, .opened, .refused, .waited: return []
        }
    }

    private mutating func whileWaiting(_ event: Event, _ attempts: Int) -> [Effect] {
        switch event {
        case .seen: return open(attempts: attempts)
        case .waited(let number): return number == wait ? open(attempts: attempts) : []
        case .vanished: return leave()
        case .opened, .refused, .broke: return []
        }
    }

    private mutating func open(attempts: Int) -> [Effect] {
        state = .opening(attempts: attempts)
        wait += 1
        return [.open]
    }

    private mutating func leave() -> [Effect] {
        state = .absent
        wait += 1
        return tell(.scannerAbsent)
    }

    private mutating func tell(_ condition: ConditionCode?) -> [Effect] {
        guard condition != told else { return [] }
        told = condition
        return [.tell(condition)]
    }
}

/// Why a scanner that is there could not be taken.
public enum ScannerTrouble: String, Hashable, Sendable, CaseIterable {
    /// This user may not open it.
    case notAllowed = "not-allowed"
    /// Another program has it to itself.
    case busy
    /// It does not say how it tells what it scanned.
    case unsuitable
    /// It cannot be used just now.
    case lost

    public var condition: ConditionCode {
        switch self {
        case .notAllowed: .scannerNotAllowed
        case .busy: .scannerBusy
        case .unsuitable: .scannerUnsuitable
        case .lost: .scannerLost
        }
    }
}
