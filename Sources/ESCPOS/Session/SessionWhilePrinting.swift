import Conditions

// From the first byte of a job to its result.

extension PrinterSessionMachine {
    mutating func startPrinting(_ job: PrintJob) -> [Effect] {
        let size = max(16, (model.bufferBytes - Self.trailerRoom) / 2)
        let pieces = PrintPieces(job.bytes, size: size).pieces
        // A job without content has one empty piece, which carries the proof.
        var running = RunningJob(job: job, remaining: pieces.isEmpty ? [[]] : pieces)
        isTorn = true
        guard answersQueuedStatus else {
            let bytes = running.remaining.flatMap { $0 }
            running.remaining = []
            state = .printing(running)
            return [.send(bytes), .reportWritten(job.number)] + (model.proof == .none ? [] : [.startTimer(.poll, patience.poll)])
        }
        return fill(running) + [.startTimer(.poll, patience.poll)]
    }

    mutating func handleWhilePrinting(_ event: Event, _ running: RunningJob) -> [Effect] {
        switch event {
        case .answered(let answer):
            let heard = talk.hear(answer)
            if case .processID(running.job.proofID) = answer, running.remaining.isEmpty { return settleWhole(running, .printed) }
            if case .queuedStatus = answer { return takeCredit(running) }
            return heard == .status && running.isWritten && !talk.isBlocked ? settleWhole(running, .sent) : []
        case .written(running.job.number):
            if model.proof == .none { return settleWhole(running, .sent) }
            var written = running
            written.isWritten = true
            state = .printing(written)
            return [.send(talk.poll())].filter { $0 != .send([]) }
        case .cancel(running.job.number): return withdraw(running)
        case .timedOut(.poll):
            return pollAgain { machine in
                machine.settleUnknown(running, "the printer stopped answering") + machine.giveUpConnection(keeping: nil)
            }
        case .disconnected:
            return settleUnknown(running, "the connection ended before the printer had confirmed") + connectionLost(keeping: nil)
        case .started, .connected, .written, .timedOut(.withdrawal), .print, .begun, .refused, .cancel: return []
        }
    }

    mutating func handleWhileWithdrawing(_ event: Event, _ running: RunningJob) -> [Effect] {
        switch event {
        case .answered(let answer):
            let heard = talk.hear(answer)
            if case .processID(running.job.proofID) = answer, running.remaining.isEmpty {
                return [.stopTimer(.withdrawal)] + settleWhole(running, .printed) + resetPrinter(nil)
            }
            if canForget { return heard == .clearingArrived ? withdrawn(running, "the printer cleared what it had of it") : [] }
            if case .queuedStatus = answer { return takeLastCredits(running) }
            return []
        case .timedOut(.withdrawal):
            return settleUnknown(running, "cancelled, but the printer did not say whether it obeyed") + giveUpConnection(keeping: nil)
        case .timedOut(.poll): return [.send(talk.poll()), .startTimer(.poll, patience.poll)].filter { $0 != .send([]) }
        case .disconnected:
            return [.stopTimer(.withdrawal)] + settleUnknown(running, "cancelled, but the connection ended before the printer had obeyed")
                + connectionLost(keeping: nil)
        case .started, .connected, .written, .print, .begun, .refused, .cancel: return []
        }
    }

    // MARK: Flow

    /// `GS ( H` and `GS a` behind the last piece, `GS r` behind the others.
    static let trailerRoom = 32

    /// Sends as many pieces as the printer has room for, counting all that it has not confirmed.
    private mutating func fill(_ before: RunningJob) -> [Effect] {
        var running = before
        var bytes: [UInt8] = []
        while let next = running.remaining.first {
            let size = next.count + Self.trailerRoom / 2
            guard running.inFlight.isEmpty || running.inFlight.reduce(size, +) <= model.bufferBytes else { break }
            running.remaining.removeFirst()
            running.inFlight.append(size)
            bytes += next + (running.remaining.isEmpty ? proof(of: running.job) : Command.transmitStatus(1).bytes)
        }
        state = .printing(running)
        return bytes.isEmpty ? [] : [.send(bytes)]
    }

    private func proof(of job: PrintJob) -> [UInt8] {
        let question: Command = model.proof == .processID ? .processID(job.proofID) : .transmitStatus(1)
        // The job's own ESC @ has switched the automatic status off.
        return question.bytes + automaticStatus
    }

    /// The printer has taken in the oldest piece.
    private mutating func takeCredit(_ before: RunningJob) -> [Effect] {
        var running = before
        // The last piece of a printer with process IDs is confirmed by that alone.
        let credits = model.proof == .processID && running.remaining.isEmpty ? running.inFlight.count - 1 : running.inFlight.count
        guard credits > 0 else { return [] }
        running.inFlight.removeFirst()
        if running.inFlight.isEmpty, running.remaining.isEmpty { return settleWhole(running, .processed) }
        return fill(running)
    }

    // MARK: Withdrawal

    private mutating func withdraw(_ running: RunningJob) -> [Effect] {
        guard answersQueuedStatus else {
            return settleUnknown(running, "cancelled while it was on its way to a printer that cannot confirm")
                + giveUpConnection(keeping: nil)
        }
        state = .withdrawing(running)
        let order = canForget ? [Effect.send(forget + talk.askAfterClearing())] : []
        return order + [.startTimer(.withdrawal, patience.withdrawal)]
    }

    /// A printer that cannot forget prints what it has; nothing more is sent to it.
    private mutating func takeLastCredits(_ before: RunningJob) -> [Effect] {
        var running = before
        if !running.inFlight.isEmpty { running.inFlight.removeFirst() }
        state = .withdrawing(running)
        guard running.inFlight.isEmpty else { return [] }
        if running.remaining.isEmpty { return [.stopTimer(.withdrawal)] + settleWhole(running, .processed) }
        return withdrawn(running, "the rest of it was not sent")
    }

    private mutating func withdrawn(_ running: RunningJob, _ detail: String) -> [Effect] {
        let settled: [Effect] = [
            .stopTimer(.withdrawal), .settle(running.job.number, PrintResult(.failed, reason: .printCancelled, detail: detail)),
        ]
        // With the paper out, the half sheet is cut off when there is paper again.
        guard talk.hasStatus, !talk.isBlocked else { return settled + resetPrinter(nil) }
        return settled + restartPrinter(nil)
    }

    // MARK: Results

    private mutating func settleWhole(_ running: RunningJob, _ outcome: PrintOutcome) -> [Effect] {
        isTorn = false
        state = .idle(nil)
        return [.settle(running.job.number, PrintResult(outcome))]
    }

    private func settleUnknown(_ running: RunningJob, _ detail: String) -> [Effect] {
        [.settle(running.job.number, PrintResult(.unknown, reason: .printInterrupted, detail: detail))]
    }
}
