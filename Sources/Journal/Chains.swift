import Foundation
import GRDB
public import KioskCore
import SQLiteAccess
public import SyncProtocol

/// Where a chain stands in the database: the chains of one life stand together, and lives in their order.
struct ChainNumber: Hashable, Sendable {
    let rawValue: Int

    init(life: Int, _ lane: Lane) { rawValue = 2 * (life - 1) + Int(lane.rawValue) }
    init(_ rawValue: Int) { self.rawValue = rawValue }

    /// From 1; grows with each new epoch.
    var life: Int { (rawValue + 1) / 2 }
    var lane: Lane { rawValue % 2 == 1 ? .transactions : .telemetry }
}

/// What the database knows of a chain beside its entries.
struct StoredChain {
    var number: ChainNumber
    var epoch: Epoch
    /// Why this life began; empty for the first.
    var reason: String
    /// The last entry that was pruned. What is kept follows it.
    var anchor: ChainPosition
    /// The last entry that the centre is known to have, and the last that it has in a backup too.
    var acknowledged: ChainPosition
    var safe: ChainPosition
    /// Up to here the personal parts are gone.
    var relieved: UInt64
    /// How many entries were not recorded, for want of room. Only telemetry is ever left out.
    var unrecorded: Int

    init(_ number: ChainNumber, in database: Database) throws {
        guard let row = try database.row("SELECT * FROM chains WHERE number = ?", [number.rawValue]) else {
            throw JournalError(.corrupted, JournalError.damaged("the list of chains", "chain \(number.rawValue) is not in it"))
        }
        try self.init(row)
    }

    init(_ row: Row) throws {
        number = ChainNumber(row["number"])
        guard let epoch = Epoch(octets: [UInt8](row["epoch"] as Data)) else {
            throw JournalError(.corrupted, JournalError.damaged("chain \(number.rawValue)", "it has no epoch"))
        }
        self.epoch = epoch
        reason = row["reason"]
        let position = { (sequence: String, hash: String) throws -> ChainPosition in
            guard let octets = EntryHash(octets: [UInt8](row[hash] as Data)) else {
                throw JournalError(.corrupted, JournalError.damaged("chain \(row["number"] as Int)", "its \(hash) is not of 32 octets"))
            }
            return try ChainPosition(sequence: row.sequence(sequence), hash: octets)
        }
        anchor = try position("anchor", "anchor_hash")
        acknowledged = try position("acknowledged", "acknowledged_hash")
        safe = try position("safe", "safe_hash")
        relieved = try row.sequence("relieved")
        unrecorded = row["unrecorded"]
    }

    /// All of them, the oldest life first.
    static func all(in database: Database) throws -> [StoredChain] {
        try database.rows("SELECT * FROM chains ORDER BY number").map(StoredChain.init)
    }

    /// Begins the two chains of a life.
    static func begin(_ life: Int, _ epoch: Epoch, _ reason: String, at time: WallTime, in database: Database) throws {
        for lane in Lane.allCases {
            try database.run(
                "INSERT INTO chains (number, epoch, reason, began) VALUES (?, ?, ?, ?)",
                [ChainNumber(life: life, lane).rawValue, Data(epoch.octets), reason, time.milliseconds])
        }
    }

    /// The last entry, also when all of them were pruned.
    func head(in database: Database) throws -> ChainPosition { try Self.head(of: number, in: database) }

    /// The same where nothing else of the chain is asked for.
    static func head(of number: ChainNumber, in database: Database) throws -> ChainPosition {
        var last: ChainPosition?
        try database.quickly("SELECT seq, hash FROM entries WHERE chain = ? ORDER BY seq DESC LIMIT 1") {
            $0.put(number.rawValue)
        } row: {
            last = try position($0.integer(0), $0.octets(1), number.lane)
        }
        return try last ?? StoredChain(number, in: database).anchor
    }

    /// Where the chain stands at `sequence`; nil where there is no such entry, or no more.
    func position(at sequence: UInt64, in database: Database) throws -> ChainPosition? {
        if sequence == 0 { return .start }
        if sequence == anchor.sequence { return anchor }
        return try database.row(
            "SELECT seq, hash FROM entries WHERE chain = ? AND seq = ?", [number.rawValue, Int64(clamping: sequence)]
        ).map { try Self.position($0["seq"], [UInt8]($0["hash"] as Data), number.lane) }
    }

    private static func position(_ stored: Int64, _ octets: [UInt8], _ lane: Lane) throws -> ChainPosition {
        guard let sequence = UInt64(exactly: stored), let hash = EntryHash(octets: octets) else {
            throw JournalError(
                .corrupted,
                JournalError.damaged("entry \(stored) of the \(lane) lane", "its sequence is negative or its chain hash not of 32 octets"))
        }
        return ChainPosition(sequence: sequence, hash: hash)
    }
}

/// One chain of the journal, as people and the centre see it.
public struct ChainState: Hashable, Sendable {
    public var name: ChainName
    /// Why its epoch began; empty for the first.
    public var reason: String
    /// The last entry that was pruned: what is kept begins behind it.
    public var anchor: ChainPosition
    public var head: ChainPosition
    /// The last entry that the centre is known to have.
    public var acknowledged: ChainPosition
    /// The last entry that the centre has in a backup, too.
    public var safe: ChainPosition
    /// When the oldest entry that the centre is not known to have was written; nil without one.
    public var oldestWaiting: WallTime?
    /// Telemetry that was not recorded, for want of room.
    public var unrecorded: Int

    /// How many entries the centre is not known to have.
    public var waiting: UInt64 { head.sequence > acknowledged.sequence ? head.sequence - acknowledged.sequence : 0 }
}
