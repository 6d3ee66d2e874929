import Secrets

// MARK: - Cards and codes

extension SessionMachine {
    /// The card of this visit, as far as it is known. Gone with the visit, and as soon as it is known who the visitor is.
    enum VisitCard: Hashable, Sendable {
        case pointer(Secret, Standing)
        /// Nobody can be known by it.
        case unusable
        /// The verifier did not believe it.
        case refused

        enum Standing: Hashable, Sendable {
            /// For the service that asks who is there.
            case held
            /// The centre is being asked.
            case asked
            /// Nobody enrolled it.
            case unknown
            /// The centre could not be asked.
            case unanswered
        }
    }

    /// A card starts a visit and is remembered in it; a code chooses the service. Neither changes what a visitor has confirmed.
    mutating func presented(_ presentation: Presentation) -> [Effect] {
        switch state {
        case .idle: return journalTrouble == nil ? presentedAtGreeting(presentation) : []
        case .choosingAgency, .choosingService: return presentedWhileChoosing(presentation)
        case .identifying(let service, _, _): return presentedWhileIdentifying(presentation, for: service)
        case .confirming, .recording, .requestingCopy, .printing, .asking, .leaving, .closing: return []
        }
    }

    private mutating func presentedAtGreeting(_ presentation: Presentation) -> [Effect] {
        switch presentation {
        case .card, .anonymousCard:
            take(presentation)
            return move(to: .choosingAgency, waiting: patience.choosing)
        case .booking(let booking): return begin(booking, orWait: patience.remark)
        case .unknownCode: return refuseCode(patience.remark)
        }
    }

    private mutating func presentedWhileChoosing(_ presentation: Presentation) -> [Effect] {
        switch presentation {
        case .card, .anonymousCard:
            take(presentation)
            return startTimer(patience.choosing)
        case .booking(let booking): return begin(booking, orWait: patience.choosing)
        case .unknownCode: return refuseCode(patience.choosing)
        }
    }

    private mutating func presentedWhileIdentifying(_ presentation: Presentation, for service: ServiceKey) -> [Effect] {
        switch presentation {
        case .card, .anonymousCard:
            take(presentation)
            return startTimer(patience.choosing) + askForCard()
        case .booking(let booking) where booking.service == service:
            self.booking = booking
            return startTimer(patience.choosing)
        case .booking, .unknownCode: return refuseCode(patience.choosing)
        }
    }

    private mutating func take(_ presentation: Presentation) {
        isCodeRefused = false
        switch presentation {
        // The same card again while the centre is asked about it: the answer is on its way.
        case .card(let pointer) where card == .pointer(pointer, .asked): break
        case .card(let pointer): card = .pointer(pointer, .held)
        case .anonymousCard: card = .unusable
        case .booking, .unknownCode: break
        }
    }

    private mutating func begin(_ booking: Booking, orWait patience: Duration) -> [Effect] {
        guard site.service(booking.service) != nil else { return refuseCode(patience) }
        isCodeRefused = false
        self.booking = booking
        return choose(booking.service)
    }

    private mutating func refuseCode(_ patience: Duration) -> [Effect] {
        isCodeRefused = true
        return startTimer(patience)
    }

    /// Asks the centre whose card it is, where there is one that it might know.
    mutating func askForCard() -> [Effect] {
        guard case .pointer(let pointer, let standing) = card else { return [] }
        switch standing {
        case .asked, .unknown: return []
        case .held, .unanswered:
            card = .pointer(pointer, .asked)
            return [.lookUp(pointer, within: patience.lookUp, visit)]
        }
    }

    /// The visitor turns to another service; what the centre still answers is for nobody.
    mutating func stopAskingForCard() {
        if case .pointer(let pointer, .asked) = card { card = .pointer(pointer, .held) }
    }

    /// From here on nothing but the visitor's own "back" changes who they are.
    mutating func confirm(_ service: ServiceKey, _ identity: Identity) -> [Effect] {
        card = nil
        return move(to: .confirming(service, identity), waiting: patience.choosing)
    }

    mutating func cardFound(_ pointer: Secret, _ finding: CardFinding, for service: ServiceKey) -> [Effect] {
        switch finding {
        case .resident(let nik) where NIK.problem(in: nik) == nil: return confirm(service, .card(nik))
        case .resident, .unknown: card = .pointer(pointer, .unknown)
        case .unanswered: card = .pointer(pointer, .unanswered)
        }
        return startTimer(patience.choosing)
    }

    mutating func verified(_ nik: Secret?, for service: ServiceKey) -> [Effect] {
        if let nik, NIK.problem(in: nik) == nil { return confirm(service, .verified(nik)) }
        card = .refused
        return startTimer(patience.choosing)
    }

    /// What is said of the card or code that was presented.
    var remark: Remark? {
        guard emergency == nil else { return nil }
        return switch state {
        case .idle: isCodeRefused && journalTrouble == nil ? .codeRefused : nil
        case .choosingAgency, .choosingService, .identifying: isCodeRefused ? .codeRefused : cardRemark
        case .confirming, .recording, .requestingCopy, .printing, .asking, .leaving, .closing: nil
        }
    }

    private var cardRemark: Remark? {
        switch card {
        case .pointer(_, .held): .cardHeld
        case .pointer(_, .asked): .cardAsked
        case .pointer(_, .unknown): .cardUnknown
        case .pointer(_, .unanswered): .cardUnanswered
        case .unusable: .cardUnusable
        case .refused: .cardRefused
        case nil: nil
        }
    }

    /// The visit in which a verifier may read an identity card; nil while nobody is asked who they are.
    public var verifies: VisitID? {
        guard emergency == nil, case .identifying = state else { return nil }
        return visit
    }
}
