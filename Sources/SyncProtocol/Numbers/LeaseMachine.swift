/// Decides where each number of a kiosk comes from: from the centre, in the order of arrival over all kiosks,
/// or from the kiosk's own reserve series when the centre does not answer while the citizen can be kept waiting.
///
/// A number that comes too late is not used: it is missing from the series, and harms nobody. After a silence the centre is left
/// alone for a while, so that not every citizen waits for it in vain.
public struct LeaseMachine: Hashable, Sendable {
    /// Each state names what ends it.
    enum State: Hashable {
        /// The centre is asked for the next number that is wanted.
        case open
        /// The citizen waits. Ends with the answer, its failure, or the timer.
        case asking(NumberRequest, until: TimerID)
        /// The centre was silent, or refused. Ends when the timer does.
        case resting(until: TimerID)
    }

    /// Names one timer.
    public struct TimerID: Hashable, Sendable { let number: Int }

    /// Where a number comes from.
    public enum Decision: Hashable, Sendable {
        /// The centre's: prefix and ordinal.
        case leased(NumberLease)
        /// The next of the kiosk's own series.
        case reserve
    }

    public enum Event: Hashable, Sendable {
        case wanted(NumberRequest)
        case answered(NumberLease)
        /// No answer, or none that leases a number.
        case failed(LeaseID)
        case timerFired(TimerID)
    }

    public enum Effect: Hashable, Sendable {
        case ask(NumberRequest)
        case startTimer(TimerID, Duration)
        /// Exactly one for each number that was wanted.
        case decide(LeaseID, Decision)
    }

    private let patience: Duration
    private let rest: Duration
    private(set) var state = State.open
    private var timers = 0

    /// - Parameters:
    ///   - patience: how long a citizen is kept waiting for the centre.
    ///   - rest: how long a silent centre is left alone.
    public init(patience: Duration = .milliseconds(150), rest: Duration = .seconds(10)) {
        self.patience = patience
        self.rest = rest
    }

    /// Takes one event; returns what is to be done, in order.
    public mutating func handle(_ event: Event) -> [Effect] {
        switch event {
        case .wanted(let request): wanted(request)
        case .answered(let lease): answered(lease)
        case .failed(let id): failed(id)
        case .timerFired(let timer): fired(timer)
        }
    }

    private mutating func wanted(_ request: NumberRequest) -> [Effect] {
        switch state {
        case .open:
            let timer = nextTimer()
            state = .asking(request, until: timer)
            return [.ask(request), .startTimer(timer, patience)]
        case .asking, .resting: return [.decide(request.id, .reserve)]
        }
    }

    private mutating func answered(_ lease: NumberLease) -> [Effect] {
        switch state {
        case .asking(let request, _) where request.id == lease.id:
            guard lease.answers(request) else { return goWithout(request.id) }
            state = .open
            return [.decide(request.id, .leased(lease))]
        case .resting:
            // Too late for its citizen, but the centre is there again.
            state = .open
            return []
        case .asking, .open: return []
        }
    }

    private mutating func failed(_ id: LeaseID) -> [Effect] {
        switch state {
        case .asking(let request, _) where request.id == id: goWithout(id)
        case .asking, .resting, .open: []
        }
    }

    private mutating func fired(_ timer: TimerID) -> [Effect] {
        switch state {
        case .asking(let request, timer): return goWithout(request.id)
        case .resting(timer):
            state = .open
            return []
        case .asking, .resting, .open: return []
        }
    }

    private mutating func goWithout(_ id: LeaseID) -> [Effect] {
        let timer = nextTimer()
        state = .resting(until: timer)
        return [.decide(id, .reserve), .startTimer(timer, rest)]
    }

    private mutating func nextTimer() -> TimerID {
        timers += 1
        return TimerID(number: timers)
    }
}
