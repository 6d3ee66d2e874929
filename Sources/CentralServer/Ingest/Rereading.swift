import Foundation
import GRDB
import KioskCore
import SyncProtocol

/// Reads again what an earlier version could not, portion by portion, each in a transaction.
///
/// Dead letters come first and everything goes by its place in its chain, so that a ticket is issued before it is delivered.
struct Rereading {
    let sha256: EntryHasher
    let database: Database

    init(sha256: EntryHasher, in database: Database) {
        self.sha256 = sha256
        self.database = database
    }

    /// Behind which row the next portion begins.
    struct Place {
        var isPastDeadLetters = false
        var key: StatementArguments?
        static let first = Self()
    }

    private static let portion = 500
    private static let columns = "(site, kiosk, epoch, lane, seq)"

    /// Returns how many entries are read now that were not, and where to go on; `nil` at the end.
    func run(from place: Place) throws -> (count: Int, next: Place?) {
        let table = place.isPastDeadLetters ? "unread" : "dead_letters"
        let condition = place.isPastDeadLetters ? Self.readable : "1"
        let behind = place.key == nil ? "1" : "\(Self.columns) > (?, ?, ?, ?, ?)"
        let rows = try database.rows(
            "SELECT * FROM \(table) WHERE (\(condition)) AND \(behind) ORDER BY site, kiosk, epoch, lane, seq LIMIT \(Self.portion)",
            place.key ?? [])
        var count = 0
        for row in rows {
            let chain = try ChainName(row)
            if try place.isPastDeadLetters ? recount(row, chain) : revive(row, chain) { count += 1 }
        }
        guard let last = rows.last, rows.count == Self.portion else {
            return (count, place.isPastDeadLetters ? nil : Place(isPastDeadLetters: true))
        }
        return (count, Place(isPastDeadLetters: place.isPastDeadLetters, key: try ChainName(last).key + [last["seq"] as Int64]))
    }

    /// Notes of kinds that this version counts. One that is counted already is left until its schema is known.
    private static let readable = TicketProjection.schemas.map { kind, schema in
        "(kind = '\(kind)' AND (counted = 0 OR schema <= \(schema)))"
    }.sorted().joined(separator: " OR ")

    /// A dead letter that can be read now becomes an entry like any other.
    private func revive(_ row: Row, _ chain: ChainName) throws -> Bool {
        guard let entry = try? Entry(decoding: [UInt8](row["octets"] as Data)) else { return false }
        let hash = entry.chainHash(sha256)
        guard Data(hash.octets) == row["hash"] as Data else { return false }
        let received = WallTime(milliseconds: row["received"])
        try entry.store(chain, hash, received: received, in: database)
        try database.run("DELETE FROM dead_letters WHERE \(ChainName.keyMatches) AND seq = ?", chain.key + [row["seq"] as Int64])
        let projection = TicketProjection(chain, at: received, in: database)
        try projection.take(entry)?.store(entry, chain, in: database)
        try projection.finish()
        return true
    }

    private func recount(_ row: Row, _ chain: ChainName) throws -> Bool {
        let key = chain.key + [row["seq"] as Int64]
        if !(row["counted"] as Bool) {
            guard let stored = try database.row("SELECT * FROM entries WHERE \(ChainName.keyMatches) AND seq = ?", key) else {
                throw StoreError(.corrupted, "an entry that was noted as not understood is missing; restore the last backup")
            }
            let entry = try Entry(stored)
            let projection = TicketProjection(chain, at: WallTime(milliseconds: stored["received"]), in: database)
            let unread = try projection.take(entry)
            try projection.finish()
            if let unread {
                try unread.store(entry, chain, in: database)
                return unread.isCounted
            }
        }
        try database.run("DELETE FROM unread WHERE \(ChainName.keyMatches) AND seq = ?", key)
        return true
    }
}
