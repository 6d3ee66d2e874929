import Foundation
import GRDB
import KioskCore
import SyncProtocol

/// Keeps tickets and roll-ups in step with the entries of one kiosk's transactions.
///
/// Within a batch a ticket is changed several times and a service is counted often, so both are kept here and written once, by
/// ``finish()``, in the transaction that stores the entries.
final class TicketProjection {
    private let chain: ChainName
    private let incidents: Incidents
    private let database: Database
    private let decoder = JSONDecoder()
    /// The tickets that were met.
    private var tickets: [String: StoredTicket] = [:]

    /// What of an entry was not understood. It is stored like any other.
    struct Unread: Error {
        var reason: String
        /// What of it is known here is in the counts all the same.
        var isCounted = false

        /// Notes it for a later version.
        func store(_ entry: Entry, _ chain: ChainName, in database: Database) throws {
            let header = entry.header
            try database.run(
                """
                INSERT INTO unread (site, kiosk, epoch, lane, seq, kind, schema, reason, counted) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET reason = excluded.reason, counted = excluded.counted
                """,
                chain.key + [Int64(header.sequence), header.kind.rawValue, Int64(header.schema), reason, isCounted])
        }
    }

    /// The kinds that are counted, and the schema of each that this version reads.
    static let schemas: [EntryKind: UInt32] = [
        .ticketIssued: TicketIssued.schema, .ticketDelivered: TicketDelivered.schema, .ticketVoid: TicketVoid.schema,
        .printRequested: PrintRequested.schema, .printSettled: PrintSettled.schema, .printerRoll: PrinterRoll.schema,
        .epochBegun: EpochBegun.schema, .emergencyBegun: EmergencyBegun.schema, .emergencyEnded: EmergencyEnded.schema,
    ]

    /// - Parameter now: when what comes was received.
    init(_ chain: ChainName, at now: WallTime, in database: Database) {
        self.chain = chain
        incidents = Incidents(chain: chain, now: now, database: database)
        self.database = database
    }

    /// Counts what `entry` tells. Returns what of it could not be understood, `nil` when all was.
    ///
    /// Of the telemetry only rolls are projected; the rest is kept for technicians.
    func take(_ entry: Entry) throws -> Unread? {
        do {
            let note =
                switch chain.lane {
                case .transactions: try count(entry)
                case .telemetry: entry.header.kind == .printerRoll ? try keepRoll(entry) : nil
                }
            return note.map { Unread(reason: $0, isCounted: true) }
        } catch let unread as Unread {
            return unread
        }
    }

    private func count(_ entry: Entry) throws -> String? {
        switch entry.header.kind {
        case .ticketIssued:
            let (ticket, note) = try body(TicketIssued.self, of: entry)
            try issue(ticket, entry.header.day)
            if let other = try NumberBook(database).note(ticket, of: chain, on: entry.header.day) {
                try incidents.note(
                    .number, at: entry.header.sequence, "number \(ticket.number) of ticket \(ticket.ticket) is also that of ticket \(other)"
                )
            }
            return note
        case .ticketDelivered:
            let (delivery, note) = try body(TicketDelivered.self, of: entry)
            try change(delivery.ticket) { $0.isDelivered = true }
            return note
        case .ticketVoid:
            let (void, note) = try body(TicketVoid.self, of: entry)
            try change(void.ticket) { $0.isVoid = true }
            return note
        case .printRequested:
            let (requested, note) = try body(PrintRequested.self, of: entry)
            try change(requested.ticket) { $0.requested() }
            return note
        case .printSettled:
            let (settled, note) = try body(PrintSettled.self, of: entry)
            if let ticket = settled.ticket { try change(ticket) { $0.settled(settled.outcome) } }
            return note
        case .epochBegun: return try followOn(entry)
        // Kept for whoever asks later what happened; the report of now knows it from the kiosk itself.
        case .emergencyBegun: return try body(EmergencyBegun.self, of: entry).note
        case .emergencyEnded: return try body(EmergencyEnded.self, of: entry).note
        default:
            throw Unread(reason: "the kind \(entry.header.kind) is not known to this version of the centre")
        }
    }

    /// Ties an epoch to the one before it.
    private func followOn(_ entry: Entry) throws -> String? {
        let (begun, note) = try body(EpochBegun.self, of: entry)
        let isDamaged = begun.damaged ?? false
        guard isDamaged || begun.previous != nil else { throw Unread(reason: "it names no epoch before it, and does not say why") }
        try database.run(
            """
            INSERT INTO epochs (site, kiosk, epoch, previous, upto, hash, reason, began, damaged) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """,
            [
                chain.site.rawValue, chain.kiosk.rawValue, Data(chain.epoch.octets), begun.previous.map { Data($0.octets) },
                Int64(clamping: begun.sequence), Data(begun.hash.octets), begun.reason, entry.header.clock.wall.milliseconds, isDamaged,
            ])
        return note
    }

    /// The newest word of a kiosk about a printer's roll stands: in one life of its journal the last one, whatever its clock did;
    /// between lives, whose backlogs come in any order, the one that was told last.
    private func keepRoll(_ entry: Entry) throws -> String? {
        let (roll, note) = try body(PrinterRoll.self, of: entry)
        let told = entry.header.clock.wall.milliseconds
        try database.run(
            """
            INSERT INTO rolls (site, kiosk, printer, told, used, remaining, tickets, certainty, low, epoch)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET told = excluded.told, used = excluded.used, remaining = excluded.remaining,
                tickets = excluded.tickets, certainty = excluded.certainty, low = excluded.low, epoch = excluded.epoch
            WHERE rolls.epoch IS excluded.epoch OR excluded.told >= rolls.told
            """,
            [
                chain.site.rawValue, chain.kiosk.rawValue, roll.printer, told, roll.used, roll.left, roll.tickets, roll.certainty.rawValue,
                roll.isLow, Data(chain.epoch.octets),
            ])
        guard database.changesCount > 0 else { return note }
        let key: StatementArguments = [told, chain.site.rawValue, chain.kiosk.rawValue, roll.printer]
        let matches = "site = ? AND kiosk = ? AND printer = ?"
        switch roll.event {
        case "changed": try database.run("UPDATE rolls SET changed = ?, proven = NULL WHERE \(matches)", key)
        case "proven": try database.run("UPDATE rolls SET proven = ? WHERE \(matches)", key)
        default: break
        }
        return note
    }

    /// Reads a body. Schemas are additive, so what a newer one shares with ours is counted; that there is more is noted.
    private func body<Body: EntryBody>(_ type: Body.Type, of entry: Entry) throws -> (Body, note: String?) {
        let newer =
            entry.header.schema > Body.schema ? "schema \(entry.header.schema); this version of the centre reads \(Body.schema)" : nil
        if let body = PlainObject(entry.body).flatMap(Body.init(plain:)) { return (body, newer) }
        do {
            return (try decoder.decode(type, from: Data(entry.body)), newer)
        } catch {
            throw Unread(reason: [newer, "the body cannot be read: \(error)"].compactMap(\.self).joined(separator: "; "))
        }
    }

    // MARK: - Tickets and their roll-ups

    /// With the number, its first sheet is ordered.
    private func issue(_ ticket: TicketIssued, _ day: ServiceDay) throws {
        guard try find(ticket.ticket) == nil else { throw Unread(reason: "ticket \(ticket.ticket) was issued before; it is counted once") }
        tickets[ticket.ticket] = StoredTicket(ticket, day)
    }

    private func find(_ ticket: String) throws -> StoredTicket? {
        if let known = tickets[ticket] { return known }
        let stored = try StoredTicket(ticket, of: chain, in: database)
        tickets[ticket] = stored
        return stored
    }

    private func change(_ ticket: String, _ body: (inout TicketFate) -> Void) throws {
        guard var known = try find(ticket) else { throw Unread(reason: "ticket \(ticket) is not known; its issue could not be read") }
        body(&known.fate)
        tickets[ticket] = known
    }

    /// Writes what has changed, and moves each ticket to the column of its day that it is counted in now.
    func finish() throws {
        var counts: [StoredTicket.Place: TicketCounts] = [:]
        for (id, ticket) in tickets.sorted(by: { $0.key < $1.key }) where ticket.stored != ticket.fate {
            try ticket.store(id, of: chain, in: database)
            var moved = counts[ticket.place] ?? TicketCounts()
            if let before = ticket.stored {
                moved[before.column] -= 1
            } else {
                moved.issued += 1
                moved.manual += ticket.isManual ? 1 : 0
            }
            moved[ticket.fate.column] += 1
            counts[ticket.place] = moved
        }
        for (place, moved) in counts where moved != TicketCounts() { try place.count(moved, of: chain, in: database) }
        tickets = [:]
    }
}
