import GRDB
import KioskCore
import SyncProtocol

/// A ticket as the store has it, and what has become of it since.
struct StoredTicket {
    /// Where it is counted.
    struct Place: Hashable {
        var day: Int64
        var agency: String
        var service: String
    }

    let place: Place
    let number: String
    /// It is new, and was handed out on paper.
    let isManual: Bool
    /// `nil`: it is new.
    let stored: TicketFate?
    var fate: TicketFate

    /// With the number, its first sheet is ordered.
    init(_ ticket: TicketIssued, _ day: ServiceDay) {
        place = Place(day: Int64(day.number), agency: ticket.agency, service: ticket.service)
        number = ticket.number
        isManual = ticket.channel == TicketIssued.manualChannel
        stored = nil
        fate = TicketFate(openPrints: 1)
    }

    private static let matches = "site = ? AND kiosk = ? AND epoch = ? AND ticket = ?"

    init?(_ id: String, of chain: ChainName, in database: Database) throws {
        var select = try QuickStatement(
            "SELECT day, agency, service, number, paper, unknown, void, delivered, prints FROM tickets WHERE \(Self.matches)", in: database)
        select.bind(id, of: chain)
        let found = try select.first { row in
            (
                Place(day: row.number(0), agency: row.text(1), service: row.text(2)), row.text(3),
                TicketFate(
                    isOnPaper: row.truth(4), isUnknown: row.truth(5), isVoid: row.truth(6), isDelivered: row.truth(7),
                    openPrints: Int(row.number(8)))
            )
        }
        guard let (place, number, fate) = found else { return nil }
        (self.place, self.number, self.fate, stored) = (place, number, fate, fate)
        isManual = false
    }

    /// Writes what is known of it now.
    func store(_ id: String, of chain: ChainName, in database: Database) throws {
        guard stored == nil else {
            var update = try QuickStatement(
                "UPDATE tickets SET paper = ?, unknown = ?, void = ?, delivered = ?, prints = ? WHERE \(Self.matches)", in: database)
            update.bind(fate)
            update.bind(id, of: chain)
            try update.run()
            return
        }
        var insert = try QuickStatement(
            """
            INSERT INTO tickets (site, kiosk, epoch, ticket, day, agency, service, number, paper, unknown, void, delivered, prints)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, in: database)
        insert.bind(id, of: chain)
        insert.bind(place)
        insert.bind(number)
        insert.bind(fate)
        try insert.run()
    }
}

extension StoredTicket.Place {
    /// Adds to the columns of the day. The columns of the table are the columns of the day, name for name.
    func count(_ moved: TicketCounts, of chain: ChainName, in database: Database) throws {
        var upsert = try QuickStatement(
            """
            INSERT INTO rollups (site, day, agency, service, issued, printed, screen, unknown, void, open, manual)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET issued = issued + excluded.issued, printed = printed + excluded.printed,
                screen = screen + excluded.screen, unknown = unknown + excluded.unknown, void = void + excluded.void,
                open = open + excluded.open, manual = manual + excluded.manual
            """, in: database)
        upsert.bind(chain.site.rawValue)
        upsert.bind(self)
        for count in [moved.issued, moved.printed, moved.screen, moved.unknown, moved.void, moved.open, moved.manual] { upsert.bind(count) }
        try upsert.run()
    }
}

extension QuickStatement {
    fileprivate mutating func bind(_ ticket: String, of chain: ChainName) {
        bind(chain.site.rawValue)
        bind(chain.kiosk.rawValue)
        bind(chain.epoch.octets)
        bind(ticket)
    }

    fileprivate mutating func bind(_ place: StoredTicket.Place) {
        bind(place.day)
        bind(place.agency)
        bind(place.service)
    }

    fileprivate mutating func bind(_ fate: TicketFate) {
        bind(fate.isOnPaper)
        bind(fate.isUnknown)
        bind(fate.isVoid)
        bind(fate.isDelivered)
        bind(fate.openPrints)
    }
}
