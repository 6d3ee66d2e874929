/// Keeps asking a centre for its ``Notices``: when to ask, when to take what it says, how long to wait.
///
/// It begins by wanting all of it, so that what a crash cut off is taken again. What was not taken in full is asked for again.
public struct NoticeMachine: Hashable, Sendable {
    /// Each state names what ends it.
    enum State: Hashable {
        /// The centre was asked. Ends with its answer or failure.
        case asking(AttemptID)
        /// What it said is being taken. Ends when that is done, or could not be.
        case taking(tag: String, AttemptID)
        /// Ends when the pause does.
        case pausing(TimerID)
    }

    private let timing: SyncTiming
    private(set) var state: State
    /// The tag of what was taken last, whole.
    private(set) var known: String?
    private(set) var failures = 0
    private var counter = 0

    /// Names one question and what came of it.
    public struct AttemptID: Hashable, Sendable { let number: Int }
    /// Names one pause.
    public struct TimerID: Hashable, Sendable { let number: Int }

    public enum Event: Hashable, Sendable {
        case answered(Notices, AttemptID, random: UInt64)
        /// No answer, or none of this protocol.
        case failed(AttemptID, random: UInt64)
        /// What the centre said holds now, also after a crash.
        case taken(AttemptID, random: UInt64)
        /// Not all of it.
        case notTaken(AttemptID, random: UInt64)
        case timerFired(TimerID)
    }

    public enum Effect: Hashable, Sendable {
        case ask(known: String?, AttemptID)
        case take(Notices, AttemptID)
        case startTimer(TimerID, Duration)
    }

    /// - Parameter timing: of the pauses: ``SyncTiming/base`` also stands between two questions that were answered.
    public init(timing: SyncTiming) {
        self.timing = timing
        state = .asking(AttemptID(number: 0))
    }

    /// The first question, to be asked once.
    public func start() -> [Effect] { [.ask(known: nil, AttemptID(number: 0))] }

    /// Takes one event; returns what is to be done, in order. What is late changes nothing.
    public mutating func handle(_ event: Event) -> [Effect] {
        switch event {
        case .answered(let notices, let attempt, let random):
            guard state == .asking(attempt) else { return [] }
            // A centre that does not wait, as one that is stopping, is not asked in a circle.
            guard notices.tag != known else { return goOn(random) }
            state = .taking(tag: notices.tag, attempt)
            return [.take(notices, attempt)]
        case .failed(let attempt, let random):
            guard state == .asking(attempt) else { return [] }
            return pause(random)
        case .taken(let attempt, let random):
            guard case .taking(let tag, attempt) = state else { return [] }
            known = tag
            return goOn(random)
        case .notTaken(let attempt, let random):
            guard case .taking(_, attempt) = state else { return [] }
            return pause(random)
        case .timerFired(let timer):
            guard state == .pausing(timer) else { return [] }
            counter += 1
            state = .asking(AttemptID(number: counter))
            return [.ask(known: known, AttemptID(number: counter))]
        }
    }

    private mutating func goOn(_ random: UInt64) -> [Effect] {
        failures = 0
        return startTimer(timing.pause(failures: 1, random: random))
    }

    private mutating func pause(_ random: UInt64) -> [Effect] {
        failures += 1
        return startTimer(timing.pause(failures: failures, random: random))
    }

    private mutating func startTimer(_ duration: Duration) -> [Effect] {
        counter += 1
        state = .pausing(TimerID(number: counter))
        return [.startTimer(TimerID(number: counter), duration)]
    }
}
