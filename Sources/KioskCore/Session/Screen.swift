public import Conditions

/// Counts the people a kiosk turns to; a touch or an answer that names another visit is stale.
public struct VisitID: Hashable, Sendable, Comparable, CustomStringConvertible {
    public var rawValue: Int
    public init(_ rawValue: Int) { self.rawValue = rawValue }
    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
    public var description: String { String(rawValue) }
}

/// The languages of the screen, by ISO 639-1.
public enum Language: String, Hashable, Sendable, CaseIterable, Codable {
    case indonesian = "id"
    case english = "en"
}

/// What every connection to the screen shows. It never holds anything personal.
public struct ScreenValue: Hashable, Sendable {
    public var visit: VisitID
    /// Grows by one with every change of what is shown.
    public var revision: Int
    public var language: Language
    /// What is wrong now, as far as the citizen needs to know.
    public var notice: ConditionCode?
    /// What is said of the card or code that was presented.
    public var remark: Remark?
    /// What else than touching is possible.
    public var invitations: Invitations
    public var screen: Screen

    public init(
        visit: VisitID, revision: Int, language: Language, notice: ConditionCode?, remark: Remark? = nil, invitations: Invitations = [],
        screen: Screen
    ) {
        self.visit = visit
        self.revision = revision
        self.language = language
        self.notice = notice
        self.remark = remark
        self.invitations = invitations
        self.screen = screen
    }
}

/// What is said of the card or code that a citizen presented.
public enum Remark: String, Hashable, Sendable, Codable, CaseIterable {
    /// It was read, and is used where a service asks who is there.
    case cardHeld = "card-held"
    /// The centre is asked whose it is.
    case cardAsked = "card-asked"
    case cardUnknown = "card-unknown"
    /// The centre cannot be asked: the citizen types, or goes on with the card as it is.
    case cardUnanswered = "card-unanswered"
    /// Nobody can be known by it.
    case cardUnusable = "card-unusable"
    /// The verifier did not believe it.
    case cardRefused = "card-refused"
    /// A code for something else.
    case codeRefused = "code-refused"
}

/// What stands on the screen: the one value that every connection sees.
public enum Screen: Hashable, Sendable {
    /// Nobody is here.
    case greeting
    /// Nobody can be served; the notice says why.
    case closed
    /// Nobody is served, and everybody reads why.
    case emergency(Emergency)
    case agencies
    case services(AgencyID)
    /// The keypad; `entered` digits so far, never which.
    case identify(ServiceKey, entered: Int, problem: NIK.Problem?)
    /// By what the visitor is known, never as whom.
    case confirm(ServiceKey, identified: Identity.Method?)
    /// The journal is writing.
    case recording
    case printing(TicketFace)
    /// The printer waits for somebody; the citizen may wait too, or leave with the number.
    case trouble(TicketFace)
    /// Nobody knows whether the ticket came out: the citizen is asked.
    case askPaper(TicketFace)
    /// The number, and what to do with the paper or without it.
    case ticket(TicketFace, paper: Paper, canRetry: Bool)
    /// A print is being taken back.
    case closing(TicketFace)

    /// What the citizen holds in hand at the end.
    public enum Paper: String, Hashable, Sendable, Codable, CaseIterable {
        case printed, processed, sent
        /// No paper: the number on the screen counts.
        case none
    }
}

/// What a screen tells of a ticket.
public struct TicketFace: Hashable, Sendable {
    public var number: TicketNumber
    public var service: ServiceKey
    /// 1 for the original.
    public var copy: Int
    public init(number: TicketNumber, service: ServiceKey, copy: Int) {
        self.number = number
        self.service = service
        self.copy = copy
    }
}

/// What a citizen can touch.
public enum Touch: Hashable, Sendable {
    case start
    case agency(AgencyID)
    case service(ServiceID)
    /// 0 to 9.
    case digit(UInt8)
    case erase
    /// Goes on: from the keypad, and from the confirmation.
    case ok
    case back
    /// Ends the visit.
    case cancel
    case yes
    case no
    case done
    /// Asks for the paper once more.
    case retry
    /// Goes on with a card about which the centre could not be asked.
    case useCard
    case language(Language)
}
