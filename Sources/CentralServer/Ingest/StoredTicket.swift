import GRDB
import KioskCore
import SQLiteAccess
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

    private static func put(_ id: String, _ chain: ChainName, _ values: inout SQLiteValues) {
        values.put(chain.site.rawValue)
        values.put(chain.kiosk.rawValue)
        values.put(chain.epoch.octets)
        values.put(id)
    }

    init?(_ id: String, of chain: ChainName, in database: Database) throws {
        var found: (Place, String, TicketFate)?
        try database.quickly(
            "SELECT day, agency, service, number, paper, unknown, void, delivered, prints FROM tickets WHERE \(Self.matches)"
        ) {
            Self.put(id, chain, &$0)
        } row: { row in
            found = (
                Place(day: row.integer(0), agency: row.text(1), service: row.text(2)), row.text(3),
                TicketFate(
                    isOnPaper: row.truth(4), isUnknown: row.truth(5), isVoid: row.truth(6), isDelivered: row.truth(7),
                    openPrints: Int(row.integer(8)))
            )
        }
        guard let (place, number, fate) = found else { return nil }
        (self.place, self.number, self.fate, stored) = (place, number, fate, fate)
        isManual = false
    }

    /// Writes what is known of it now.
    func store(_ id: String, of chain: ChainName, in database: Database) throws {
        guard stored == nil else {
            try database.quickly(
                "UPDATE tickets SET paper = ?, unknown = ?, void = ?, delivered = ?, prints = ? WHERE \(Self.matches)"
            ) {
                fate.put(into: &$0)
                Self.put(id, chain, &$0)
            }
            return
        }
        try database.quickly(
            """
            INSERT INTO tickets (site, kiosk, epoch, ticket, day, agency, service, number, paper, unknown, void, delivered, prints)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        ) {
            Self.put(id, chain, &$0)
            place.put(into: &$0)
            $0.put(number)
            fate.put(into: &$0)
        }
    }
}

extension StoredTicket.Place {
    /// Adds to the columns of the day. The columns of the table are the columns of the day, name for name.
    func count(_ moved: TicketCounts, of chain: ChainName, in database: Database) throws {
        let counts = [moved.issued, moved.printed, moved.screen, moved.unknown, moved.void, moved.open, moved.manual]
        try database.quickly(
            """
            INSERT INTO rollups (site, day, agency, service, issued, printed, screen, unknown, void, open, manual)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET issued = issued + excluded.issued, printed = printed + excluded.printed,
                screen = screen + excluded.screen, unknown = unknown + excluded.unknown, void = void + excluded.void,
                open = open + excluded.open, manual = manual + excluded.manual
            """
        ) {
            $0.put(chain.site.rawValue)
            put(into: &$0)
            for count in counts { $0.put(count) }
        }
    }

    fileprivate func put(into values: inout SQLiteValues) {
        values.put(day)
        values.put(agency)
        values.put(service)
    }
}

extension TicketFate {
    fileprivate func put(into values: inout SQLiteValues) {
        for truth in [isOnPaper, isUnknown, isVoid, isDelivered] { values.put(truth) }
        values.put(openPrints)
    }
}
