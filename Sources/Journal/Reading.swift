import Foundation
import GRDB
public import KioskCore
public import SyncProtocol

/// How full the journal is.
public struct JournalStats: Hashable, Sendable {
    public var site: SiteID
    public var kiosk: KioskID
    public var epoch: Epoch
    /// Openings of this journal, this one included.
    public var run: Int
    /// Every chain, the oldest life first; the last two are the present ones.
    public var chains: [ChainState]
    public var tickets: Int
    /// Prints that have not ended.
    public var openPrints: Int
    /// Octets of the database in use, and how many it may have.
    public var size: Int64
    public var capacity: Int64
    /// Octets free on the file system.
    public var freeSpace: Int64
    /// Octets set aside there; 0 while they are given up.
    public var ballast: Int64

    /// The present chain of a lane.
    public subscript(lane: Lane) -> ChainState? { chains.last { $0.name.lane == lane } }
    /// The last entry of each lane.
    public var heads: [Lane: ChainPosition] { present(\.head) }
    /// The last entry of each lane that the centre is known to have.
    public var acknowledged: [Lane: ChainPosition] { present(\.acknowledged) }

    private func present(_ position: (ChainState) -> ChainPosition) -> [Lane: ChainPosition] {
        Dictionary(uniqueKeysWithValues: Lane.allCases.compactMap { lane in self[lane].map { (lane, position($0)) } })
    }
}

/// What following the whole journal found: every hash holds.
public struct VerifiedChains: Hashable, Sendable {
    /// Where the present chains end.
    public var heads: [Lane: ChainPosition]
    /// The entries that were followed, those of earlier epochs included.
    public var entries: Int

    public subscript(lane: Lane) -> ChainPosition? { heads[lane] }
}

extension Journal {
    /// The tickets of a service day, in the order of issue.
    public func tickets(_ day: ServiceDay) throws(JournalError) -> [TicketRecord] {
        try read { try $0.rows("SELECT * FROM tickets WHERE day = ? ORDER BY chain, entry", [day.number]).map(TicketRecord.init) }
    }

    /// The tickets of a service day with every print of each, in the order of issue and of the copies.
    public func ticketsWithPrints(_ day: ServiceDay) throws(JournalError) -> [(ticket: TicketRecord, prints: [PrintRecord])] {
        try read { database in
            let prints = try database.rows(
                "SELECT * FROM prints WHERE ticket IN (SELECT id FROM tickets WHERE day = ?) ORDER BY copy", [day.number]
            ).map { try LedgerLine($0).record }
            let byTicket = Dictionary(grouping: prints) { $0.copy?.ticket }
            return try database.rows("SELECT * FROM tickets WHERE day = ? ORDER BY chain, entry", [day.number]).map { row in
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

    /// Up to `limit` entries of the present epoch behind `sequence`, in order; their octets are the stored ones.
    public func entries(after sequence: UInt64, lane: Lane, limit: Int) throws(JournalError) -> [Entry] {
        let number = writer.life.number(lane)
        return try read { try ChainReading.entries(after: sequence, of: number, limit: limit, in: $0).map(\.entry) }
    }

    /// The same of any chain that this journal keeps.
    public func entries(after sequence: UInt64, of chain: ChainName, limit: Int) throws(JournalError) -> [Entry] {
        let number = try number(of: chain.epoch, chain.lane)
        return try read { try ChainReading.entries(after: sequence, of: number, limit: limit, in: $0).map(\.entry) }
    }

    /// Follows every chain from the first entry that is kept to the last; throws `corrupted` at the first fault.
    /// Other work goes on between portions of 500 entries.
    public func verify() async throws(JournalError) -> VerifiedChains {
        var found = VerifiedChains(heads: [:], entries: 0)
        for number in try read({ try StoredChain.all(in: $0).map(\.number) }) {
            let (position, entries) = try await verify(number)
            found.entries += entries
            if number.life == writer.life.number { found.heads[number.lane] = position }
        }
        return found
    }

    private func verify(_ number: ChainNumber) async throws(JournalError) -> (ChainPosition, Int) {
        let life = writer.life
        var verifier: ChainVerifier?
        var entries = 0
        while true {
            let (next, count) = try read { database in
                let chain = try StoredChain(number, in: database)
                var current = verifier ?? ChainVerifier(life.name(of: chain), from: chain.anchor, sha256: .swiftCrypto)
                // What was to be followed next may have been pruned meanwhile.
                if current.position.sequence < chain.anchor.sequence {
                    current = ChainVerifier(life.name(of: chain), from: chain.anchor, sha256: .swiftCrypto)
                }
                let count = try ChainReading.verify(&current, chain, limit: 500, in: database)
                return (current, count)
            }
            verifier = next
            entries += count
            if count == 0 { return (next.position, entries) }
            await Task.yield()
        }
    }

    /// How full it is, now.
    public func stats() throws(JournalError) -> JournalStats {
        let freeSpace = try environment.freeSpace(directory)
        let life = writer.life
        return try read { database in
            JournalStats(
                site: life.site, kiosk: life.kiosk, epoch: life.epoch, run: life.run,
                chains: try StoredChain.all(in: database).map { try Self.state($0, life, in: database) },
                tickets: try database.number("SELECT count(*) FROM tickets"),
                openPrints: try database.number("SELECT count(*) FROM prints WHERE state <> 'settled'"),
                size: try database.usedOctets(), capacity: limits.capacity, freeSpace: freeSpace,
                ballast: ballast?.isHeld == true ? limits.ballast : 0)
        }
    }

    static func state(_ chain: StoredChain, _ life: Life, in database: Database) throws -> ChainState {
        let from = max(chain.acknowledged.sequence, chain.anchor.sequence)
        let waiting = try ChainReading.entries(after: from, of: chain.number, limit: 1, in: database).first
        return ChainState(
            name: life.name(of: chain), reason: chain.reason, anchor: chain.anchor, head: try chain.head(in: database),
            acknowledged: chain.acknowledged, safe: chain.safe, oldestWaiting: waiting?.entry.header.clock.wall,
            unrecorded: chain.unrecorded)
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
