import Secrets

// MARK: - Touches: one function per group of states, exhaustive

extension SessionMachine {
    mutating func touched(_ touch: Touch) -> [Effect] {
        switch state {
        case .idle: touchedWhileIdle(touch)
        case .choosingAgency: touchedWhileChoosingAgency(touch)
        case .choosingService(let agency): touchedWhileChoosingService(touch, of: agency)
        case .identifying(let service, let digits, _): touchedWhileIdentifying(touch, for: service, digits)
        case .confirming(let service, let identity): touchedWhileConfirming(touch, service, identity)
        case .recording: touchedWhileRecording(touch)
        case .printing(let visitor): touchedWhilePrinting(touch, visitor)
        case .asking(let visitor): touchedWhileAsking(touch, visitor)
        case .requestingCopy(let visitor): touchedWhileRequestingCopy(touch, visitor)
        case .leaving(let visitor, let paper): touchedWhileLeaving(touch, visitor, paper)
        case .closing: []
        }
    }

    private mutating func touchedWhileIdle(_ touch: Touch) -> [Effect] {
        switch touch {
        case .start where journalTrouble == nil: move(to: .choosingAgency, waiting: patience.choosing)
        case .start, .agency, .service, .digit, .erase, .ok, .back, .cancel, .yes, .no, .done, .retry, .useCard, .language: []
        }
    }

    private mutating func touchedWhileChoosingAgency(_ touch: Touch) -> [Effect] {
        switch touch {
        case .agency(let id) where site.agency(id).map { !$0.services.isEmpty } ?? false:
            move(to: .choosingService(id), waiting: patience.choosing)
        case .back, .cancel: endVisit()
        case .start, .agency, .service, .digit, .erase, .ok, .yes, .no, .done, .retry, .useCard, .language: []
        }
    }

    private mutating func touchedWhileChoosingService(_ touch: Touch, of agency: AgencyID) -> [Effect] {
        switch touch {
        case .service(let id): choose(ServiceKey(agency, id))
        case .back: move(to: .choosingAgency, waiting: patience.choosing)
        case .cancel: endVisit()
        case .start, .agency, .digit, .erase, .ok, .yes, .no, .done, .retry, .useCard, .language: []
        }
    }

    mutating func choose(_ key: ServiceKey) -> [Effect] {
        guard let service = site.service(key) else { return [] }
        return switch service.identification {
        case .none: move(to: .confirming(key, nil), waiting: patience.choosing)
        case .nik: identify(for: key)
        }
    }

    private mutating func identify(for key: ServiceKey) -> [Effect] {
        move(to: .identifying(key, digits: Secret([]), problem: nil), waiting: patience.choosing) + askForCard()
    }

    private mutating func touchedWhileIdentifying(_ touch: Touch, for service: ServiceKey, _ digits: Secret) -> [Effect] {
        switch touch {
        case .digit(let digit) where digit <= 9 && digits.count < NIK.length:
            return move(to: .identifying(service, digits: digits.appending(0x30 + digit), problem: nil), waiting: patience.choosing)
        case .erase:
            return move(to: .identifying(service, digits: digits.droppingLast(), problem: nil), waiting: patience.choosing)
        case .ok:
            if let problem = NIK.problem(in: digits) {
                return move(to: .identifying(service, digits: digits, problem: problem), waiting: patience.choosing)
            } else {
                return confirm(service, .typed(digits))
            }
        case .useCard:
            guard case .pointer(let pointer, .unanswered) = card else { return [] }
            return confirm(service, .reference(pointer))
        case .back:
            stopAskingForCard()
            return move(to: .choosingService(service.agency), waiting: patience.choosing)
        case .cancel: return endVisit()
        case .start, .agency, .service, .digit, .yes, .no, .done, .retry, .language: return []
        }
    }

    private mutating func touchedWhileConfirming(_ touch: Touch, _ service: ServiceKey, _ identity: Identity?) -> [Effect] {
        switch touch {
        case .ok: return record(service, identity)
        // Going back wipes who it was: it cannot be read on the screen, so it cannot be corrected either.
        case .back where identity != nil:
            return move(to: .identifying(service, digits: Secret([]), problem: nil), waiting: patience.choosing)
        case .back: return move(to: .choosingService(service.agency), waiting: patience.choosing)
        case .cancel: return endVisit()
        case .start, .agency, .service, .digit, .erase, .yes, .no, .done, .retry, .useCard, .language: return []
        }
    }

    /// From here on the machine knows nothing personal. A booking is for its own service only.
    private mutating func record(_ service: ServiceKey, _ identity: Identity?) -> [Effect] {
        let reference = booking?.service == service ? booking?.reference : nil
        (card, booking) = (nil, nil)
        return move(
            to: .recording(service), waiting: patience.recording,
            [.record(service, Particulars(identity: identity, booking: reference), visit)])
    }

    private mutating func touchedWhileRecording(_ touch: Touch) -> [Effect] {
        switch touch {
        // A ticket that the journal still makes is void: see `answeredLate`.
        case .back, .cancel: endVisit()
        case .start, .agency, .service, .digit, .erase, .ok, .yes, .no, .done, .retry, .useCard, .language: []
        }
    }

    private mutating func touchedWhilePrinting(_ touch: Touch, _ visitor: Visitor) -> [Effect] {
        switch touch {
        case .done, .back, .cancel: takeBack(visitor)
        case .start, .agency, .service, .digit, .erase, .ok, .yes, .no, .retry, .useCard, .language: []
        }
    }

    private mutating func touchedWhileAsking(_ touch: Touch, _ visitor: Visitor) -> [Effect] {
        switch touch {
        case .yes: leave(visitor, with: .printed)
        case .no where visitor.copy.number < Self.mostCopies: requestCopy(visitor)
        case .no: leave(visitor, with: .none)
        case .done, .back, .cancel: endVisit()
        case .start, .agency, .service, .digit, .erase, .ok, .retry, .useCard, .language: []
        }
    }

    private mutating func touchedWhileRequestingCopy(_ touch: Touch, _ visitor: Visitor) -> [Effect] {
        switch touch {
        case .back, .cancel: finish(visitor)
        case .start, .agency, .service, .digit, .erase, .ok, .yes, .no, .done, .retry, .useCard, .language: []
        }
    }

    private mutating func touchedWhileLeaving(_ touch: Touch, _ visitor: Visitor, _ paper: Screen.Paper) -> [Effect] {
        switch touch {
        case .retry where canRetry(visitor, paper): requestCopy(visitor)
        case .done, .back, .cancel: finish(visitor)
        case .start, .agency, .service, .digit, .erase, .ok, .yes, .no, .retry, .useCard, .language: []
        }
    }

    private mutating func requestCopy(_ visitor: Visitor) -> [Effect] {
        move(to: .requestingCopy(visitor), waiting: patience.recording, [.requestCopy(visitor.ticket.id, visit)])
    }
}
