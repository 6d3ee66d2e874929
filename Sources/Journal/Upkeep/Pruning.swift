import Foundation
import GRDB
public import KioskCore
import SyncProtocol

/// What was dropped.
public struct Pruned: Hashable, Sendable, CustomStringConvertible {
    /// Entries from which the personal part was taken, while they stay.
    public var personalParts = 0
    public var entries = 0
    public var prints = 0
    public var tickets = 0

    public var isEmpty: Bool { self == Pruned() }

    public var description: String { "\(personalParts) personal parts, \(entries) entries, \(prints) prints, \(tickets) tickets" }

    static func += (left: inout Self, right: Self) {
        left.personalParts += right.personalParts
        left.entries += right.entries
        left.prints += right.prints
        left.tickets += right.tickets
    }
}

extension Journal {
    /// Rows of one transaction: few enough that a nearly full disk takes the log of their deletion.
    private static let portion = 1000

    /// Keeps the journal small and its disk usable; to be called now and then.
    @discardableResult
    public func tend() async throws(JournalError) -> Pruned {
        try tendBallast()
        return try await prune()
    }

    /// Drops what the centre has in a backup, in portions with a checkpoint behind each: personal parts at once, entries and tickets
    /// when they are older than ``JournalLimits/days`` or the journal is half full. Numbers are never forgotten.
    public func prune() async throws(JournalError) -> Pruned {
        var pruned = Pruned()
        while try nextStep() != nil {
            let step = try await write { [self] database in try apply(try nextStep(in: database), in: database) }
            pruned += step
            try checkpointWithBallast()
        }
        return pruned
    }

    /// Takes away what a personal part can be opened with; the entry and its chain stay as they are. The erasure of a person.
    ///
    /// Nothing of the key is left in the journal's files. What the centre has already is the centre's to destroy.
    /// - Returns: whether there was a key.
    public func destroyKey(of id: TicketID) async throws(JournalError) -> Bool {
        let wasThere = try await write { [self] database in
            _ = try ticket(id, in: database)
            return try database.row(
                """
                UPDATE entries SET wrapped_key = NULL WHERE wrapped_key IS NOT NULL AND (chain, seq) IN
                    (SELECT chain, entry FROM tickets WHERE id = ?) RETURNING seq
                """, [id.rawValue]) != nil
        }
        // The log still has the page as it was.
        try checkpointWithBallast()
        return wasThere
    }

    func checkpointWithBallast() throws(JournalError) {
        guard let connection else { return }
        do throws(JournalError) {
            try connection.checkpoint()
        } catch {
            guard error.code == .full, ballast?.release() == true else { throw error }
            try connection.checkpoint()
        }
    }
}

// MARK: - Steps

/// One portion that may go.
private enum PruningStep {
    /// The personal parts behind one entry up to another.
    case relieve(ChainNumber, after: UInt64, through: UInt64)
    case drop(ChainNumber, through: ChainPosition)
    case prints([String])
    case tickets([String])
}

extension Journal {
    private func nextStep() throws(JournalError) -> PruningStep? { try read { [self] in try nextStep(in: $0) } }

    private func nextStep(in database: Database) throws -> PruningStep? {
        let used = try database.usedOctets()
        let now = environment.clock()
        let isPressed = used >= limits.capacity / 2
        let today = ServiceDay(now.wall, in: zone)
        let oldest = isPressed ? today : ServiceDay(number: today.number - Int32(limits.days))
        // A clock that leapt ahead must not make everything old.
        let isCertain = clockWatch.doubt(now) == nil
        for chain in try StoredChain.all(in: database) {
            let start = max(chain.relieved, chain.anchor.sequence)
            if chain.number.lane == .transactions, chain.safe.sequence > start {
                return .relieve(chain.number, after: start, through: min(chain.safe.sequence, start + UInt64(Self.portion)))
            }
            // Telemetry need not wait for a backup when room is short.
            let isShort = chain.number.lane == .telemetry && used >= limits.telemetryLimit
            let end = isShort ? max(chain.safe.sequence, chain.acknowledged.sequence) : chain.safe.sequence
            guard isPressed || isCertain else { continue }
            if let last = try lastDroppable(chain, through: end, before: isPressed ? nil : oldest, in: database) {
                return .drop(chain.number, through: last)
            }
        }
        return isCertain ? try oldLedger(before: oldest, in: database) : nil
    }

    /// The end of the next portion of entries up to `end`, all of them of days before `before`; nil where there is none.
    private func lastDroppable(
        _ chain: StoredChain, through end: UInt64, before: ServiceDay?, in database: Database
    ) throws -> ChainPosition? {
        guard end > chain.anchor.sequence else { return nil }
        let rows = try database.rows(
            "SELECT seq, hash, substr(header, 193, 4) AS day FROM entries WHERE chain = ? AND seq <= ? ORDER BY seq LIMIT ?",
            [chain.number.rawValue, Int64(clamping: end), Self.portion])
        let old = rows.prefix { row in
            guard let before else { return true }
            // As EntryHeader has it at octet 192: big-endian, signed.
            let day = (row["day"] as Data).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            return ServiceDay(number: Int32(bitPattern: day)) < before
        }
        return try old.last.map { try $0.sequence("seq") }.flatMap { try chain.position(at: $0, in: database) }
    }

    /// Prints and then tickets of days before `day` that have come to their end and whose entries are gone.
    private func oldLedger(before day: ServiceDay, in database: Database) throws -> PruningStep? {
        let tickets = """
            SELECT tickets.id FROM tickets JOIN chains ON chains.number = tickets.chain
            WHERE day < ? AND state <> 'issued' AND entry <= anchor
                AND NOT EXISTS (SELECT 1 FROM prints WHERE prints.ticket = tickets.id AND prints.state <> 'settled')
            """
        // The last print that was begun stays: half of it may still hang in the printer.
        let prints = try database.rows(
            """
            SELECT id FROM prints WHERE state = 'settled' AND (ticket IN (\(tickets)) OR ticket IS NULL AND settled < ?)
                AND id IS NOT (SELECT id FROM prints WHERE begun IS NOT NULL ORDER BY run DESC, begun DESC LIMIT 1)
            LIMIT ?
            """, [day.number, (Int64(day.number) * 86_400 - zone.offset) * 1000, Self.portion])
        if !prints.isEmpty { return .prints(prints.map { $0["id"] }) }
        let ids = try database.rows(
            "\(tickets) AND NOT EXISTS (SELECT 1 FROM prints WHERE prints.ticket = tickets.id) LIMIT ?", [day.number, Self.portion])
        return ids.isEmpty ? nil : .tickets(ids.map { $0["id"] })
    }

    private func apply(_ step: PruningStep?, in database: Database) throws -> Pruned {
        var pruned = Pruned()
        switch step {
        case nil: break
        case .relieve(let chain, let after, let through):
            try database.run(
                "UPDATE entries SET sealed = NULL, wrapped_key = NULL WHERE chain = ? AND seq > ? AND seq <= ? AND sealed IS NOT NULL",
                [chain.rawValue, Int64(after), Int64(through)])
            pruned.personalParts = database.changesCount
            try database.run("UPDATE chains SET relieved = ? WHERE number = ?", [Int64(through), chain.rawValue])
        case .drop(let chain, let last):
            try database.run("DELETE FROM entries WHERE chain = ? AND seq <= ?", [chain.rawValue, Int64(last.sequence)])
            pruned.entries = database.changesCount
            try database.run(
                "UPDATE chains SET anchor = ?, anchor_hash = ? WHERE number = ?",
                [Int64(last.sequence), Data(last.hash.octets), chain.rawValue])
        case .prints(let ids):
            for id in ids { try database.run("DELETE FROM prints WHERE id = ?", [id]) }
            pruned.prints = ids.count
        case .tickets(let ids):
            for id in ids { try database.run("DELETE FROM tickets WHERE id = ?", [id]) }
            pruned.tickets = ids.count
        }
        return pruned
    }
}
