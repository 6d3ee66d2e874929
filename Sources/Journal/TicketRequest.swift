public import Conditions
public import DeviceSocket
public import KioskCore

/// How a citizen asked for a ticket.
public enum TicketChannel: String, Hashable, Sendable, CaseIterable {
    /// At the kiosk's screen.
    case screen
    /// Through a member of staff.
    case staff
}

/// What a new ticket is for.
public struct TicketRequest: Sendable {
    public var service: ServiceKey
    /// The service's prefix, with this kiosk's letter unless the centre leased the number.
    public var series: String
    /// What the centre leased in `series`; nil: the next of this journal's own counter.
    public var leased: Int?
    public var day: ServiceDay
    /// Sealed before they are stored; needs the centre's public key where there are any.
    public var particulars: Particulars
    public var channel: TicketChannel

    public init(
        service: ServiceKey, series: String, leased: Int? = nil, day: ServiceDay, particulars: Particulars = .none,
        channel: TicketChannel = .screen
    ) {
        self.service = service
        self.series = series
        self.leased = leased
        self.day = day
        self.particulars = particulars
        self.channel = channel
    }
}

/// What showed a number to its citizen.
public enum Delivery: String, Hashable, Sendable, CaseIterable {
    case paper, screen
    /// Paper may have; nobody can say. Only set after a restart.
    case unknown
}

/// Why a number does not count.
public enum VoidReason: String, Hashable, Sendable, CaseIterable {
    /// Neither paper nor screen showed it in time.
    case notShown = "not-shown"
    case printFailed = "print-failed"
    case cancelled
}

/// What became of a ticket. It leaves `issued` once and never returns.
public enum TicketState: Hashable, Sendable {
    case issued
    case delivered(Delivery)
    case void(VoidReason)
}

/// A ticket and what became of it.
public struct TicketRecord: Hashable, Sendable {
    public var ticket: Ticket
    public var channel: TicketChannel
    public var state: TicketState

    public init(ticket: Ticket, channel: TicketChannel, state: TicketState) {
        self.ticket = ticket
        self.channel = channel
        self.state = state
    }
}

/// One line of the print ledger.
public struct PrintRecord: Hashable, Sendable {
    public enum State: Hashable, Sendable {
        /// Asked for; no byte was sent.
        case intent
        case begun
        case settled(PrintResult)
    }

    public var id: PrintID
    /// `nil` for a print that is not of a ticket of this journal.
    public var copy: PrintCopy?
    public var state: State
    public var requestedAt: WallTime

    public init(id: PrintID, copy: PrintCopy?, state: State, requestedAt: WallTime) {
        self.id = id
        self.copy = copy
        self.state = state
        self.requestedAt = requestedAt
    }
}
