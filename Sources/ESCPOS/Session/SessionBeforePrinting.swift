import Conditions

// Connection and preparation: the states in which no byte of a job is in the printer.

extension PrinterSessionMachine {
    mutating func handleWhileDown(_ event: Event, _ pending: PendingJob?) -> [Effect] {
        switch event {
        case .started: return [.connect(after: .zero)]
        case .connected: return beginClearing(pending)
        case .disconnected:
            talk.unreachable()
            return [.connect(after: nextBackOff())]
        case .print, .begun, .refused, .cancel:
            let (next, effects) = advance(pending, event)
            state = .down(next)
            return effects
        case .answered, .written, .timedOut: return []
        }
    }

    mutating func handleWhileClearing(_ event: Event, _ clearing: Clearing, _ pending: PendingJob?) -> [Effect] {
        switch event {
        case .answered(let answer):
            let heard = talk.hear(answer)
            if heard == .status { attempts = 0 }
            switch (clearing, answer) {
            case (.resetting, _): return heard == .status && !talk.isBlocked ? restartPrinter(pending, after: imageEnd) : []
            case (.restarting(let awaited, _), .queuedStatus):
                state = .clearing(.restarting(awaited: awaited - 1, quietPolls: 0), pending)
                return awaited == 1 ? becomeClean(pending) : []
            case (.restarting, _): return []
            }
        case .timedOut(.poll): return pollWhileClearing(clearing, pending)
        case .disconnected: return connectionLost(keeping: pending)
        case .print, .begun, .refused, .cancel:
            let (next, effects) = advance(pending, event)
            state = .clearing(clearing, next)
            return effects
        case .started, .connected, .written, .timedOut(.withdrawal): return []
        }
    }

    mutating func handleWhileIdle(_ event: Event, _ pending: PendingJob?) -> [Effect] {
        switch event {
        case .answered(let answer):
            _ = talk.hear(answer)
            return proceed(pending)
        case .timedOut(.poll): return pollAgain { $0.giveUpConnection(keeping: pending) }
        case .disconnected: return connectionLost(keeping: pending)
        case .print, .begun, .refused, .cancel:
            let (next, effects) = advance(pending, event)
            return effects + proceed(next)
        case .started, .connected, .written, .timedOut(.withdrawal): return []
        }
    }

    // MARK: The job that waits

    /// What becomes of the waiting job by an event about it.
    private func advance(_ pending: PendingJob?, _ event: Event) -> (PendingJob?, [Effect]) {
        if case .print(let job) = event {
            precondition(pending == nil, "a job was handed in while another waits")
            return (PendingJob(job: job), [])
        }
        guard var pending else { return (nil, []) }
        let never = Effect.settle(
            pending.job.number, PrintResult(.failed, reason: .printCancelled, detail: "cancelled before its first byte was sent"))
        switch (event, pending.phase) {
        case (.cancel(pending.job.number), .waiting), (.cancel(pending.job.number), .begun): return (nil, [never])
        case (.cancel(pending.job.number), .asking): pending.phase = .askingCancelled
        case (.begun(pending.job.number), .asking): pending.phase = .begun
        case (.begun(pending.job.number), .askingCancelled): return (nil, [never])
        case (.refused(pending.job.number), .asking), (.refused(pending.job.number), .askingCancelled): return (nil, [])
        case (.started, _), (.connected, _), (.disconnected, _), (.answered, _), (.written, _), (.timedOut, _), (.print, _), (.begun, _),
            (.refused, _), (.cancel, _):
            break
        }
        return (pending, [])
    }

    /// Moves the waiting job on as far as a clean connection allows.
    private mutating func proceed(_ pending: PendingJob?) -> [Effect] {
        state = .idle(pending)
        guard var pending, !talk.isBlocked else { return [] }
        switch pending.phase {
        case .waiting:
            pending.phase = .asking
            state = .idle(pending)
            return [.begin(pending.job.number)]
        case .begun: return startPrinting(pending.job)
        case .asking, .askingCancelled: return []
        }
    }

    // MARK: Clearing

    /// The first words on every connection: forget what you have, and how are you?
    private mutating func beginClearing(_ pending: PendingJob?) -> [Effect] {
        talk.connected()
        guard model.proof != .none else {
            let hello = freshStart
            return [.send(hello)] + becomeClean(pending)
        }
        return [.send(isDeaf ? imageEnd : [])].filter { $0 != .send([]) } + resetPrinter(pending)
    }

    mutating func resetPrinter(_ pending: PendingJob?) -> [Effect] {
        state = .clearing(.resetting, pending)
        return [.send(forget + talk.poll()), .startTimer(.poll, patience.poll)]
    }

    /// - Parameter ending: what goes before, in case the printer is inside something.
    mutating func restartPrinter(_ pending: PendingJob?, after ending: [UInt8] = []) -> [Effect] {
        let hello = ending + (ending.isEmpty ? [] : forget) + freshStart
        guard answersQueuedStatus else { return [.send(hello)] + becomeClean(pending) }
        state = .clearing(.restarting(awaited: owed + 1, quietPolls: 0), pending)
        return [.send(hello + Command.transmitStatus(1).bytes)]
    }

    /// Answers that an earlier connection left behind may have been lost with it: nobody waits for them for ever.
    private mutating func pollWhileClearing(_ clearing: Clearing, _ pending: PendingJob?) -> [Effect] {
        if case .restarting(let awaited, let quietPolls) = clearing, awaited <= owed, talk.asked.isEmpty, !talk.isBlocked {
            if quietPolls + 1 >= patience.quietPolls { return becomeClean(pending) + pollAgain { $0.giveUpConnection(keeping: nil) } }
            state = .clearing(.restarting(awaited: awaited, quietPolls: quietPolls + 1), pending)
        }
        return pollAgain { $0.giveUpConnection(keeping: pending) }
    }

    private mutating func becomeClean(_ pending: PendingJob?) -> [Effect] {
        (isTorn, isDeaf, owed) = (false, false, 0)
        return proceed(pending)
    }
}
