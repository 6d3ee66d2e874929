import Foundation
import GRDB
public import KioskCore
public import SyncProtocol

/// How full the journal is.
public struct JournalStats: Hashable, Sendable {
    public var epoch: Epoch
    /// Openings of this journal, this one included.
    public var run: Int
    /// The last entry of each lane.
    public var heads: [Lane: ChainPosition]
    /// The last entry of each lane that the centre is known to have.
    public var acknowledged: [Lane: ChainPosition]
    public var tickets: Int
    /// Prints that have not ended.
    public var openPrints: Int
    /// Octets of the database in use, and how many it may have.
    public var size: Int64
    public var capacity: Int64
    /// Octets free on the file system.
    public var freeSpace: Int64
}

extension Journal {
    /// The tickets of a service day, in the order of issue.
    public func tickets(_ day: ServiceDay) throws(JournalError) -> [TicketRecord] {
        try read { try $0.rows("SELECT * FROM tickets WHERE day = ? ORDER BY entry", [day.number]).map(TicketRecord.init) }
    }

    /// The tickets of a service day with every print of each, in the order of issue and of the copies.
    public func ticketsWithPrints(_ day: ServiceDay) throws(JournalError) -> [(ticket: TicketRecord, prints: [PrintRecord])] {
        try read { database in
            let prints = try database.rows(
                "SELECT * FROM prints WHERE ticket IN (SELECT id FROM tickets WHERE day = ?) ORDER BY copy", [day.number]
            ).map { try LedgerLine($0).record }
            let byTicket = Dictionary(grouping: prints) { $0.copy?.ticket }
            return try database.rows("SELECT * FROM tickets WHERE day = ? ORDER BY entry", [day.number]).map { row in
                let record = try TicketRecord(row)
                return (record, byTicket[record.ticket.id] ?? [])
            }
        }
    }

    /// One ticket; `nil` when this journal did not issue it.
    public func ticket(_ id: TicketID) throws(JournalError) -> TicketRecord? {
        try read { try $0.row("SELECT * FROM tickets WHERE id = ?", [id.rawValue]).map(TicketRecord.init) }
    }

    /// The whole print ledger, in the order of the print ids.
    public func prints() throws(JournalError) -> [PrintRecord] {
        try read { database in
            try database.rows("SELECT * FROM prints ORDER BY id").map { try LedgerLine($0).record }
        }
    }

    /// Up to `limit` entries behind `sequence`, in order; their octets are the stored ones.
    public func entries(after sequence: UInt64, lane: Lane, limit: Int) throws(JournalError) -> [Entry] {
        try read { try ChainReading.entries(after: sequence, lane: lane, limit: limit, in: $0).map(\.entry) }
    }

    /// Follows both chains from the first entry to the last, and returns where they end; throws `corrupted` at the first fault.
    /// Other work goes on between portions of 500 entries.
    public func verify() async throws(JournalError) -> [Lane: ChainPosition] {
        var heads: [Lane: ChainPosition] = [:]
        for lane in Lane.allCases {
            var verifier = ChainVerifier(writer.life.chain(lane), sha256: .swiftCrypto)
            while try read({ try ChainReading.verify(&verifier, limit: 500, in: $0) }) > 0 { await Task.yield() }
            heads[lane] = verifier.position
        }
        return heads
    }

    /// How full it is, now.
    public func stats() throws(JournalError) -> JournalStats {
        let size = try size()
        let freeSpace = try environment.freeSpace(directory)
        return try read { database in
            var heads: [Lane: ChainPosition] = [:]
            var acknowledged: [Lane: ChainPosition] = [:]
            for lane in Lane.allCases {
                heads[lane] = try EntryWriter.head(lane, in: database)
                acknowledged[lane] = try Self.acknowledged(lane, in: database)
            }
            return JournalStats(
                epoch: epoch, run: writer.life.run, heads: heads, acknowledged: acknowledged,
                tickets: try database.number("SELECT count(*) FROM tickets"),
                openPrints: try database.number("SELECT count(*) FROM prints WHERE state <> 'settled'"), size: size,
                capacity: limits.capacity, freeSpace: freeSpace)
        }
    }

    func ticket(_ id: TicketID, in database: Database) throws -> TicketRecord {
        guard let row = try database.row("SELECT * FROM tickets WHERE id = ?", [id.rawValue]) else {
            throw JournalError(.unknownTicket, "\(directory) has no ticket \(id); look at the journal of the kiosk that issued it")
        }
        return try TicketRecord(row)
    }
}

extension TicketRecord {
    init(_ row: Row) throws {
        guard let id = TicketID(row["id"]), let agency = AgencyID(row["agency"]), let service = ServiceID(row["service"]),
            let channel = TicketChannel(rawValue: row["channel"]), let state = TicketState(row)
        else {
            throw JournalError(
                .corrupted,
                "ticket \(row["id"] as String) cannot be read; keep a copy of the folder, and restore the journal or start a new one")
        }
        self.init(
            ticket: Ticket(
                id: id, number: TicketNumber(series: row["series"], ordinal: row["ordinal"]), service: ServiceKey(agency, service),
                day: ServiceDay(number: row["day"]), issuedAt: WallTime(milliseconds: row["issued"]), claimCode: row["claim"]),
            channel: channel, state: state)
    }
}

extension TicketState {
    init?(_ row: Row) {
        switch row["state"] as String {
        case "issued": self = .issued
        case "delivered":
            guard let delivery = Delivery(rawValue: row["delivery"]) else { return nil }
            self = .delivered(delivery)
        case "void":
            guard let reason = VoidReason(rawValue: row["void"]) else { return nil }
            self = .void(reason)
        default: return nil
        }
    }
}
