// Polling, giving up, and the fixed words of the session.

extension PrinterSessionMachine {
    /// Asks for the status again, or does `giveUp` when the printer was silent for too long.
    mutating func pollAgain(orElse giveUp: (inout Self) -> [Effect]) -> [Effect] {
        guard model.proof != .none else { return [.askSignals, .startTimer(.poll, pollTime)] }
        guard missesPoll(waiting: false) else { return giveUp(&self) }
        let question = retry() + talk.poll()
        return (question.isEmpty ? [] : [.send(question)]) + [.startTimer(.poll, pollTime)]
    }

    private var pollTime: Duration {
        let isAtRest = if case .idle(nil) = state { !talk.isBlocked && talk.missedPolls == 0 } else { false }
        return isAtRest ? patience.idlePoll : patience.poll
    }

    /// Only for printers that answer nothing else: the others' answers say more. The first one starts the polls, so that
    /// a line without such wires is asked once.
    mutating func hearSignals(_ flags: PrinterFlags) -> [Effect] {
        let isFirst = tellsNothing
        talk.hear(signals: flags)
        return isFirst ? [.startTimer(.poll, patience.poll)] : []
    }

    /// Neither answers questions nor has, on this connection, a line that told anything.
    var tellsNothing: Bool { model.proof == .none && !talk.hasStatus }

    /// Counts a poll; false when that was one too many without an answer.
    mutating func missesPoll(waiting: Bool) -> Bool {
        // A connection that never heard a word is given up early, but not before the printer can have started up.
        let warmUp = Int((Duration.seconds(model.warmUp) / patience.poll).rounded(.up))
        let limit = talk.hasHeard ? patience.pollsUntilDrop : min(max(patience.pollsForFirstWord, warmUp), patience.pollsUntilDrop)
        return talk.pollTimedOut(waiting: waiting, silentAfter: patience.silentPolls) < limit
    }

    /// A knife that was stuck is tried again now and then: the printer does not do so by itself.
    private mutating func retry() -> [UInt8] {
        guard talk.wantsRetry, model.clearing != .none else {
            pollsOfJam = 0
            return []
        }
        pollsOfJam += 1
        guard pollsOfJam >= patience.pollsUntilRetry else { return [] }
        pollsOfJam = 0
        switch state {
        // What hangs in the printer is wanted, also where it could not be waited for.
        case .printing, .idle: return Command.realTimeRequest(1).bytes
        case .down, .clearing: return Command.realTimeRequest(2).bytes
        case .withdrawing: return []
        }
    }

    mutating func giveUpConnection(keeping pending: PendingJob?) -> [Effect] {
        [.disconnect] + connectionLost(keeping: pending)
    }

    mutating func connectionLost(keeping pending: PendingJob?) -> [Effect] {
        owed = min(unanswered, Self.mostOwed)
        state = .down(pending)
        return [.stopTimer(.poll), .stopTimer(.withdrawal), .stopTimer(.progress), .connect(after: nextBackOff())]
    }

    /// Questions that the printer may still answer, to whoever is connected then.
    private var unanswered: Int {
        guard countsAnswers else { return 0 }
        switch state {
        case .printing(let running), .withdrawing(let running): return running.mostAnswersLeft
        case .clearing(.restarting(.answers(let count, _)), _): return count
        case .down, .clearing, .idle: return owed
        }
    }

    mutating func nextBackOff() -> Duration {
        let wait = min(patience.reconnect * (1 << attempts), patience.longestReconnect)
        attempts = min(attempts + 1, 16)
        return wait
    }

    /// Takes questions that wait for their turn behind the data.
    var answersQueuedStatus: Bool {
        switch model.proof {
        case .processID, .queuedStatus: true
        case .realTimeStatus, .none: false
        }
    }

    /// Its answers all look alike, so that only their number tells which is which.
    var countsAnswers: Bool {
        switch model.proof {
        case .queuedStatus: true
        case .processID, .realTimeStatus, .none: false
        }
    }

    /// Forgets on command, in every state, and says when it has.
    var canForget: Bool {
        switch model.clearing {
        case .buffer: model.proof != .none && !ignoresClearing
        case .recovery, .none: false
        }
    }

    mutating func orderToForget() -> [UInt8] {
        ordersToForget += 1
        return Command.clearBuffers.bytes
    }

    /// Ends an error and forgets with it; does nothing while there is none. All that some printers know.
    var recovery: [UInt8] {
        switch model.clearing {
        case .buffer, .recovery: Command.realTimeRequest(2).bytes
        case .none: []
        }
    }

    /// Four characters that no connection of this run has used, and hardly one of another.
    mutating func newToken() -> [UInt8] {
        lastToken &+= 1
        var rest = lastToken
        return (0..<4).map { _ in
            defer { rest /= 95 }
            return 0x20 + UInt8(rest % 95)
        }
    }

    /// Ends a strip of a picture of our encoder: as many NULs as the longest has bytes. Between commands a printer ignores them.
    ///
    /// A strip fits half the buffer, so its end never fills a printer that stalls meanwhile. A longer picture of
    /// another program ends with the orders that follow, each of which sends as many again.
    var imageEnd: [UInt8] { Array(repeating: 0, count: model.stripRows * ((model.dots + 7) / 8)) }

    /// Settings as after switching on, half a sheet cut off, automatic status on.
    var freshStart: [UInt8] {
        var commands: [Command] = [.initialize]
        if isTorn {
            commands.append(.feedLines(UInt8(clamping: max(model.feedBeforeCut, 1))))
            switch model.cutter {
            case .full: commands.append(.cut(.here(.full)))
            case .partial: commands.append(.cut(.here(.partial)))
            case .none: break
            }
        }
        return commands.flatMap(\.bytes) + automaticStatus
    }

    var automaticStatus: [UInt8] { model.automaticStatus ? Command.automaticStatus(.all).bytes : [] }
}
