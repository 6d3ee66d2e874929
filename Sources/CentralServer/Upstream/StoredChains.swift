import Foundation
import GRDB
import KioskCore
import SyncProtocol

/// What the way further up needs of the store: each chain as its kiosk wrote it, read from the centre's copy.
extension CentralStore {
    /// The chains that are followed, by name.
    func chains() throws(StoreError) -> [ChainName] {
        try look { try $0.rows("SELECT site, kiosk, epoch, lane FROM chains ORDER BY site, kiosk, epoch, lane").map(ChainName.init) }
    }

    /// Where the copy of a chain ends.
    func head(of chain: ChainName) throws(StoreError) -> ChainPosition { try look { try ChainCursor(chain, in: $0).position } }

    /// The chain hashes of a chain's entries at these places, as far as there are any.
    func hashes(of sequences: Set<UInt64>, _ chain: ChainName) throws(StoreError) -> [UInt64: EntryHash] {
        try look { database in
            var hashes: [UInt64: EntryHash] = [:]
            for sequence in sequences { hashes[sequence] = try ChainCursor.storedHash(chain, sequence, in: database) }
            return hashes
        }
    }

    /// Entries behind `position` as they came, those among them that could not be read, too.
    func batch(of chain: ChainName, after position: ChainPosition, limit: Int) throws(StoreError) -> Batch {
        try look { database in
            let behind = "\(ChainName.keyMatches) AND seq > ?"
            let key = chain.key + [Int64(clamping: position.sequence)]
            let limit = "ORDER BY seq LIMIT \(min(limit, Batch.maximumEntries))"
            let read = try database.rows("SELECT * FROM entries WHERE \(behind) \(limit)", key).map {
                ($0["seq"] as Int64, try Entry($0).octets)
            }
            let raw = try database.rows("SELECT seq, octets FROM dead_letters WHERE \(behind) \(limit)", key)
                .map { ($0["seq"] as Int64, [UInt8]($0["octets"] as Data)) }
            var octets = 0
            let entries = (read + raw).sorted { $0.0 < $1.0 }.prefix(Batch.maximumEntries).prefix { _, entry in
                octets += entry.count
                // A single entry goes however large it is.
                return octets <= Batch.maximumOctets || octets == entry.count
            }
            return Batch(chain: chain, head: try ChainCursor(chain, in: database).position, entries: entries.map(\.1))
        }
    }

    /// When the oldest entry came that the centre above does not have.
    func oldestForwarded(_ chain: ChainName) throws(StoreError) -> WallTime? {
        try look { database in
            let acknowledged = try Self.upstream(chain, in: database)
            let key = chain.key + [Int64(clamping: acknowledged.sequence)]
            return try database.row(
                "SELECT received FROM entries WHERE \(ChainName.keyMatches) AND seq > ? ORDER BY seq LIMIT 1", key
            ).map { WallTime(milliseconds: $0["received"]) }
        }
    }

    /// The last entry that the centre above is known to have.
    func upstream(_ chain: ChainName) throws(StoreError) -> ChainPosition { try look { try Self.upstream(chain, in: $0) } }

    /// Remembers that the centre above has this entry.
    func setUpstream(_ position: ChainPosition, _ chain: ChainName) throws(StoreError) {
        try change { database in
            try database.run(
                """
                INSERT INTO upstream (site, kiosk, epoch, lane, upto, hash) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET upto = excluded.upto, hash = excluded.hash
                """,
                chain.key + [Int64(clamping: position.sequence), Data(position.hash.octets)])
        }
    }

    private static func upstream(_ chain: ChainName, in database: Database) throws -> ChainPosition {
        guard let row = try database.row("SELECT upto, hash FROM upstream WHERE \(ChainName.keyMatches)", chain.key) else { return .start }
        guard let hash = EntryHash(octets: [UInt8](row["hash"] as Data)) else {
            throw StoreError(.corrupted, "what the centre above has of \(chain.site)/\(chain.kiosk) is damaged; restore the last backup")
        }
        return ChainPosition(sequence: UInt64(row["upto"] as Int64), hash: hash)
    }
}
