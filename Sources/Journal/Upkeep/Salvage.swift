import Foundation
import GRDB
import SyncProtocol

/// The last number of a series and day.
struct SeriesCounter: Hashable, Sendable {
    var series: String
    var day: Int32
    var last: Int
}

/// What can still be read in a damaged journal of what the next one must know. It is read value by value: any of them may be spoilt.
struct Salvage: Sendable {
    /// The counters, and what tickets say of them.
    var counters: [SeriesCounter] = []
    /// The last epoch, and the last entry of its transactions that can be read; nil where that is not certain.
    var former: (epoch: Epoch, head: ChainPosition)?

    init(of path: String) {
        guard FileManager.default.fileExists(atPath: path), let queue = try? DatabaseQueue(path: path) else { return }
        counters = Self.counters(queue)
        former = Self.former(queue)
        try? queue.close()
    }

    private static func counters(_ queue: DatabaseQueue) -> [SeriesCounter] {
        var found: [SeriesCounter: Int] = [:]
        for sql in ["SELECT series, day, last FROM counters", "SELECT series, day, ordinal AS last FROM tickets"] {
            each(sql, queue) { row in
                guard let series = String.fromDatabaseValue(row["series"]), let day = Int32.fromDatabaseValue(row["day"]),
                    let last = Int.fromDatabaseValue(row["last"]), last > 0
                else { return true }
                let key = SeriesCounter(series: series, day: day, last: 0)
                found[key] = max(found[key] ?? 0, last)
                return true
            }
        }
        return found.map { SeriesCounter(series: $0.key.series, day: $0.key.day, last: $0.value) }
    }

    /// Only the last life will do: to name an earlier one would be wrong.
    private static func former(_ queue: DatabaseQueue) -> (epoch: Epoch, head: ChainPosition)? {
        var last: (chain: ChainNumber, epoch: Epoch, anchor: ChainPosition)?
        each("SELECT number, epoch, anchor, anchor_hash FROM chains ORDER BY number DESC", queue) { row in
            guard let number = Int.fromDatabaseValue(row["number"]), let epoch = Epoch(octets: octets(row["epoch"])) else { return false }
            let anchor = position(row["anchor"], octets(row["anchor_hash"])) ?? .start
            last = (ChainNumber(life: ChainNumber(number).life, .transactions), epoch, anchor)
            return ChainNumber(number).lane != .transactions
        }
        guard let last else { return nil }
        var head = last.anchor
        // From its end, and where the end is unreadable from its beginning.
        for order in ["DESC", "ASC"] where head == last.anchor {
            each("SELECT seq, header, hash FROM entries WHERE chain = \(last.chain.rawValue) ORDER BY seq \(order)", queue) { row in
                let (header, hash) = (octets(row["header"]), octets(row["hash"]))
                guard let found = position(row["seq"], hash), EntryHasher.swiftCrypto(header) == found.hash,
                    let read = try? EntryHeader(decoding: header), (read.sequence, read.epoch) == (found.sequence, last.epoch)
                else { return true }
                head = found
                return order == "ASC"
            }
        }
        return (last.epoch, head)
    }

    private static func position(_ sequence: DatabaseValue, _ hash: [UInt8]) -> ChainPosition? {
        guard let sequence = Int64.fromDatabaseValue(sequence).flatMap(UInt64.init(exactly:)), let hash = EntryHash(octets: hash) else {
            return nil
        }
        return ChainPosition(sequence: sequence, hash: hash)
    }

    private static func octets(_ value: DatabaseValue) -> [UInt8] { [UInt8](Data.fromDatabaseValue(value) ?? Data()) }

    /// Row by row, up to the first that cannot be read or that is answered by `false`: nothing may be missing that was readable.
    private static func each(_ sql: String, _ queue: DatabaseQueue, _ body: (Row) -> Bool) {
        try? queue.unsafeRead { database in
            let rows = try Row.fetchCursor(database, sql: sql)
            while let row = try rows.next() {
                guard body(row) else { return }
            }
        }
    }
}
