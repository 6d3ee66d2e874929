/// One slot of a CCID reader: finds out whether a card is there, activates it, carries octets to it and back, and gets out of every trouble.
///
/// A value without clock or transport. The reader works on one command of a slot at a time, so at most one is under way; its sequence
/// tells its answer from a late one (USB CCID 1.10, 6.1). What the slot holds is told as levels by ``Effect/slot(_:)``.
public struct SlotMachine: Hashable, Sendable {
    public enum Event: Hashable, Sendable {
        /// The reader was opened.
        case start
        /// The interrupt endpoint said whether a card is there.
        case noticed(isPresent: Bool)
        /// Half a second has passed; only for readers without an interrupt endpoint.
        case pollDue
        /// An answer with this slot's number came.
        case answered(ReaderAnswer)
        /// The patience with the command of this sequence is over.
        case timedOut(sequence: UInt8)
        case request(Request)
        /// Whoever asked does not want the answer any more.
        case withdrawn
    }

    /// What the user of a slot asks for, one at a time; each is answered by one ``Effect/finish(_:)``, unless it was withdrawn.
    public enum Request: Hashable, Sendable {
        /// A command for the card as it is spelt: a whole APDU.
        case exchange([UInt8])
        /// Octets for the reader itself.
        case escape([UInt8])
        /// The card loses its power and gets it again.
        case reset
    }

    public enum Effect: Hashable, Sendable {
        case send(ReaderCommand, sequence: UInt8)
        /// Waits so long for the answer to the command of this sequence; what was waited for before is waited for no more.
        case wait(Duration, sequence: UInt8)
        /// The control request ABORT, which goes before the message of the same name.
        case abort(sequence: UInt8)
        case slot(SlotState)
        case finish(Result<[UInt8], SlotFailure>)
        /// The reader does not answer any more: only a reset of the device helps, behind which everything begins with ``Event/start``.
        case resetReader
    }

    indirect enum State: Hashable, Sendable {
        /// Nothing is known yet.
        case unknown
        /// GetSlotStatus is under way; `before` is what was known.
        case asking(before: State)
        case empty
        case activating(Activation)
        case ready(ActiveCard)
        case exchanging(ActiveCard, CardExchange)
        /// Octets for the reader itself are under way.
        case escaping(before: State)
        /// The answer to a command is still owed that nobody waits for any more.
        case draining
        /// ABORT was sent; `failure` is for whoever waits.
        case aborting(SlotFailure?)
        case failed(SlotFailure)
    }

    var state: State = .unknown
    /// Whether a card was there when that was said last.
    var isPresent = false
    /// The sequence of the command under way; the next one's is one more.
    var sequence: UInt8 = 0
    /// Whether somebody waits for a ``Effect/finish(_:)``.
    var isAwaited = false
    let reader: ReaderDescription

    public init(_ reader: ReaderDescription) { self.reader = reader }

    /// What the slot holds now.
    public var slot: SlotState { slot(of: state) }

    private func slot(of state: State) -> SlotState {
        switch state {
        case .unknown, .empty: .empty
        case .activating, .draining, .aborting: isPresent ? .activating : .empty
        case .ready(let card), .exchanging(let card, _): .ready(card.information)
        case .asking(let before), .escaping(let before): slot(of: before)
        case .failed(let failure): .failed(failure)
        }
    }

    /// Goes on by one event; returns what must now be done, in order.
    public mutating func handle(_ event: Event) -> [Effect] {
        switch event {
        case .start: return restart()
        case .noticed(let present): return notice(present)
        case .pollDue: return poll()
        case .answered(let answer):
            guard answer.sequence == sequence, isUnderWay else { return [] }
            return take(answer)
        case .timedOut(let late):
            guard late == sequence, isUnderWay else { return [] }
            return giveUp()
        case .request(let request):
            guard !isAwaited else { return [.finish(.failure(.busy))] }
            return begin(request)
        case .withdrawn:
            guard isAwaited else { return [] }
            isAwaited = false
            return isUnderWay ? startAbort(nil) : []
        }
    }

    /// Whether the reader owes an answer.
    var isUnderWay: Bool {
        switch state {
        case .asking, .activating, .exchanging, .escaping, .draining, .aborting: true
        case .unknown, .empty, .ready, .failed: false
        }
    }

    // MARK: Events

    private mutating func restart() -> [Effect] {
        let told = settle(.failure(.readerReset))
        isPresent = false
        state = .asking(before: .unknown)
        // Both are answered by whether a card is there.
        return told + [.slot(.empty)] + send(reader.quirks.contains(.powersOffAtOpen) ? .powerOff : .slotStatus, Self.patience)
    }

    private mutating func notice(_ present: Bool) -> [Effect] {
        let was = isPresent
        isPresent = present
        guard present else { return was ? removed() : [] }
        switch state {
        case .empty: return activate()
        case .unknown, .asking, .activating, .ready, .exchanging, .escaping, .draining, .aborting, .failed: return []
        }
    }

    /// The card is gone: whoever waits is told at once, and what the reader still owes is let come.
    private mutating func removed() -> [Effect] {
        let told = settle(.failure(.removed))
        switch state {
        case .unknown, .draining, .aborting, .empty: break
        case .asking: state = .asking(before: .empty)
        case .activating, .exchanging, .escaping: state = .draining
        case .ready, .failed: state = .empty
        }
        return told + [.slot(.empty)]
    }

    private mutating func poll() -> [Effect] {
        switch state {
        case .empty, .ready, .failed:
            state = .asking(before: state)
            return send(.slotStatus, Self.patience)
        case .unknown, .asking, .activating, .exchanging, .escaping, .draining, .aborting: return []
        }
    }

    private mutating func begin(_ request: Request) -> [Effect] {
        switch (request, state) {
        case (.exchange(let octets), .ready(let card)): return exchange(octets, card)
        case (.escape(let octets), .ready), (.escape(let octets), .empty), (.escape(let octets), .failed): return escape(octets)
        case (.reset, .ready), (.reset, .failed):
            isAwaited = true
            return activate()
        case (.exchange, .empty), (.reset, .empty): return [.finish(.failure(.noCard))]
        case (.exchange, .failed(let failure)): return [.finish(.failure(failure))]
        case (_, .unknown), (_, .asking), (_, .activating), (_, .exchanging), (_, .escaping), (_, .draining), (_, .aborting):
            return [.finish(.failure(isPresent ? .busy : .noCard))]
        }
    }

    private mutating func escape(_ octets: [UInt8]) -> [Effect] {
        isAwaited = true
        state = .escaping(before: state)
        return send(.escape(octets), Self.longPatience)
    }

    // MARK: Answers

    private mutating func take(_ answer: ReaderAnswer) -> [Effect] {
        if case .moreTime(let times) = answer.outcome {
            return [.wait(currentPatience * Int(max(times, 1)), sequence: sequence)]
        }
        if answer.card == .absent, isPresent {
            // The answer knows it before the interrupt does.
            isPresent = false
            if case .aborting = state, answer.content != .status { return removed() }
            return removed() + drained()
        }
        switch state {
        case .asking(let before): return takeStatus(answer, before)
        case .activating(let activation): return goOn(activation, answer)
        case .exchanging(let card, let exchange): return goOn(exchange, card, answer)
        case .escaping(let before): return takeEscape(answer, before)
        case .draining: return drained()
        case .aborting(let failure): return takeAbort(answer, failure)
        case .unknown, .empty, .ready, .failed: return []
        }
    }

    private mutating func takeStatus(_ answer: ReaderAnswer, _ before: State) -> [Effect] {
        isPresent = answer.card != .absent
        state = before
        switch (before, answer.card) {
        case (.unknown, .absent), (.empty, .absent):
            state = .empty
            return []
        case (_, .absent):
            state = .empty
            return [.slot(.empty)]
        case (.ready, .active), (.failed, _): return []
        case (_, _): return activate()
        }
    }

    private mutating func takeEscape(_ answer: ReaderAnswer, _ before: State) -> [Effect] {
        state = before
        let result: Result<[UInt8], SlotFailure> =
            switch (answer.outcome, answer.content) {
            case (.done, .escape(let octets)): .success(octets)
            case (.failed(let error), _): .failure(.reader(error))
            case (_, _): .failure(.nonsense)
            }
        return settle(result) + catchUp()
    }

    /// A card may have come while the slot was busy with something else.
    private mutating func catchUp() -> [Effect] {
        guard case .empty = state, isPresent else { return [] }
        return activate()
    }

    private mutating func drained() -> [Effect] {
        state = .empty
        return isPresent ? activate() : []
    }

    private mutating func takeAbort(_ answer: ReaderAnswer, _ failure: SlotFailure?) -> [Effect] {
        // What was aborted may still answer; only the status that bears its sequence ends it (5.3.1).
        guard case .status = answer.content else { return [] }
        let told = failure.map { settle(.failure($0)) } ?? []
        isPresent = answer.card != .absent
        state = .empty
        // A card that was broken off in the middle is begun anew.
        return told + (isPresent ? activate() : [.slot(.empty)])
    }

    // MARK: Time

    /// How long a reader may take for what it does alone.
    static let patience = Duration.seconds(3)
    /// The same where a card, or a maker's own command, has a part in it.
    static let longPatience = Duration.seconds(10)

    var currentPatience: Duration {
        switch state {
        case .exchanging(let card, let exchange): patience(card, waiting: exchange.waiting)
        case .activating, .escaping: Self.longPatience
        case .unknown, .asking, .empty, .ready, .draining, .aborting, .failed: Self.patience
        }
    }

    private mutating func giveUp() -> [Effect] {
        switch state {
        case .aborting(let failure):
            state = .failed(.readerHangs)
            return (failure.map { settle(.failure($0)) } ?? []) + [.slot(.failed(.readerHangs)), .resetReader]
        case .asking, .draining, .activating, .exchanging, .escaping: return startAbort(isAwaited ? .timedOut : nil)
        case .unknown, .empty, .ready, .failed: return []
        }
    }

    private mutating func startAbort(_ failure: SlotFailure?) -> [Effect] {
        state = .aborting(failure)
        return [.abort(sequence: sequence), .send(.abort, sequence: sequence), .wait(Self.patience, sequence: sequence)]
    }

    // MARK: What the states share

    mutating func send(_ command: ReaderCommand, _ patience: Duration) -> [Effect] {
        sequence &+= 1
        return [.send(command, sequence: sequence), .wait(patience, sequence: sequence)]
    }

    mutating func settle(_ result: Result<[UInt8], SlotFailure>) -> [Effect] {
        guard isAwaited else { return [] }
        isAwaited = false
        return [.finish(result)]
    }

    mutating func fail(_ failure: SlotFailure) -> [Effect] {
        state = .failed(failure)
        return settle(.failure(failure)) + [.slot(.failed(failure))]
    }
}
