import Foundation
import GRDB
import KioskCore
import SyncProtocol

extension ChainName {
    /// The first columns of every table that tells of chains.
    var key: StatementArguments { [site.rawValue, kiosk.rawValue, Data(epoch.octets), Int64(lane.rawValue)] }
    static let keyMatches = "site = ? AND kiosk = ? AND epoch = ? AND lane = ?"
}

/// The stored position of one chain.
struct ChainCursor {
    let chain: ChainName
    var position: ChainPosition
    /// The highest sequence that the kiosk ever said it has.
    var head: UInt64
    /// When its kiosk was last heard; nil: never.
    let contact: WallTime?

    /// Reads it; a chain of which nothing was heard stands at its start.
    init(_ chain: ChainName, in database: Database) throws {
        self.chain = chain
        guard let row = try database.row("SELECT upto, hash, head, contact FROM chains WHERE \(ChainName.keyMatches)", chain.key) else {
            (position, head, contact) = (.start, 0, nil)
            return
        }
        position = ChainPosition(sequence: UInt64(row["upto"] as Int64), hash: try Self.hash(row["hash"], chain))
        head = UInt64(row["head"] as Int64)
        contact = WallTime(milliseconds: row["contact"])
    }

    /// - Parameter waiting: for how long the oldest entry that is not here has been waiting, as the kiosk says.
    func store(contact: WallTime, waiting: Duration?, in database: Database) throws {
        try database.run(
            """
            INSERT INTO chains (site, kiosk, epoch, lane, upto, hash, head, contact, waiting) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET upto = excluded.upto, hash = excluded.hash, head = excluded.head, contact = excluded.contact,
                waiting = excluded.waiting
            """,
            chain.key + [
                Int64(position.sequence), Data(position.hash.octets), Int64(head), contact.milliseconds, waiting?.components.seconds,
            ])
    }

    /// The chain hash of a stored entry, also of one that could not be read.
    static func storedHash(_ chain: ChainName, _ sequence: UInt64, in database: Database) throws -> EntryHash? {
        guard sequence <= UInt64(Int64.max) else { return nil }
        for table in ["entries", "dead_letters"] {
            let row = try database.row(
                "SELECT hash FROM \(table) WHERE \(ChainName.keyMatches) AND seq = ?", chain.key + [Int64(sequence)])
            if let row { return try hash(row["hash"], chain) }
        }
        return nil
    }

    /// How far a backup has this chain.
    static func safe(_ chain: ChainName, in database: Database) throws -> ChainPosition? {
        let row = try database.row("SELECT upto, hash FROM safe WHERE \(ChainName.keyMatches)", chain.key)
        return try row.map { ChainPosition(sequence: UInt64($0["upto"] as Int64), hash: try hash($0["hash"], chain)) }
    }

    private static func hash(_ data: Data, _ chain: ChainName) throws -> EntryHash {
        guard let hash = EntryHash(octets: [UInt8](data)) else {
            throw StoreError(
                .corrupted, "a chain hash of \(chain.site)/\(chain.kiosk) has \(data.count) octets instead of 32; restore the last backup")
        }
        return hash
    }
}
