// Making a printer forget what others left in it, and proving that it has.

extension PrinterSessionMachine {
    mutating func handleWhileClearing(_ event: Event, _ clearing: Clearing, _ pending: PendingJob?) -> [Effect] {
        switch event {
        case .answered(let answer):
            let heard = talk.hear(answer)
            if heard == .status { attempts = 0 }
            if heard == .cleared { ordersToForget = max(0, ordersToForget - 1) }
            switch clearing {
            case .forgetting(let repeated): return hearWhileForgetting(heard, repeated, pending)
            case .resetting: return heard == .status && !talk.isBlocked ? restartPrinter(pending, after: imageEnd) : []
            case .restarting(let awaited): return hearWhileRestarting(answer, heard, awaited, pending)
            }
        case .timedOut(.poll): return pollWhileClearing(clearing, pending)
        case .timedOut(.progress): return restartTakesLong(clearing, pending)
        case .disconnected: return connectionLost(keeping: pending)
        case .print, .begun, .refused, .cancel:
            let (next, effects) = advance(pending, event)
            state = .clearing(clearing, next)
            return effects
        case .started, .connected, .signalled, .written, .timedOut(.withdrawal): return []
        }
    }

    /// The first words on every connection: forget what you have, and how are you?
    mutating func beginClearing(_ pending: PendingJob?) -> [Effect] {
        talk.connected()
        (introduction, ordersToForget, ignoresClearing) = ([], 0, false)
        (holdsLogo, chokesOnLogos) = (false, false)
        guard model.proof != .none else {
            // No answer will ever say that it is well: a connection is all there is.
            attempts = 0
            // Nobody can say whether it is inside a picture that broke off.
            let hello = imageEnd + freshStart
            return [.send(hello), .askSignals] + becomeClean(pending)
        }
        return resetPrinter(pending)
    }

    /// Epson's description of `DLE DC4 8` forbids to send anything behind it before its response.
    mutating func resetPrinter(_ pending: PendingJob?) -> [Effect] {
        let question: [UInt8]
        if canForget {
            state = .clearing(.forgetting(repeated: false), pending)
            question = orderToForget()
        } else {
            state = .clearing(.resetting, pending)
            question = recovery + talk.poll()
        }
        return [.stopTimer(.progress), .send(question), .startTimer(.poll, patience.poll)]
    }

    private mutating func hearWhileForgetting(_ heard: StatusTalk.Heard, _ repeated: Bool, _ pending: PendingJob?) -> [Effect] {
        switch heard {
        case .cleared where ordersToForget == 0:
            state = .clearing(.resetting, pending)
            return [.send(talk.pollAfresh())]
        case .status where repeated && talk.asked.isEmpty:
            // The poll stood behind the orders: what they do is done. One that answers polls and no order
            // cannot forget, whatever its profile says.
            if ordersToForget >= Self.repeatedOrders { ignoresClearing = true }
            ordersToForget = 0
            state = .clearing(.resetting, pending)
            return talk.isBlocked ? [] : restartPrinter(pending, after: imageEnd)
        case .cleared, .status, .nothingNew, .noise: return []
        }
    }

    /// Of an order that was not answered and one that followed it, either may be answered still.
    private static let repeatedOrders = 2

    private mutating func hearWhileRestarting(
        _ answer: PrinterAnswer, _ heard: StatusTalk.Heard, _ awaited: Awaited, _ pending: PendingJob?
    ) -> [Effect] {
        if case .printerInfo(let text) = answer { introduction.append(text) }
        if case .logoNames(let names, _) = answer { logoNames.formUnion(names) }
        // Amid noise what looks like one of those answers is none.
        guard !talk.isNoisy || !countsAnswers else { return [] }
        switch (awaited, answer) {
        case (.token(let token), .processID(let id)) where id == token: return becomeClean(pending)
        case (.answers(1, _), .queuedStatus): return becomeClean(pending)
        case (.answers(let count, _), .queuedStatus):
            state = .clearing(.restarting(.answers(count - 1, quietPolls: 0)), pending)
            return []
        case (.token, _), (.answers, _): return []
        }
    }

    /// - Parameter ending: what goes before, in case the printer is inside something.
    mutating func restartPrinter(_ pending: PendingJob?, after ending: [UInt8] = []) -> [Effect] {
        (introduction, logoNames, holdsLogo) = ([], [], false)
        let hello = ending + freshStart
        guard answersQueuedStatus else { return [.send(hello)] + becomeClean(pending) }
        let awaited = model.proof == .processID ? Awaited.token(newToken()) : .answers(owed + 1, quietPolls: 0)
        state = .clearing(.restarting(awaited), pending)
        let question: Command =
            switch awaited {
            case .token(let token): .processID(token)
            case .answers: .transmitStatus(1)
            }
        return [
            .send(hello + PrinterIdentity.questions(model) + logoQuestion + question.bytes),
            .startTimer(.progress, patience.confirmation * 2),
        ]
    }

    mutating func pollWhileClearing(_ clearing: Clearing, _ pending: PendingJob?) -> [Effect] {
        switch clearing {
        case .forgetting: return orderAgain(pending)
        case .resetting where !talk.hasHeard:
            // Perhaps it is inside a picture and takes every question for dots: ends that, and asks again.
            guard missesPoll(waiting: true) else { return giveUpConnection(keeping: pending) }
            return [.send(imageEnd + recovery + talk.pollAfresh()), .startTimer(.poll, patience.poll)]
        case .restarting(.answers(let count, let quietPolls)) where count <= owed && talk.asked.isEmpty && !talk.isBlocked:
            // Answers that an earlier connection left behind may have been lost with it: nobody waits for them for ever.
            // But if they come after all, they must not be taken for those of the next job.
            if quietPolls + 1 >= patience.quietPolls {
                return becomeClean(pending, owing: count) + pollAgain { $0.giveUpConnection(keeping: nil) }
            }
            state = .clearing(.restarting(.answers(count, quietPolls: quietPolls + 1)), pending)
        case .resetting, .restarting: break
        }
        return pollAgain { $0.giveUpConnection(keeping: pending) }
    }

    /// No response: perhaps the printer is inside a picture and takes the order for dots. Ends that, and orders again.
    private mutating func orderAgain(_ pending: PendingJob?) -> [Effect] {
        guard missesPoll(waiting: true) else { return giveUpConnection(keeping: pending) }
        state = .clearing(.forgetting(repeated: true), pending)
        ordersToForget = Self.repeatedOrders - 1
        return [.send(imageEnd + orderToForget() + talk.pollAfresh()), .startTimer(.poll, patience.poll)]
    }

    /// It is well and never came to the question: it was switched off and on, or what it holds takes very long.
    mutating func restartTakesLong(_ clearing: Clearing, _ pending: PendingJob?) -> [Effect] {
        guard case .restarting(let awaited) = clearing else { return [] }
        if talk.isBlocked { return [.startTimer(.progress, patience.confirmation * 2)] }
        if case .answers(let count, _) = awaited { owed = min(count, Self.mostOwed) }
        chokesOnLogos = chokesOnLogos || asksForLogos && logoNames.isEmpty
        return resetPrinter(pending)
    }

    mutating func becomeClean(_ pending: PendingJob?, owing: Int = 0) -> [Effect] {
        (isTorn, owed, ordersToForget) = (false, min(owing, Self.mostOwed), 0)
        let known = identity
        if let said = PrinterIdentity(introduction) { identity = said }
        let news = known == identity ? [] : identity.map { [Effect.identified($0)] } ?? []
        return (answersQueuedStatus ? [.stopTimer(.progress)] : []) + news + findLogo() + proceed(pending, isFresh: talk.hasStatus)
    }

    static let mostOwed = 20

    // MARK: Its pictures

    private var asksForLogos: Bool { logo != nil && !chokesOnLogos }

    /// Behind its answer the printer takes one character for ours; `CAN` is none of its other commands.
    private var logoQuestion: [UInt8] { asksForLogos ? Command.logoNames.bytes + [Control.can] : [] }

    private mutating func findLogo() -> [Effect] {
        guard let logo else { return [] }
        holdsLogo = !talk.isNoisy && logo.isHeld(among: logoNames)
        defer { toldOfLogo = holdsLogo }
        return toldOfLogo == holdsLogo ? [] : [.holdsLogo(holdsLogo)]
    }
}
