import Conditions

// From the first byte of a job to its result, or to the order to forget it.

extension PrinterSessionMachine {
    mutating func startPrinting(_ job: PrintJob) -> [Effect] {
        let size = max(16, min(Self.longestPiece, (model.bufferBytes - Self.trailerRoom) / 2))
        let cut = PrintPieces(job.bytes, size: size, held: holdsLogo ? logo : nil)
        let pieces = cut.pieces
        if cut.changesLogos { holdsLogo = false }
        // A job without content has one empty piece, which carries the proof.
        var running = RunningJob(
            job: job, remaining: pieces.isEmpty ? [PrintPieces.Piece()] : pieces, owed: owed, debt: owed, changesLogos: cut.changesLogos)
        isTorn = true
        guard answersQueuedStatus else {
            let bytes = running.remaining.flatMap(\.bytes)
            running.remaining = []
            state = .printing(running)
            return [.send(bytes), .reportWritten(job.number)] + (tellsNothing ? [] : [.startTimer(.poll, patience.poll)])
        }
        return fill(running) + [.startTimer(.poll, patience.poll)]
    }

    mutating func handleWhilePrinting(_ event: Event, _ before: RunningJob) -> [Effect] {
        var running = before
        switch event {
        case .answered(let answer): return hearWhilePrinting(answer, running)
        // A write that stalls goes on when the printer does; until then the status says why.
        case .signalled(let flags): return model.proof == .none ? hearSignals(flags) : []
        case .written(running.job.number):
            if model.proof == .none { return settleWhole(running, .sent) }
            running.isWritten = true
            state = .printing(running)
            return [.send(talk.poll())].filter { $0 != .send([]) }
        case .cancel(running.job.number): return withdraw(running)
        case .timedOut(.poll):
            let effects = pollAgain { [running] machine in
                machine.settleUnknown(running, "the printer stopped answering") + machine.giveUpConnection(keeping: nil)
            }
            if talk.isSilent, case .printing = state {
                running.wasSilent = true
                state = .printing(running)
            }
            return effects
        case .timedOut(.progress): return confirmationTakesLong(running)
        case .disconnected:
            return settleUnknown(running, "the connection ended before the printer had confirmed") + connectionLost(keeping: nil)
        case .started, .connected, .written, .timedOut(.withdrawal), .print, .begun, .refused, .cancel: return []
        }
    }

    private mutating func hearWhilePrinting(_ answer: PrinterAnswer, _ before: RunningJob) -> [Effect] {
        var running = before
        let heard = talk.hear(answer)
        if heard == .noise { running.isDoubtful = true }
        if talk.isBlocked { running.wasBlocked = true }
        state = .printing(running)
        if case .processID(running.job.proofID) = answer, running.remaining.isEmpty { return prove(running, .printed) }
        if case .queuedStatus = answer { return takeCredit(running) }
        if let outcome = running.proven, talk.asked.isEmpty { return settleWhole(running, outcome) }
        guard heard == .status else { return [] }
        if talk.isBroken { return withdraw(running) }
        return running.isWritten && !talk.isBlocked ? settleWhole(running, .sent) : []
    }

    // MARK: Flow

    /// `GS ( H` and `GS a` behind the last piece, `GS r` behind the others.
    static let trailerRoom = 32

    /// Bytes between two questions, where commands are no longer.
    ///
    /// A printer that loses power behind a line that stays up loses what it holds and what arrives meanwhile. The fewer bytes
    /// between two questions, the less can be lost without one: this many take a line of 19 200 baud 50 ms.
    static let longestPiece = 96

    /// Sends as many pieces as the printer has room for, counting all that it has not confirmed.
    private mutating func fill(_ before: RunningJob) -> [Effect] {
        var running = before
        var bytes: [UInt8] = []
        while let next = running.remaining.first {
            let size = next.bytes.count + Self.trailerRoom / 2
            guard running.inFlight.isEmpty || running.inFlight.reduce(size, { $0 + $1.size }) <= model.bufferBytes else { break }
            guard !countsAnswers || running.inFlight.count < Self.mostUnderWay else { break }
            running.remaining.removeFirst()
            running.asked += 1
            running.inFlight.append(RunningJob.Sent(size: size, rows: next.rows))
            bytes += next.bytes + (running.remaining.isEmpty ? proof(of: running) : Command.transmitStatus(1).bytes)
        }
        running.wasBlocked = false
        state = .printing(running)
        return (bytes.isEmpty ? [] : [.send(bytes)]) + [.startTimer(.progress, progressTime(of: running))]
    }

    private func proof(of running: RunningJob) -> [UInt8] {
        let question: Command = model.proof == .processID ? .processID(running.job.proofID) : .transmitStatus(1)
        // The job's own ESC @ has switched the automatic status off.
        return question.bytes + automaticStatus
    }

    /// Twice as long as the paper needs for what was sent, and then some.
    private func progressTime(of running: RunningJob) -> Duration {
        let rows = running.inFlight.reduce(0) { $0 + $1.rows }
        return patience.confirmation + .milliseconds(2000 * rows / max(1, model.speed * model.dotsPerMillimetre))
    }

    /// The printer has taken in the oldest piece.
    private mutating func takeCredit(_ before: RunningJob) -> [Effect] {
        var running = before
        let isConfirmed = running.takeAnswer(hasProcessID: model.proof == .processID)
        state = .printing(running)
        if running.isProcessed { return prove(running, .processed) }
        return (isConfirmed ? fill(running) : []) + askOnceMore(running)
    }

    /// Where old answers may come among ours, there are so many more questions that enough of ours come in any case.
    func askOnceMore(_ running: RunningJob) -> [Effect] {
        countsAnswers && running.remaining.isEmpty && running.inFlight.isEmpty && running.debt > 0
            ? [.send(Command.transmitStatus(1).bytes)] : []
    }

    /// A healthy printer would have confirmed by now. One that was switched off and on, on a line that stays up, never will.
    private mutating func confirmationTakesLong(_ before: RunningJob) -> [Effect] {
        var running = before
        guard running.proven == nil else {
            return settleUnknown(running, Self.powerWasLost) + giveUpConnection(keeping: nil)
        }
        guard running.wasBlocked || talk.isBlocked else {
            return settleUnknown(running, "the printer is well and does not confirm; it may have been switched off and on")
                + giveUpConnection(keeping: nil)
        }
        running.wasBlocked = talk.isBlocked
        state = .printing(running)
        return [.startTimer(.progress, progressTime(of: running))]
    }

    // MARK: Results

    static let powerWasLost = "the printer answered the end and not everything before it; it may have been switched off and on"

    /// The end is proven. The whole is only if nothing before it was lost.
    ///
    /// Questions are answered in order. One that was not answered was lost, and with it what stood around it:
    /// a printer that was switched off and on behind a line that stays up goes on with what arrives then.
    mutating func prove(_ before: RunningJob, _ outcome: PrintOutcome) -> [Effect] {
        var running = before
        guard running.inFlight.count <= (outcome == .printed ? 1 : 0) else {
            return settleUnknown(running, Self.powerWasLost) + giveUpConnection(keeping: nil)
        }
        // Once proven, an answer that came too many changes nothing.
        guard running.proven == nil else { return [] }
        guard !talk.asked.isEmpty else { return settleWhole(running, outcome) }
        running.proven = outcome
        state = .printing(running)
        return [.startTimer(.progress, patience.pollBehindProof)]
    }

    mutating func settleWhole(_ running: RunningJob, _ outcome: PrintOutcome) -> [Effect] {
        // A process ID is nobody else's; everything else that was heard amid noise proves nothing.
        guard outcome == .printed || !running.isDoubtful else {
            return settleUnknown(running, "the printer's answers made no sense, or were lost") + giveUpConnection(keeping: nil)
        }
        isTorn = false
        owed = running.owed
        state = .idle(nil)
        let effects: [Effect] = (answersQueuedStatus ? [.stopTimer(.progress)] : []) + [.settle(running.job.number, PrintResult(outcome))]
        return running.changesLogos && logo != nil ? effects + restartPrinter(nil) : effects
    }

    func settleUnknown(_ running: RunningJob, _ detail: String) -> [Effect] {
        [.settle(running.job.number, PrintResult(.unknown, reason: .printInterrupted, detail: detail))]
    }
}

extension RunningJob {
    /// One answer to `GS r`. Returns whether it confirms a piece.
    ///
    /// - Parameter hasProcessID: the last piece of all is confirmed by that alone.
    mutating func takeAnswer(hasProcessID: Bool) -> Bool {
        guard inFlight.count > (hasProcessID && remaining.isEmpty ? 1 : 0) else {
            debt = max(0, debt - 1)
            return false
        }
        inFlight.removeFirst()
        return true
    }

    /// As many answers came as prove it, were those that an earlier connection left among them.
    var isProcessed: Bool { remaining.isEmpty && inFlight.isEmpty && debt == 0 }

    /// Answers that may come yet: with noise among them nobody knows which have come.
    var mostAnswersLeft: Int { (isDoubtful ? asked : inFlight.count) + owed * 2 }
}
