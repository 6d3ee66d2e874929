import Broadcasting
import Foundation
import GRDB
public import KioskCore
import SyncProtocol

/// A ticket that staff have handed out.
struct ManualTicket {
    var number: TicketNumber
    var service: ServiceKey
    var day: ServiceDay
    /// Milliseconds since 1970.
    var handed: Int64?
}

/// Writes what was entered by hand as entries of a chain like a kiosk's, so that counts, incidents and the centre above take them by the
/// same rules. The centre is the kiosk ``ManualSeries/writer`` of the site then.
struct ManualWriter {
    let site: SiteID
    let now: WallTime
    let sha256: EntryHasher
    let database: Database

    /// Within the transaction that noted the numbers.
    func write(_ tickets: [ManualTicket]) throws {
        guard !tickets.isEmpty else { return }
        let chain = ChainName(site: site, kiosk: ManualSeries.writer, epoch: try epoch(), lane: .transactions)
        var head = try ChainCursor(chain, in: database).position
        var entries: [[UInt8]] = []
        for ticket in tickets {
            let id = TicketID(Self.identity(now)).rawValue
            let number = ticket.number.description
            let issued = TicketIssued(
                ticket: id, number: number, series: ticket.number.series, ordinal: ticket.number.ordinal,
                agency: ticket.service.agency.rawValue, service: ticket.service.service.rawValue, channel: TicketIssued.manualChannel,
                claim: "", sealed: [], handed: ticket.handed)
            // It was on paper before it was a ticket; no printer has said so.
            let settled = PrintSettled(
                print: "\(id).1", ticket: id, copy: 1, outcome: "sent", reason: nil, detail: "handed out by staff from a printed sheet")
            let delivered = TicketDelivered(ticket: id, number: number, by: "paper")
            for entry in [
                try entry(issued, behind: &head, of: chain, ticket.day), try entry(settled, behind: &head, of: chain, ticket.day),
                try entry(delivered, behind: &head, of: chain, ticket.day),
            ] { entries.append(entry) }
        }
        let batch = Batch(chain: chain, head: head, entries: entries)
        let result = try Intake(batch, Contact(at: now), sha256: sha256, in: database).run()
        if let fault = result.acknowledgement.fault {
            throw StoreError(damaged: "the chain of \(site)/\(ManualSeries.writer)", fault.detail)
        }
    }

    /// Of this life of the store: one that was restored may have forgotten entries, and must not write others in their place.
    private func epoch() throws -> Epoch {
        let generation = try Restores(database).generation
        if let known = try database.row("SELECT epoch, generation FROM manual_chains WHERE site = ?", [site.rawValue]),
            known["generation"] == generation, let epoch = Epoch(octets: [UInt8](known["epoch"] as Data))
        {
            return epoch
        }
        guard let epoch = Epoch(octets: (0..<Epoch.size).map { _ in UInt8.random(in: .min ... .max) }) else {
            preconditionFailure("As many octets were drawn as an epoch has")
        }
        try database.run(
            """
            INSERT INTO manual_chains (site, epoch, generation) VALUES (?, ?, ?)
            ON CONFLICT DO UPDATE SET epoch = excluded.epoch, generation = excluded.generation
            """, [site.rawValue, Data(epoch.octets), generation])
        return epoch
    }

    private func entry<Body: EntryBody>(
        _ body: Body, behind head: inout ChainPosition, of chain: ChainName, _ day: ServiceDay
    ) throws -> [UInt8] {
        let octets = body.octets
        let header = EntryHeader(
            lane: chain.lane, site: chain.site, kiosk: chain.kiosk, kind: Body.kind, epoch: chain.epoch, id: Self.identity(now),
            sequence: head.sequence + 1, schema: Body.schema, day: day,
            clock: ClockReading(wall: now, quality: .unknown, boot: Self.noBoot, monotonic: 0), previous: head.hash,
            body: EntryPart(length: UInt32(octets.count), hash: sha256(octets)), sealed: nil)
        let entry = Entry(header: header, body: octets, sealed: nil)
        head = ChainPosition(sequence: header.sequence, hash: entry.chainHash(sha256))
        return entry.octets
    }

    /// Only the wall clock says when something was entered.
    private static let noBoot: BootID = {
        guard let boot = BootID(octets: [UInt8](repeating: 0, count: BootID.size)) else { preconditionFailure("It has its size") }
        return boot
    }()

    private static func identity(_ time: WallTime) -> UUIDv7 {
        UUIDv7(time: time, random: (.random(in: .min ... .max), .random(in: .min ... .max)))
    }
}

extension CentralStore {
    /// Sets the next numbers of each series aside for staff, all of them or none, in one durable transaction.
    public func printSheets(_ orders: [SheetOrder], at now: WallTime) throws(StoreError) -> [ManualSheet] {
        try change { database in try orders.map(ManualBook(database, at: now).print) }
    }

    /// Enters what staff have handed out, all of it or nothing, in one durable transaction. The same again changes nothing.
    public func enter(_ entries: [ManualEntry], at now: WallTime) throws(StoreError) -> ManualReceipt {
        let receipt = try change { database in
            var receipt = ManualReceipt(entered: 0, known: 0)
            for entry in entries {
                let (tickets, known) = try ManualBook(database, at: now).enter(entry)
                try ManualWriter(site: entry.site, now: now, sha256: Self.sha256, database: database).write(tickets)
                receipt.entered += tickets.count
                receipt.known += known
            }
            return receipt
        }
        onlookers.tell(())
        return receipt
    }
}

extension StoreReader {
    /// The sheets of a site that were printed for staff.
    public func sheets(of site: SiteID) throws(StoreError) -> [ManualSheet] { try read { try ManualBook.sheets(of: site, in: $0) } }
}
