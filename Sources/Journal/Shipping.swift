import Broadcasting
import Foundation
import GRDB
public import SyncProtocol

/// What the sync of one lane needs of the journal.
extension Journal {
    /// How a lane of this journal is called wherever its entries go.
    public nonisolated func chain(_ lane: Lane) -> ChainName { writer.life.chain(lane) }

    /// For how long the oldest entry that the centre does not have has been waiting; `nil` when it has all.
    public func waiting(_ lane: Lane) throws(JournalError) -> Duration? {
        let now = environment.clock()
        return try read { database in
            let acknowledged = try Self.acknowledged(lane, in: database)
            return try ChainReading.entries(after: acknowledged.sequence, lane: lane, limit: 1, in: database).first
                .map { now.since($0.entry.header.clock) }
        }
    }

    /// The last entry of a lane.
    public func head(of lane: Lane) throws(JournalError) -> ChainPosition {
        try read { try EntryWriter.head(lane, in: $0) }
    }

    /// The chain hash of entry `sequence`; nil when there is none.
    public func hash(of sequence: UInt64, lane: Lane) throws(JournalError) -> EntryHash? {
        guard sequence > 0 else { return nil }
        return try read { database in
            let position = try ChainReading.position(at: sequence, lane, in: database)
            return position.sequence == sequence ? position.hash : nil
        }
    }

    /// The next batch for the centre: entries behind `position` as stored, at most as many as a batch holds, and the chain's head.
    ///
    /// - Parameter limit: how many entries it may have at most, from 1.
    public func batch(
        after position: ChainPosition, lane: Lane, limit: Int = Batch.maximumEntries
    ) throws(JournalError) -> Batch {
        try read { database in
            var octets = 0
            let entries = try ChainReading.readable(
                after: position.sequence, lane: lane, limit: min(limit, Batch.maximumEntries), in: database
            ).map(\.octets).prefix { entry in
                octets += entry.count
                // A single entry goes however large it is.
                return octets <= Batch.maximumOctets || octets == entry.count
            }
            return Batch(
                chain: writer.life.chain(lane), head: try EntryWriter.head(lane, in: database), entries: Array(entries))
        }
    }

    /// Remembers that the centre has this entry. One that is not this journal's own is refused: nothing may be called safe by it.
    public func acknowledge(_ position: ChainPosition, lane: Lane) throws(JournalError) {
        guard position != .start else {
            try write { try $0.run("DELETE FROM acknowledged WHERE lane = ?", [Int(lane.rawValue)]) }
            return
        }
        try write { database in
            guard try ChainReading.position(at: position.sequence, lane, in: database) == position else {
                throw JournalError(
                    .foreign,
                    "entry \(position.sequence) of the \(lane) lane is not the one that the centre acknowledged; compare its report")
            }
            try database.run(
                "INSERT INTO acknowledged (lane, seq, hash) VALUES (?, ?, ?) ON CONFLICT (lane) DO UPDATE SET seq = excluded.seq, hash = excluded.hash",
                [Int(lane.rawValue), Int64(position.sequence), Data(position.hash.octets)])
        }
    }

    /// Remembers that a backup of the centre has this entry. Refused when it is not this journal's own, or not acknowledged.
    public func markSafe(_ position: ChainPosition, lane: Lane) throws(JournalError) {
        try write { database in
            let isOwn = try ChainReading.position(at: position.sequence, lane, in: database) == position
            guard isOwn, try position.sequence <= Self.acknowledged(lane, in: database).sequence else {
                throw JournalError(
                    .foreign,
                    "entry \(position.sequence) of the \(lane) lane is not one that the centre has acknowledged; compare its report")
            }
            try database.run(
                """
                INSERT INTO safe (lane, seq, hash) VALUES (?, ?, ?)
                ON CONFLICT (lane) DO UPDATE SET seq = excluded.seq, hash = excluded.hash WHERE excluded.seq > safe.seq
                """,
                [Int(lane.rawValue), Int64(position.sequence), Data(position.hash.octets)])
        }
    }

    /// The last entry that the centre is known to have.
    public func acknowledged(_ lane: Lane) throws(JournalError) -> ChainPosition {
        try read { try Self.acknowledged(lane, in: $0) }
    }

    /// The last entry that a backup of the centre is known to have.
    public func safe(_ lane: Lane) throws(JournalError) -> ChainPosition {
        try read { try Self.told("safe", lane, in: $0) }
    }

    static func acknowledged(_ lane: Lane, in database: Database) throws -> ChainPosition {
        try told("acknowledged", lane, in: database)
    }

    /// What the centre said of a lane last.
    private static func told(_ table: String, _ lane: Lane, in database: Database) throws -> ChainPosition {
        guard let row = try database.row("SELECT seq, hash FROM \(table) WHERE lane = ?", [Int(lane.rawValue)]) else { return .start }
        guard let hash = EntryHash(octets: [UInt8](row["hash"] as Data)) else {
            throw JournalError(.corrupted, JournalError.damaged("what is \(table) of the \(lane) lane", "its hash is not of 32 octets"))
        }
        return ChainPosition(sequence: UInt64(row["seq"] as Int64), hash: hash)
    }

    /// A value at once, and after each transaction; whoever is slow misses values, never the latest.
    public nonisolated func changes() -> AsyncStream<Void> { watchers.add(first: ()).stream }
}
