/// Brings one chain of a kiosk to its centre: what to send next, what an answer means, how long to wait.
///
/// One batch is under way at a time. What the centre says it has is believed only where the kiosk's own entry
/// has the same chain hash; anything else is another history, and then nothing is acknowledged and nothing overwritten.
/// A history of its own, which the centre quarantines, is sent to its end all the same, so that both are kept.
/// The machine forgets nothing that matters: started anew, it learns from the first answer where the centre stands.
public struct SyncMachine: Hashable, Sendable {
    /// Each state names what ends it.
    enum State: Hashable {
        /// Everything is at the centre. Ends with a new entry, or when the heartbeat is due.
        case quiet(heartbeat: TimerID)
        /// A batch of entries behind this position is under way. Ends with its answer or failure.
        case sending(after: ChainPosition, AttemptID)
        /// The last attempt failed, or this kiosk's turn after an outage has not come. Ends when the pause does.
        case pausing(after: ChainPosition, until: TimerID)
        /// Centre and kiosk know different histories, or the centre refuses an entry. Asked again after the longest pause.
        case disputed(after: ChainPosition, until: TimerID)
    }

    public let chain: ChainName
    private let timing: SyncTiming
    private(set) var state: State
    /// The chain's last entry.
    private var head: ChainPosition
    /// The last entry that the centre has, by this kiosk's own hash.
    public private(set) var acknowledged: ChainPosition
    /// The last entry that the centre's backup has, by this kiosk's own hash.
    public private(set) var safe: ChainPosition
    /// The most entries that the next batch may have: what the centre wants, and less on a line where batches do not get through.
    private(set) var limit = Batch.maximumEntries
    /// There was nothing to send when the last batch was ordered.
    private(set) var isCall = false
    private(set) var failures = 0
    /// It was started, or comes back from an outage: other kiosks may do the same at this moment.
    private(set) var mayBeOneOfMany = true
    private var counter = 0

    /// Names one attempt, so that a late answer to an earlier one is dropped.
    public struct AttemptID: Hashable, Sendable { let number: Int }
    /// Names one pause.
    public struct TimerID: Hashable, Sendable { let number: Int }

    public enum Event: Hashable, Sendable {
        /// The chain ends here now.
        case recorded(ChainPosition)
        /// The centre answered. `own` has the chain hashes of the kiosk's own entries at ``Acknowledgement/sequences``, where there are any.
        case answered(Acknowledgement, own: [UInt64: EntryHash], AttemptID, random: UInt64)
        /// No answer, or not this protocol's.
        case failed(Failure, AttemptID, random: UInt64)
        case timerFired(TimerID)
    }

    /// Why there is no acknowledgement.
    public enum Failure: Error, Hashable, Sendable {
        /// The centre was not reached, or the exchange broke off: what it did with the batch is not known.
        case away(String)
        /// The centre asks for patience (HTTP 429, 503).
        case busy(String, retryAfter: Duration?, maximumEntries: Int? = nil)
        /// The centre answered something else.
        case refused(String)
        /// The journal could not be read, so there was nothing to send.
        case unread(String)
    }

    public enum Effect: Hashable, Sendable {
        /// Read the entries behind this position, as many as a batch holds and at most `limit`, and send them with the chain's head;
        /// also when there are none.
        case send(after: ChainPosition, limit: Int, AttemptID)
        /// Remember durably that the centre has this entry.
        case acknowledge(ChainPosition)
        /// Remember durably that a backup of the centre has this entry.
        case markSafe(ChainPosition)
        case startTimer(TimerID, Duration)
        case report(Report)
    }

    /// How the way to the centre is.
    public enum Report: Hashable, Sendable {
        case well
        case away(String)
        /// The centre asks for patience.
        case busy(String)
        case refused(String)
        /// The journal cannot be read.
        case unread(String)
        /// Centre and kiosk know different histories. `newEpoch`: the centre asks that the journal begin a new epoch.
        case forked(String, newEpoch: Bool)
    }

    /// - Parameters:
    ///   - head: the chain's last entry.
    ///   - acknowledged: what ``Effect/acknowledge(_:)`` was remembered last, or the start.
    ///   - safe: what ``Effect/markSafe(_:)`` was remembered last, or the start: the entry itself may be pruned since.
    public init(
        chain: ChainName, head: ChainPosition, acknowledged: ChainPosition, safe: ChainPosition = .start, timing: SyncTiming
    ) {
        self.chain = chain
        self.head = head
        self.acknowledged = acknowledged
        self.safe = safe
        self.timing = timing
        isCall = head.sequence <= acknowledged.sequence
        if head.sequence >= acknowledged.sequence + Self.long {
            // Where the power comes back, it comes back for many, and each has a day's entries.
            state = .pausing(after: acknowledged, until: TimerID(number: 0))
            mayBeOneOfMany = false
        } else {
            state = .sending(after: acknowledged, AttemptID(number: 0))
        }
    }

    /// How it ends for a chain to which nothing is added any more.
    public enum End: Hashable, Sendable {
        /// The centre has all of it.
        case whole
        /// The centre has all of it, but apart, since it follows another history. Telling it again would change nothing.
        case aside
        /// The centre does not take the rest of it now.
        case refused
    }

    /// Where it ended; nil while it is under way.
    public var end: End? {
        switch state {
        case .quiet: .whole
        case .disputed(let after, _): after == head ? .aside : .refused
        case .sending, .pausing: nil
        }
    }

    /// The first call, or the pause before it; to be made once.
    public func start() -> [Effect] {
        switch state {
        case .sending(let after, let attempt): return [.send(after: after, limit: limit, attempt)]
        case .pausing(_, let timer): return [.startTimer(timer, timing.slot(of: chain))]
        case .quiet, .disputed: preconditionFailure("a machine is started once, before anything happens to it")
        }
    }

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
        case .away(let why):
            // What a thin line broke off is more likely to get through in smaller pieces.
            limit = max(min(limit, Self.smallest), limit / 2)
            return pause(after, random, .away(why))
        case .refused(let why): return pause(after, random, .refused(why))
        case .unread(let why): return pause(after, random, .unread(why))
        case .busy(let why, let retryAfter, let maximum):
            if let maximum {
                limit = min(limit, Self.bounded(maximum))
                // It is well and spreads those whom it turns away: pauses that doubled besides would let the last of them wait for long.
                if let retryAfter {
                    return wait(after, .refused(why), min(retryAfter, timing.cap) + timing.pause(failures: 1, random: random))
                }
            }
            // A centre that names a time is not asked before, nor by all at once.
            return pause(after, random, .busy(why), atLeast: retryAfter ?? .zero)
        }
    }

    private mutating func answered(
        _ answer: Acknowledgement, _ own: [UInt64: EntryHash], _ after: ChainPosition, _ random: UInt64
    ) -> [Effect] {
        guard answer.epoch == chain.epoch, answer.lane == chain.lane else {
            return pause(after, random, .refused("the answer is about another chain"))
        }
        // The entries at these places may be gone from the journal, once they are safe; that they were its own is known.
        let known = [ChainPosition.start, acknowledged, safe]
        let isOwn = { (position: ChainPosition) in known.contains(position) || own[position.sequence] == position.hash }
        let position = answer.position
        let kept = answer.kept.map(\.position).flatMap { isOwn($0) ? $0 : nil }
        guard isOwn(position) else {
            if own[position.sequence] == nil, position.sequence < safe.sequence {
                // What stood there was let go of, because a backup of the centre had more than the centre has now.
                return dispute(
                    acknowledged,
                    .refused("the centre ends at entry \(answer.upto), but a backup of it had \(safe.sequence): \(Self.putBack)"))
            }
            let what = own[position.sequence] == nil ? "which this journal does not have" : "which is another than this journal's"
            let why = "the centre has an entry \(answer.upto), \(what): the journal was restored, or copied to a second kiosk"
            // Whatever this journal records next cannot continue the centre's copy any more.
            return tellAll(behind: after, kept, .forked(why, newEpoch: true))
        }
        limit = min(limit * 2, Self.bounded(answer.maximumEntries ?? Batch.maximumEntries))
        // What was recorded after the batch was ordered may have gone with it.
        raiseHead(to: position)
        let news = believed(answer, isOwn)
        switch answer.fault?.code {
        case nil:
            let isNew = answer.newEpoch ?? false
            // The rest of this history stands apart, to its end: sending it again would change nothing.
            if isNew, let kept, kept == head, kept.sequence > position.sequence {
                return news + dispute(head, .forked(Self.twin, newEpoch: true))
            }
            return news + advanced(to: position, from: after, isNew ? .forked(Self.twin, newEpoch: true) : .well, random)
        case .lost where after == position:
            return news + dispute(position, .refused("\(answer.fault?.detail ?? ""): \(Self.putBack)"))
        case .gap, .lost:
            // It lost what it had acknowledged, as a restored backup does: the kiosk still has all of it.
            return news + pause(position, random, .refused("the centre misses entries behind \(position.sequence); they are sent again"))
        case .fork, .changed, .foreign, .unreadable:
            let why = answer.fault?.detail ?? ""
            guard answer.newEpoch == true || answer.fault?.code == .fork else { return news + dispute(position, .refused(why)) }
            return news + tellAll(behind: after, kept, .forked(why, newEpoch: answer.newEpoch ?? false))
        }
    }

    /// What of an answer is to be remembered: where the centre stands, and what is in its backup.
    private mutating func believed(_ answer: Acknowledgement, _ isOwn: (ChainPosition) -> Bool) -> [Effect] {
        let news: [Effect] = answer.position == acknowledged ? [] : [.acknowledge(answer.position)]
        acknowledged = answer.position
        // Safe never goes back: what was pruned by it is gone. Nor is it ahead of what the centre says it has.
        guard let mark = answer.safe?.position, mark.sequence > safe.sequence, mark.sequence <= answer.upto, isOwn(mark) else {
            return news
        }
        safe = mark
        return news + [.markSafe(mark)]
    }

    private mutating func advanced(
        to position: ChainPosition, from after: ChainPosition, _ report: Report, _ random: UInt64
    ) -> [Effect] {
        if position == head { return rest(report) }
        guard position != after || isCall else {
            return pause(position, random, .refused("the centre takes nothing behind entry \(position.sequence) and does not say why"))
        }
        let wasAway = mayBeOneOfMany
        (failures, mayBeOneOfMany) = (0, false)
        guard wasAway, head.sequence - position.sequence >= UInt64(Batch.maximumEntries) else {
            return [.report(report)] + send(after: position)
        }
        // Whatever kept this kiosk away kept others away, too: a long backlog goes on when this kiosk's turn is.
        let timer = nextTimer()
        state = .pausing(after: position, until: timer)
        return [.report(report), .startTimer(timer, timing.slot(of: chain))]
    }

    private static let putBack = "its store was put back to an older state; whoever runs it must restore its newest backup"
    private static let twin = "the centre keeps a part of this journal's history apart, or another one: it was damaged, restored or copied"
    /// A backlog with which a kiosk that starts waits for its slot.
    private static let long = UInt64(Batch.maximumEntries / 4)
    /// Failures in a row after which a centre that answers again is thought to be awaited by all of its kiosks.
    private static let outage = 6
    /// A line that is cut again and again still carries so many entries.
    private static let smallest = 16
    private static func bounded(_ maximum: Int) -> Int { max(1, min(maximum, Batch.maximumEntries)) }

    private mutating func raiseHead(to position: ChainPosition) {
        if position.sequence > head.sequence { head = position }
    }

    // MARK: Next states

    private mutating func rest(_ report: Report) -> [Effect] {
        (failures, mayBeOneOfMany) = (0, false)
        let timer = nextTimer()
        state = .quiet(heartbeat: timer)
        return [.report(report), .startTimer(timer, timing.heartbeat)]
    }

    private mutating func send(after position: ChainPosition) -> [Effect] {
        counter += 1
        let attempt = AttemptID(number: counter)
        state = .sending(after: position, attempt)
        isCall = head.sequence <= position.sequence
        return [.send(after: position, limit: limit, attempt)]
    }

    private mutating func pause(_ after: ChainPosition, _ random: UInt64, _ report: Report, atLeast least: Duration = .zero) -> [Effect] {
        failures += 1
        if failures >= Self.outage { mayBeOneOfMany = true }
        return wait(after, report, min(least, timing.cap) + timing.pause(failures: failures, random: random))
    }

    private mutating func wait(_ after: ChainPosition, _ report: Report, _ pause: Duration) -> [Effect] {
        let timer = nextTimer()
        state = .pausing(after: after, until: timer)
        return [.report(report), .startTimer(timer, pause)]
    }

    /// Has the centre keep all of a history that is not the one it follows.
    ///
    /// - Parameters:
    ///   - sent: behind which entry the batch began.
    ///   - kept: up to which entry the centre has it, by the journal's own hash.
    private mutating func tellAll(behind sent: ChainPosition, _ kept: ChainPosition?, _ report: Report) -> [Effect] {
        guard let kept else {
            // Where the histories part is not known, or the centre lost its memory of what came before.
            return sent.sequence > 0 ? [.report(report)] + send(after: .start) : dispute(acknowledged, report)
        }
        guard kept.sequence > sent.sequence, kept.sequence < head.sequence else { return dispute(kept, report) }
        return [.report(report)] + send(after: kept)
    }

    private mutating func dispute(_ position: ChainPosition, _ report: Report) -> [Effect] {
        let timer = nextTimer()
        state = .disputed(after: position, until: timer)
        return [.report(report), .startTimer(timer, timing.cap)]
    }

    private mutating func nextTimer() -> TimerID {
        counter += 1
        return TimerID(number: counter)
    }
}
