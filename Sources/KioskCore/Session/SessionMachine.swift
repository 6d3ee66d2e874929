import Conditions
import Secrets

/// The conversation of one kiosk with one citizen after another.
///
/// A pure value: no clock, no device, no journal. ``handle(_:)`` is the only way to change it;
/// what it wants done it returns as ``Effect``s, what came of them it is told as ``Event``s.
public struct SessionMachine: Hashable, Sendable {
    enum State: Hashable, Sendable {
        /// Nobody is here. Left by the first touch, if the journal accepts tickets.
        case idle
        case choosingAgency
        case choosingService(AgencyID)
        case identifying(ServiceKey, digits: Secret, problem: NIK.Problem?)
        case confirming(ServiceKey, Identity?)
        /// The journal writes; the ticket does not exist before it answers.
        case recording(ServiceKey)
        /// The copy is on its way through the printer. Left when it is settled, or taken back.
        case printing(Visitor)
        /// The outcome is unknown and the citizen is asked.
        case asking(Visitor)
        /// The journal writes the intent of a further copy.
        case requestingCopy(Visitor)
        /// The citizen has the paper, or only the number.
        case leaving(Visitor, Screen.Paper)
        /// The visit is over, but its print is not: waits until it is settled.
        case closing(Visitor)
    }

    /// A ticket with its holder still there.
    struct Visitor: Hashable, Sendable {
        var ticket: Ticket
        var copy: PrintCopy
        /// Whether a page has drawn the number, or paper has come out: such a ticket counts.
        var delivered = false

        var face: TicketFace { TicketFace(number: ticket.number, service: ticket.service, copy: copy.number) }
    }

    /// Copies of one ticket, the original included.
    public static let mostCopies = 3

    var state: State = .idle
    var visit: VisitID
    var revision = 0
    var language = Language.indonesian
    var printerTrouble: ConditionCode?
    var journalTrouble: ConditionCode?
    var emergency: Emergency?
    var invitations: Invitations = []
    /// Of this visit.
    var card: VisitCard?
    var booking: Booking?
    /// The last code that was shown is for something else.
    var isCodeRefused = false
    var timer = TimerID(0)
    let site: Site
    let patience: Patience

    /// - Parameters:
    ///   - firstVisit: above every visit of an earlier run, so that a touch from before a restart is stale.
    ///   - emergency: one that held already when the kiosk went down.
    public init(site: Site, firstVisit: VisitID, emergency: Emergency? = nil, patience: Patience = Patience()) {
        self.site = site
        self.emergency = emergency
        self.patience = patience
        visit = firstVisit
    }

    /// Advances the conversation by one event and returns what must now be done, in order.
    public mutating func handle(_ event: Event) -> [Effect] {
        let before = value
        var effects = react(to: event)
        if emergency != nil { effects += sendAway() }
        if value != before {
            revision += 1
            effects.append(.show(value))
        }
        return effects
    }

    /// What the screen shows now.
    public var value: ScreenValue {
        ScreenValue(
            visit: visit, revision: revision, language: language, notice: notice, remark: remark, invitations: invitations, screen: screen)
    }

    private var screen: Screen {
        if let emergency { return .emergency(emergency) }
        return switch state {
        case .idle: journalTrouble == nil ? .greeting : .closed
        case .choosingAgency: .agencies
        case .choosingService(let agency): .services(agency)
        case .identifying(let service, let digits, let problem): .identify(service, entered: digits.count, problem: problem)
        case .confirming(let service, let identity): .confirm(service, identified: identity?.method)
        case .recording, .requestingCopy: .recording
        case .printing(let visitor): printerTrouble == nil ? .printing(visitor.face) : .trouble(visitor.face)
        case .asking(let visitor): .askPaper(visitor.face)
        case .leaving(let visitor, let paper): .ticket(visitor.face, paper: paper, canRetry: canRetry(visitor, paper))
        case .closing(let visitor): .closing(visitor.face)
        }
    }

    private var notice: ConditionCode? {
        guard emergency == nil else { return nil }
        return switch state {
        case .idle: journalTrouble ?? printerTrouble
        case .choosingAgency, .choosingService, .identifying, .confirming, .printing, .closing, .leaving(_, .none): printerTrouble
        case .recording, .asking, .requestingCopy, .leaving: nil
        }
    }

    func canRetry(_ visitor: Visitor, _ paper: Screen.Paper) -> Bool {
        paper == .none && printerTrouble == nil && visitor.copy.number < Self.mostCopies
    }

    /// Gives every event to the state it meets, after dropping what is stale.
    private mutating func react(to event: Event) -> [Effect] {
        switch event {
        case .touched(let touch, let visit, let revision):
            guard visit == self.visit, revision == self.revision, emergency == nil else { return [] }
            isCodeRefused = false
            if case .language(let chosen) = touch {
                language = chosen
                // Whoever chooses and walks away leaves the next one in the mall's own language.
                return state == .idle ? startTimer(patience.choosing) : []
            }
            return touched(touch)
        case .rendered(let visit, let revision):
            // What was drawn in an emergency shows no number.
            guard visit == self.visit, revision == self.revision, emergency == nil else { return [] }
            return rendered()
        case .presented(let presentation):
            return emergency == nil ? presented(presentation) : []
        case .answered(let answer, let asked):
            return asked == visit ? answered(answer) : answeredLate(answer, asked)
        case .timerFired(let fired):
            return fired == timer ? patienceRanOut() : []
        case .printer(let trouble):
            return printerChanged(to: trouble)
        case .journal(let trouble):
            journalTrouble = trouble
            return []
        case .emergency(let emergency):
            self.emergency = emergency
            return []
        case .invitations(let invitations):
            self.invitations = invitations
            return []
        }
    }

    /// In an emergency a visit ends as if the citizen's patience had run out: paper that is on its way is taken back or comes out.
    private mutating func sendAway() -> [Effect] {
        switch state {
        case .idle, .closing: []
        case .choosingAgency, .choosingService, .identifying, .confirming, .recording, .printing, .asking, .requestingCopy, .leaving:
            patienceRanOut()
        }
    }

    mutating func move(to next: State, waiting patience: Duration, _ effects: [Effect] = []) -> [Effect] {
        state = next
        return effects + startTimer(patience)
    }

    mutating func startTimer(_ patience: Duration) -> [Effect] {
        timer.rawValue += 1
        return [.startTimer(timer, patience)]
    }

    /// Back to the greeting; nothing of this visit is left in the machine.
    mutating func endVisit(_ effects: [Effect] = []) -> [Effect] {
        state = .idle
        visit.rawValue += 1
        language = .indonesian
        card = nil
        booking = nil
        isCodeRefused = false
        timer.rawValue += 1
        return effects
    }
}

extension SessionMachine {
    /// The print that is on its way, if one is.
    public var livePrint: PrintCopy? {
        switch state {
        case .printing(let visitor), .closing(let visitor): visitor.copy
        case .idle, .choosingAgency, .choosingService, .identifying, .confirming, .recording, .asking, .requestingCopy, .leaving: nil
        }
    }
}
