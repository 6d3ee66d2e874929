/// Brings one chain of a kiosk to its centre: what to send next, what an answer means, how long to wait.
///
/// One batch is under way at a time. What the centre says it has is believed only where the kiosk's own entry
/// has the same chain hash; anything else is another history, and then nothing is acknowledged and nothing overwritten.
/// The machine forgets nothing that matters: started anew, it learns from the first answer where the centre stands.
public struct SyncMachine: Hashable, Sendable {
    /// Each state names what ends it.
    enum State: Hashable {
        /// Everything is at the centre. Ends with a new entry, or when the heartbeat is due.
        case quiet(heartbeat: TimerID)
        /// A batch of entries behind this position is under way. Ends with its answer or failure.
        case sending(after: ChainPosition, AttemptID)
        /// The last attempt failed. Ends when the pause does.
        case pausing(after: ChainPosition, until: TimerID)
        /// Centre and kiosk know different histories, or the centre refuses an entry. Asked again after the longest pause.
        case disputed(after: ChainPosition, until: TimerID)
    }

    public let epoch: Epoch
    public let lane: Lane
    private let timing: SyncTiming
    private(set) var state: State
    /// The chain's last entry.
    private var head: ChainPosition
    /// The last entry that the centre has, by this kiosk's own hash.
    public private(set) var acknowledged: ChainPosition
    private(set) var failures = 0
    private var counter = 0

    /// Names one attempt, so that a late answer to an earlier one is dropped.
    public struct AttemptID: Hashable, Sendable { let number: Int }
    /// Names one pause.
    public struct TimerID: Hashable, Sendable { let number: Int }

    public enum Event: Hashable, Sendable {
        /// The chain ends here now.
        case recorded(ChainPosition)
        /// The centre answered. `own` is the chain hash of the kiosk's own entry `upto`; nil when it has none.
        case answered(Acknowledgement, own: EntryHash?, AttemptID, random: UInt64)
        /// No answer, or not this protocol's.
        case failed(Failure, AttemptID, random: UInt64)
        case timerFired(TimerID)
    }

    /// Why there is no acknowledgement.
    public enum Failure: Error, Hashable, Sendable {
        /// The centre was not reached, or the exchange broke off: what it did with the batch is not known.
        case away(String)
        /// The centre asks for patience (HTTP 429, 503).
        case busy(String, retryAfter: Duration?)
        /// The centre answered something else.
        case refused(String)
        /// The journal could not be read, so there was nothing to send.
        case unread(String)
    }

    public enum Effect: Hashable, Sendable {
        /// Read the entries behind this position, as many as a batch holds, and send them with the chain's head; also when there are none.
        case send(after: ChainPosition, AttemptID)
        /// Remember durably that the centre has this entry.
        case acknowledge(ChainPosition)
        case startTimer(TimerID, Duration)
        case report(Report)
    }

    /// How the way to the centre is.
    public enum Report: Hashable, Sendable {
        case well
        case away(String)
        case refused(String)
        /// The journal cannot be read.
        case unread(String)
        /// Centre and kiosk know different histories.
        case forked(String)
    }

    /// - Parameters:
    ///   - head: the chain's last entry.
    ///   - acknowledged: what ``Effect/acknowledge(_:)`` was remembered last, or the start.
    public init(epoch: Epoch, lane: Lane, head: ChainPosition, acknowledged: ChainPosition, timing: SyncTiming) {
        self.epoch = epoch
        self.lane = lane
        self.head = head
        self.acknowledged = acknowledged
        self.timing = timing
        state = .sending(after: acknowledged, AttemptID(number: 0))
    }

    /// The first call, to be made once.
    public func start() -> [Effect] { [.send(after: acknowledged, AttemptID(number: 0))] }

    /// Takes one event; returns what is to be done, in order.
    public mutating func handle(_ event: Event) -> [Effect] {
        switch event {
        case .recorded(let position): return recorded(position)
        case .answered(let answer, let own, let attempt, let random):
            guard case .sending(let after, attempt) = state else { return [] }
            return answered(answer, own, after, random)
        case .failed(let failure, let attempt, let random):
            guard case .sending(let after, attempt) = state else { return [] }
            return failed(failure, after, random)
        case .timerFired(let timer): return timerFired(timer)
        }
    }

    private mutating func recorded(_ position: ChainPosition) -> [Effect] {
        raiseHead(to: position)
        switch state {
        case .quiet: return head == acknowledged ? [] : send(after: acknowledged)
        case .sending, .pausing, .disputed: return []
        }
    }

    private mutating func timerFired(_ timer: TimerID) -> [Effect] {
        switch state {
        case .quiet(timer): return send(after: acknowledged)
        case .pausing(let after, timer), .disputed(let after, timer): return send(after: after)
        case .quiet, .pausing, .disputed, .sending: return []
        }
    }

    private mutating func failed(_ failure: Failure, _ after: ChainPosition, _ random: UInt64) -> [Effect] {
        switch failure {
        case .away(let why): return pause(after, random, .away(why))
        case .refused(let why): return pause(after, random, .refused(why))
        case .unread(let why): return pause(after, random, .unread(why))
        case .busy(let why, let retryAfter):
            // A centre that names a time is not asked before, nor by all at once.
            return pause(after, random, .refused(why), atLeast: retryAfter ?? .zero)
        }
    }

    private mutating func answered(
        _ answer: Acknowledgement, _ own: EntryHash?, _ after: ChainPosition, _ random: UInt64
    ) -> [Effect] {
        guard answer.epoch == epoch, answer.lane == lane else {
            return pause(after, random, .refused("the answer is about another chain"))
        }
        guard answer.upto == 0 ? answer.hash == .none : own == answer.hash else {
            let what = own == nil ? "which this journal does not have" : "which is another than this journal's"
            return dispute(
                acknowledged,
                .forked("the centre has an entry \(answer.upto), \(what): the journal was restored, or copied to a second kiosk"))
        }
        let position = answer.position
        // What was recorded after the batch was ordered may have gone with it.
        raiseHead(to: position)
        let news: [Effect] = position == acknowledged ? [] : [.acknowledge(position)]
        acknowledged = position
        switch answer.fault?.code {
        case nil where position == head: return news + rest()
        case nil where position != after:
            failures = 0
            return news + [.report(.well)] + send(after: position)
        case nil:
            return news
                + pause(position, random, .refused("the centre takes nothing behind entry \(position.sequence) and does not say why"))
        case .gap:
            // It lost what it had acknowledged, as a restored backup does: the kiosk still has all of it.
            return news + pause(position, random, .refused("the centre misses entries behind \(position.sequence); they are sent again"))
        case .fork:
            return news + dispute(position, .forked(answer.fault?.detail ?? ""))
        case .changed, .foreign, .unreadable:
            return news + dispute(position, .refused(answer.fault?.detail ?? ""))
        }
    }

    private mutating func raiseHead(to position: ChainPosition) {
        if position.sequence > head.sequence { head = position }
    }

    // MARK: Next states

    private mutating func rest() -> [Effect] {
        failures = 0
        let timer = nextTimer()
        state = .quiet(heartbeat: timer)
        return [.report(.well), .startTimer(timer, timing.heartbeat)]
    }

    private mutating func send(after position: ChainPosition) -> [Effect] {
        counter += 1
        let attempt = AttemptID(number: counter)
        state = .sending(after: position, attempt)
        return [.send(after: position, attempt)]
    }

    private mutating func pause(_ after: ChainPosition, _ random: UInt64, _ report: Report, atLeast least: Duration = .zero) -> [Effect] {
        failures += 1
        let timer = nextTimer()
        state = .pausing(after: after, until: timer)
        return [.report(report), .startTimer(timer, min(least, timing.cap) + timing.pause(failures: failures, random: random))]
    }

    private mutating func dispute(_ after: ChainPosition, _ report: Report) -> [Effect] {
        let timer = nextTimer()
        state = .disputed(after: after, until: timer)
        return [.report(report), .startTimer(timer, timing.cap)]
    }

    private mutating func nextTimer() -> TimerID {
        counter += 1
        return TimerID(number: counter)
    }
}
