import Conditions

// MARK: - Answers, timers, levels

extension SessionMachine {
    mutating func answered(_ answer: Answer) -> [Effect] {
        switch (state, answer) {
        case (.recording, .recorded(let ticket)):
            print(Visitor(ticket: ticket, copy: PrintCopy(ticket.id, number: 1)))
        case (.recording, .recordingFailed(let trouble)):
            close(because: trouble)
        case (.requestingCopy(let visitor), .copyRequested(let copy)):
            print(Visitor(ticket: visitor.ticket, copy: copy, delivered: visitor.delivered))
        case (.requestingCopy(let visitor), .copyRefused):
            leave(visitor, with: .none)
        case (.printing(let visitor), .settled(let copy, let outcome)) where copy == visitor.copy:
            settled(visitor, outcome)
        case (.closing(let visitor), .settled(let copy, let outcome)) where copy == visitor.copy:
            settledAfterwards(visitor, outcome)
        case (.identifying(let service, _, _), .card(let pointer, let finding)) where card == .pointer(pointer, .asked):
            cardFound(pointer, finding, for: service)
        case (.identifying(let service, _, _), .verified(let nik)):
            verified(nik, for: service)
        case (.idle, _), (.choosingAgency, _), (.choosingService, _), (.identifying, _), (.confirming, _), (.recording, _),
            (.requestingCopy, _), (.printing, _), (.asking, _), (.leaving, _), (.closing, _):
            []
        }
    }

    /// An answer meant for an earlier visitor shows nothing to this one, and leaves nothing lying about.
    func answeredLate(_ answer: Answer, _ asked: VisitID) -> [Effect] {
        switch answer {
        case .recorded(let ticket): [.abandon(ticket.id)]
        case .copyRequested(let copy): [.cancelPrint(copy, asked)]
        case .recordingFailed, .copyRefused, .settled, .card, .verified: []
        }
    }

    private mutating func print(_ visitor: Visitor) -> [Effect] {
        move(
            to: .printing(visitor), waiting: printerTrouble == nil ? patience.printing : patience.trouble,
            [.print(visitor.ticket, visitor.copy, visit)])
    }

    private mutating func close(because trouble: ConditionCode) -> [Effect] {
        journalTrouble = trouble
        return endVisit()
    }

    private mutating func settled(_ visitor: Visitor, _ outcome: PrintOutcome) -> [Effect] {
        switch outcome {
        case .printed: leave(visitor, with: .printed)
        case .processed: leave(visitor, with: .processed)
        case .sent: leave(visitor, with: .sent)
        case .failed: leave(visitor, with: .none)
        case .unknown: move(to: .asking(visitor), waiting: patience.asking)
        }
    }

    /// The visit is over, unless there is paper to take.
    private mutating func settledAfterwards(_ visitor: Visitor, _ outcome: PrintOutcome) -> [Effect] {
        switch outcome {
        case .printed: leave(visitor, with: .printed)
        case .processed: leave(visitor, with: .processed)
        case .sent: leave(visitor, with: .sent)
        case .failed: finish(visitor)
        // Paper may be out there, so the ticket cannot be called void.
        case .unknown: endVisit()
        }
    }

    mutating func leave(_ visitor: Visitor, with paper: Screen.Paper) -> [Effect] {
        var visitor = visitor
        var effects: [Effect] = []
        if paper != .none && !visitor.delivered {
            visitor.delivered = true
            effects = [.recordDelivery(visitor.ticket.id, .paper)]
        }
        return move(to: .leaving(visitor, paper), waiting: patience.leaving, effects)
    }

    /// Ends the visit of somebody whose print is settled and did not come out, or came out and was taken.
    mutating func finish(_ visitor: Visitor) -> [Effect] {
        endVisit(visitor.delivered ? [] : [.void(visitor.ticket.id)])
    }

    mutating func takeBack(_ visitor: Visitor) -> [Effect] {
        move(to: .closing(visitor), waiting: patience.closing, [.cancelPrint(visitor.copy, visit)])
    }

    /// A page has drawn what the screen shows now: from here a number on it counts.
    mutating func rendered() -> [Effect] {
        switch state {
        case .printing(let visitor): seen(visitor) { .printing($0) }
        case .asking(let visitor): seen(visitor) { .asking($0) }
        case .leaving(let visitor, let paper): seen(visitor) { .leaving($0, paper) }
        case .closing(let visitor): seen(visitor) { .closing($0) }
        case .idle, .choosingAgency, .choosingService, .identifying, .confirming, .recording, .requestingCopy: []
        }
    }

    private mutating func seen(_ visitor: Visitor, _ state: (Visitor) -> State) -> [Effect] {
        guard !visitor.delivered else { return [] }
        var visitor = visitor
        visitor.delivered = true
        self.state = state(visitor)
        return [.recordDelivery(visitor.ticket.id, .screen)]
    }

    mutating func patienceRanOut() -> [Effect] {
        switch state {
        case .idle:
            language = .indonesian
            isCodeRefused = false
            return []
        case .choosingAgency, .choosingService, .identifying, .confirming, .recording, .asking: return endVisit()
        case .printing(let visitor): return takeBack(visitor)
        case .requestingCopy(let visitor), .leaving(let visitor, _): return finish(visitor)
        // The device layer settles every print in bounded time; asked again in case the request was lost.
        case .closing(let visitor): return takeBack(visitor)
        }
    }

    mutating func printerChanged(to trouble: ConditionCode?) -> [Effect] {
        guard trouble != printerTrouble else { return [] }
        // Only the way into trouble and out of it changes how long to wait, not one trouble after another.
        let changesPatience = (trouble == nil) != (printerTrouble == nil)
        printerTrouble = trouble
        guard case .printing = state, changesPatience else { return [] }
        return startTimer(trouble == nil ? patience.printing : patience.trouble)
    }
}
