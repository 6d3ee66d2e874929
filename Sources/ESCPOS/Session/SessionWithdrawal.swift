import Conditions

// Getting a job back out of the printer.
//
// What can be promised depends on what the printer can do. One that forgets on command and confirms in order has certainly
// not printed the end when it obeys before it has confirmed what stands before the end. One that cannot forget prints
// what it has; the rest is not sent. Where neither helps, the outcome is unknown.

extension PrinterSessionMachine {
    mutating func withdraw(_ before: RunningJob) -> [Effect] {
        var running = before
        let patience: Effect = .startTimer(.withdrawal, patience.withdrawal)
        let silence: [Effect] = answersQueuedStatus ? [.stopTimer(.progress)] : []
        guard canForget else {
            guard answersQueuedStatus, !talk.isBroken else {
                return silence + settleUnknown(running, "cancelled while a printer had it that cannot be told to forget")
                    + giveUpConnection(keeping: nil)
            }
            state = .withdrawing(running)
            return silence + [patience]
        }
        // Only its last lines are still on their way: they are out sooner than they could be called back.
        if answersQueuedStatus, running.mayBeWhole, !talk.isBlocked {
            state = .withdrawing(running)
            return silence + [patience]
        }
        running.isOrderedBack = true
        state = .withdrawing(running)
        return silence + [.send(orderToForget()), patience]
    }

    mutating func handleWhileWithdrawing(_ event: Event, _ before: RunningJob) -> [Effect] {
        var running = before
        switch event {
        case .answered(let answer): return hearWhileWithdrawing(answer, running)
        case .timedOut(.withdrawal):
            return settleUnknown(running, "cancelled, but the printer did not say whether it obeyed") + giveUpConnection(keeping: nil)
        case .timedOut(.poll):
            _ = missesPoll(waiting: false)
            running.wasSilent = running.wasSilent || talk.isSilent
            state = .withdrawing(running)
            // Nothing may follow an order to forget before its response.
            return (running.isOrderedBack ? [] : [.send(talk.poll())].filter { $0 != .send([]) }) + [.startTimer(.poll, patience.poll)]
        case .disconnected:
            return [.stopTimer(.withdrawal)] + settleUnknown(running, "cancelled, but the connection ended before the printer had obeyed")
                + connectionLost(keeping: nil)
        case .started, .connected, .signalled, .written, .timedOut(.progress), .print, .begun, .refused, .cancel: return []
        }
    }

    private mutating func hearWhileWithdrawing(_ answer: PrinterAnswer, _ before: RunningJob) -> [Effect] {
        var running = before
        let heard = talk.hear(answer)
        if heard == .noise { running.isDoubtful = true }
        state = .withdrawing(running)
        if case .processID(running.job.proofID) = answer, running.remaining.isEmpty { return provenAfterAll(running, .printed) }
        if case .queuedStatus = answer { return takeLastCredit(running) }
        if let outcome = running.proven, talk.asked.isEmpty { return confirmedAfterAll(running, outcome) }
        if heard == .cleared { return orderWasObeyed(running) }
        // It will not come out by itself any more.
        guard heard == .status, talk.isBlocked, canForget, !running.isOrderedBack else { return [] }
        running.isOrderedBack = true
        state = .withdrawing(running)
        return [.send(orderToForget())]
    }

    private mutating func orderWasObeyed(_ running: RunningJob) -> [Effect] {
        ordersToForget = max(0, ordersToForget - 1)
        guard running.isOrderedBack, ordersToForget == 0 else { return [] }
        // Everything asked before was answered before, unless answers were lost, as a printer's are that was switched off and on.
        guard answersQueuedStatus, !running.mayBeWhole, !running.isDoubtful, !running.wasSilent, talk.asked.isEmpty else {
            return withdrawn(
                running, PrintResult(.unknown, reason: .printInterrupted, detail: "cancelled; nothing more comes out, but it may be whole"))
        }
        return withdrawn(running, failed("the printer cleared what it had of it"))
    }

    /// A printer that cannot forget prints what it has; nothing more is sent to it.
    private mutating func takeLastCredit(_ before: RunningJob) -> [Effect] {
        var running = before
        _ = running.takeAnswer(hasProcessID: model.proof == .processID)
        state = .withdrawing(running)
        if running.isProcessed { return provenAfterAll(running, .processed) }
        // With old answers among ours it cannot be said that it has printed all it had.
        guard running.inFlight.isEmpty, running.owed == 0, !running.isOrderedBack else {
            return running.isOrderedBack ? [] : askOnceMore(running)
        }
        guard !running.isDoubtful else {
            return settleUnknown(running, "cancelled, and the printer's answers made no sense") + giveUpConnection(keeping: nil)
        }
        return withdrawn(running, failed("the rest of it was not sent"))
    }

    private func failed(_ detail: String) -> PrintResult {
        PrintResult(.failed, reason: talk.isBroken ? .printerError : .printCancelled, detail: detail)
    }

    private mutating func withdrawn(_ running: RunningJob, _ result: PrintResult) -> [Effect] {
        owed = min(Self.mostOwed, running.mostAnswersLeft)
        let settled: [Effect] = [.stopTimer(.withdrawal), .settle(running.job.number, result)]
        // With the paper out, the half sheet is cut off when there is paper again.
        guard talk.hasStatus, !talk.isBlocked, talk.asked.isEmpty else { return settled + resetPrinter(nil) }
        return settled + restartPrinter(nil)
    }

    /// As ``prove(_:_:)``; patience ends with the withdrawal's.
    private mutating func provenAfterAll(_ before: RunningJob, _ outcome: PrintOutcome) -> [Effect] {
        var running = before
        guard running.inFlight.count <= (outcome == .printed ? 1 : 0) else {
            return [.stopTimer(.withdrawal)] + settleUnknown(running, Self.powerWasLost) + giveUpConnection(keeping: nil)
        }
        guard !talk.asked.isEmpty else { return confirmedAfterAll(running, outcome) }
        running.proven = outcome
        state = .withdrawing(running)
        return []
    }

    /// The proof was under way before the cancellation.
    private mutating func confirmedAfterAll(_ running: RunningJob, _ outcome: PrintOutcome) -> [Effect] {
        let settled = [.stopTimer(.withdrawal)] + settleWhole(running, outcome)
        guard case .idle = state, running.isOrderedBack else { return settled }
        return settled + resetPrinter(nil)
    }
}
