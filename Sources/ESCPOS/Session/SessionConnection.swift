// Polling, giving up, and the fixed words of the session.

extension PrinterSessionMachine {
    /// Asks for the status again, or does `giveUp` when the printer was silent for too long.
    mutating func pollAgain(orElse giveUp: (inout Self) -> [Effect]) -> [Effect] {
        guard model.proof != .none else { return [] }
        // A connection that never heard a word is given up early, to try it with the end of a picture.
        let limit = talk.hasHeard ? patience.pollsUntilDrop : min(patience.pollsForFirstWord, patience.pollsUntilDrop)
        guard talk.pollTimedOut(silentAfter: patience.silentPolls) < limit else { return giveUp(&self) }
        let question = talk.poll()
        let isAtRest = if case .idle(nil) = state { !talk.isBlocked && talk.missedPolls == 0 } else { false }
        return (question.isEmpty ? [] : [.send(question)]) + [.startTimer(.poll, isAtRest ? patience.idlePoll : patience.poll)]
    }

    mutating func giveUpConnection(keeping pending: PendingJob?) -> [Effect] {
        // A printer that never said a word may be inside a picture: the next connection ends that first.
        isDeaf = !talk.hasHeard && !isDeaf
        return [.disconnect] + connectionLost(keeping: pending)
    }

    mutating func connectionLost(keeping pending: PendingJob?) -> [Effect] {
        owed = min(unanswered, 8)
        state = .down(pending)
        return [.stopTimer(.poll), .stopTimer(.withdrawal), .connect(after: nextBackOff())]
    }

    /// Questions that the printer may still answer, to whoever is connected then. One that forgets, forgets them too.
    private var unanswered: Int {
        guard !canForget, answersQueuedStatus else { return 0 }
        switch state {
        case .printing(let running), .withdrawing(let running): return running.inFlight.count
        case .clearing(.restarting(let awaited, _), _): return awaited
        case .down, .clearing(.resetting, _), .idle: return owed
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

    /// Printers with process IDs are those that know how to clear their buffers at any time;
    /// the others do it only while they are in an error.
    var canForget: Bool { model.proof == .processID }

    /// Real time: clear the buffers, and recover if an error stands.
    var forget: [UInt8] {
        (canForget ? Command.clearBuffers.bytes : []) + Command.realTimeRequest(2).bytes
    }

    /// Ends a strip of a picture of our encoder: as many NULs as the longest has bytes. Between commands a printer ignores them.
    ///
    /// A strip fits half the buffer, so its end never fills a printer that stalls meanwhile. A longer picture of
    /// another program ends with the connections that follow, each of which sends as many again.
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
