/// What the body of an entry says. Compact JSON with sorted keys; additive from version to version; no personal data.
public protocol EntryBody: Codable, Hashable, Sendable {
    static var kind: EntryKind { get }
    /// The schema version that this type writes.
    static var schema: UInt32 { get }
    /// Reads the plain form; `nil` where a full decoder must look.
    init?(plain object: PlainObject)
    /// The JSON as it is stored, hashed and shipped.
    var octets: [UInt8] { get }
}

/// `ticket.issued`: a number was given and the print of its first sheet was ordered.
public struct TicketIssued: EntryBody {
    public static let kind = EntryKind.ticketIssued
    public static let schema: UInt32 = 1

    /// The ticket id (26 characters).
    public var ticket: String
    /// As it is printed, e.g. `KKA-007`.
    public var number: String
    public var series: String
    public var ordinal: Int
    public var agency: String
    public var service: String
    /// How the citizen asked for it.
    public var channel: String
    /// What the QR code on the ticket holds.
    public var claim: String
    /// The names of the fields in the sealed part.
    public var sealed: [String]
    /// When staff handed it out, milliseconds since 1970, where it was entered afterwards and somebody had written that down.
    public var handed: Int64?

    /// How it is known who the citizen is: `typed`, `card`, `verified`, or `reference` where only the centre can say it; nil where the
    /// service did not ask, and from kiosks that knew the keypad only.
    public var method: String?

    /// What ``channel`` is of a number that staff handed out from a printed sheet, and a centre entered afterwards.
    public static let manualChannel = "manual"

    public init(
        ticket: String, number: String, series: String, ordinal: Int, agency: String, service: String, channel: String, claim: String,
        sealed: [String], handed: Int64? = nil, method: String? = nil
    ) {
        self.ticket = ticket
        self.number = number
        self.series = series
        self.ordinal = ordinal
        self.agency = agency
        self.service = service
        self.channel = channel
        self.claim = claim
        self.sealed = sealed
        self.handed = handed
        self.method = method
    }

    public var octets: [UInt8] {
        var body = BodyWriter()
        body.field("agency", agency)
        body.field("channel", channel)
        body.field("claim", claim)
        if let handed { body.field("handed", handed) }
        body.field("method", method)
        body.field("number", number)
        body.field("ordinal", ordinal)
        body.field("sealed", sealed)
        body.field("series", series)
        body.field("service", service)
        body.field("ticket", ticket)
        return body.end()
    }
}

/// `ticket.delivered`: paper or screen has shown the number, so it counts; or nobody can say whether paper did.
public struct TicketDelivered: EntryBody {
    public static let kind = EntryKind.ticketDelivered
    public static let schema: UInt32 = 1

    public var ticket: String
    public var number: String
    /// `paper`, `screen` or `unknown`.
    public var by: String

    public init(ticket: String, number: String, by: String) {
        self.ticket = ticket
        self.number = number
        self.by = by
    }

    public var octets: [UInt8] {
        var body = BodyWriter()
        body.field("by", by)
        body.field("number", number)
        body.field("ticket", ticket)
        return body.end()
    }
}

/// `ticket.void`: nobody has seen the number; it is not used again.
public struct TicketVoid: EntryBody {
    public static let kind = EntryKind.ticketVoid
    public static let schema: UInt32 = 1

    public var ticket: String
    public var number: String
    public var reason: String

    public init(ticket: String, number: String, reason: String) {
        self.ticket = ticket
        self.number = number
        self.reason = reason
    }

    public var octets: [UInt8] {
        var body = BodyWriter()
        body.field("number", number)
        body.field("reason", reason)
        body.field("ticket", ticket)
        return body.end()
    }
}

/// `print.requested`: a further sheet of a ticket was ordered; it bears "SALINAN".
public struct PrintRequested: EntryBody {
    public static let kind = EntryKind.printRequested
    public static let schema: UInt32 = 1

    /// The print id, `TICKET.COPY`.
    public var print: String
    public var ticket: String
    public var copy: Int

    public init(print: String, ticket: String, copy: Int) {
        self.print = print
        self.ticket = ticket
        self.copy = copy
    }

    public var octets: [UInt8] {
        var body = BodyWriter()
        body.field("copy", copy)
        body.field("print", print)
        body.field("ticket", ticket)
        return body.end()
    }
}

/// `print.settled`: how a print ended. In the telemetry lane when the print was not of a ticket of this journal.
public struct PrintSettled: EntryBody {
    public static let kind = EntryKind.printSettled
    public static let schema: UInt32 = 1

    public var print: String
    /// `nil` for a print that is not of a ticket of this journal.
    public var ticket: String?
    public var copy: Int?
    /// `printed`, `processed`, `sent`, `failed` or `unknown`.
    public var outcome: String
    /// A condition code, where the outcome is `failed` or `unknown`.
    public var reason: String?
    /// For technicians.
    public var detail: String

    public init(print: String, ticket: String?, copy: Int?, outcome: String, reason: String?, detail: String) {
        self.print = print
        self.ticket = ticket
        self.copy = copy
        self.outcome = outcome
        self.reason = reason
        self.detail = detail
    }

    public var octets: [UInt8] {
        var body = BodyWriter()
        body.field("copy", copy)
        body.field("detail", detail)
        body.field("outcome", outcome)
        body.field("print", print)
        body.field("reason", reason)
        body.field("ticket", ticket)
        return body.end()
    }
}

/// `printer.roll`, in the telemetry lane: how much paper a printer has, whenever that has changed by a tenth or something happened to it.
public struct PrinterRoll: EntryBody {
    public static let kind = EntryKind.printerRoll
    public static let schema: UInt32 = 1

    /// How far an estimate can be trusted.
    public enum Certainty: String, Hashable, Sendable, Codable {
        /// Nobody can say how much is left.
        case unknown
        /// The beginning of this roll was not seen.
        case atMost = "at-most"
        case about
    }

    /// The printer's name at its kiosk.
    public var printer: String
    /// `low` near the end, `out` at the end, `changed` for another roll, `proven` for one that was read back,
    /// `unreadable` when the kiosk lost count and begins anew; nil: so much is left.
    public var event: String?
    /// Millimetres printed on this roll since it was put in, or since counting began.
    public var used: Int
    /// Millimetres that are left.
    public var left: Int?
    /// Tickets that are left, in two figures; nil where that is unknown.
    public var tickets: Int?
    public var certainty: Certainty
    /// The near-end sensor reports, or the roll has ended.
    public var isLow: Bool

    public init(printer: String, event: String?, used: Int, left: Int?, tickets: Int?, certainty: Certainty, isLow: Bool) {
        self.printer = printer
        self.event = event
        self.used = used
        self.left = left
        self.tickets = tickets
        self.certainty = certainty
        self.isLow = isLow
    }

    public var octets: [UInt8] {
        var body = BodyWriter()
        body.field("certainty", certainty.rawValue)
        body.field("event", event)
        body.field("isLow", isLow)
        body.field("left", left)
        body.field("printer", printer)
        body.field("tickets", tickets)
        body.field("used", used)
        return body.end()
    }
}
