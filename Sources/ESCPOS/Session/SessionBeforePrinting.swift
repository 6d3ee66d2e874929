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
        case .answered, .signalled, .written, .timedOut: return []
        }
    }

    mutating func handleWhileIdle(_ event: Event, _ pending: PendingJob?) -> [Effect] {
        switch event {
        case .answered(let answer):
            let wasSilent = talk.isSilent
            if case .queuedStatus = answer { owed = max(0, owed - 1) }
            let heard = talk.hear(answer)
            // It may have been switched off and on meanwhile, on a line that stays up: then it knows nothing of what it was told.
            if wasSilent, !talk.isSilent { return resetPrinter(pending) }
            return proceed(pending, isFresh: heard == .status)
        case .signalled(let flags):
            guard model.proof == .none else { return [] }
            let effects = hearSignals(flags)
            return effects + proceed(pending, isFresh: true)
        case .timedOut(.poll): return pollAgain { $0.giveUpConnection(keeping: pending) }
        case .disconnected: return connectionLost(keeping: pending)
        case .print, .begun, .refused, .cancel:
            let (next, effects) = advance(pending, event)
            return effects + proceed(next)
        case .started, .connected, .written, .timedOut(.withdrawal), .timedOut(.progress): return []
        }
    }

    // MARK: The job that waits

    /// What becomes of the waiting job by an event about it.
    func advance(_ pending: PendingJob?, _ event: Event) -> (PendingJob?, [Effect]) {
        if case .print(let job) = event {
            precondition(pending == nil, "a job was handed in while another waits")
            return (PendingJob(job: job), [])
        }
        guard var pending else { return (nil, []) }
        let never = Effect.settle(
            pending.job.number, PrintResult(.failed, reason: .printCancelled, detail: "cancelled before its first byte was sent"))
        switch (event, pending.phase) {
        case (.cancel(pending.job.number), .waiting), (.cancel(pending.job.number), .checking), (.cancel(pending.job.number), .begun):
            return (nil, [never])
        case (.cancel(pending.job.number), .asking): pending.phase = .askingCancelled
        case (.begun(pending.job.number), .asking): pending.phase = .begun
        case (.begun(pending.job.number), .askingCancelled): return (nil, [never])
        case (.refused(pending.job.number), .asking), (.refused(pending.job.number), .askingCancelled): return (nil, [])
        case (.started, _), (.connected, _), (.disconnected, _), (.answered, _), (.signalled, _), (.written, _), (.timedOut, _),
            (.print, _), (.begun, _),
            (.refused, _), (.cancel, _):
            break
        }
        return (pending, [])
    }

    /// Moves the waiting job on as far as a clean connection allows.
    /// - Parameter isFresh: the status has just arrived.
    mutating func proceed(_ pending: PendingJob?, isFresh: Bool = false) -> [Effect] {
        state = .idle(pending)
        guard let pending, !talk.isBlocked else { return [] }
        switch pending.phase {
        case .waiting: return isFresh || tellsByItself ? askLedger(pending) : check(pending)
        // Asked once; if noise comes instead of an answer, the next poll asks again, and not every byte of it.
        case .checking: return isFresh || tellsByItself ? askLedger(pending) : []
        case .begun: return startPrinting(pending.job)
        case .asking, .askingCancelled: return []
        }
    }

    /// Its status is never old, or there is none.
    private var tellsByItself: Bool { model.automaticStatus || tellsNothing }

    private mutating func check(_ before: PendingJob) -> [Effect] {
        var pending = before
        pending.phase = .checking
        state = .idle(pending)
        guard model.proof != .none else { return [.askSignals] }
        let question = talk.poll()
        return question.isEmpty ? [] : [.send(question), .startTimer(.poll, patience.poll)]
    }

    private mutating func askLedger(_ before: PendingJob) -> [Effect] {
        var pending = before
        pending.phase = .asking
        state = .idle(pending)
        return [.begin(pending.job.number)]
    }
}
