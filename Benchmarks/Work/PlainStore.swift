import Foundation
import GRDBSQLite

/// What SQLite alone needs for the rows that a centre has stored: the same tables, settings and disk, as many durable transactions,
/// and every row ready in memory.
final class PlainStore {
    struct Failed: Error, CustomStringConvertible {
        var description: String
    }

    private var database: OpaquePointer?
    /// The tables to which each batch adds; the others hold a row for each chain or service.
    private static let growing = ["entries", "tickets", "numbers"]
    private static let standing = ["chains", "rollups"]

    /// - Parameters:
    ///   - done: the database of a centre.
    ///   - path: of the one to be made.
    init(like done: String, at path: String) throws {
        guard sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI, nil) == SQLITE_OK else {
            throw Failed(description: "cannot open \(path)")
        }
        try run("PRAGMA temp_store = MEMORY; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; ATTACH '\(done)' AS done")
        for table in Self.growing + Self.standing {
            for sql in try texts("SELECT sql FROM done.sqlite_master WHERE tbl_name = '\(table)' AND sql IS NOT NULL ORDER BY type DESC") {
                try run(sql)
            }
            try run("CREATE TEMP TABLE ready_\(table) AS SELECT * FROM done.\(table)")
        }
        try run("DETACH done")
    }

    deinit { sqlite3_close(database) }

    /// How many rows stand ready that were entries.
    func count() throws -> Int { try number("SELECT count(*) FROM ready_entries") }

    /// Writes all rows; returns how long it took.
    func write(transactions: Int) throws -> Duration {
        let counts = try Self.growing.map { try number("SELECT count(*) FROM ready_\($0)") }
        return try ContinuousClock().measure {
            for turn in 0..<transactions {
                try run("BEGIN IMMEDIATE")
                for (table, count) in zip(Self.growing, counts) {
                    let (first, last) = (turn * count / transactions, (turn + 1) * count / transactions)
                    try run("INSERT INTO main.\(table) SELECT * FROM ready_\(table) WHERE rowid > \(first) AND rowid <= \(last)")
                }
                for table in Self.standing { try run("INSERT OR REPLACE INTO main.\(table) SELECT * FROM ready_\(table)") }
                try run("COMMIT")
            }
        }
    }

    private func run(_ sql: String) throws {
        guard sqlite3_exec(database, sql, nil, nil, nil) == SQLITE_OK else {
            throw Failed(description: "\(sql): \(String(cString: sqlite3_errmsg(database)))")
        }
    }

    private func number(_ sql: String) throws -> Int { try texts(sql).first.flatMap { Int($0) } ?? 0 }

    private func texts(_ sql: String) throws -> [String] {
        var statement: OpaquePointer?
        guard sqlite3_prepare_v2(database, sql, -1, &statement, nil) == SQLITE_OK else {
            throw Failed(description: "\(sql): \(String(cString: sqlite3_errmsg(database)))")
        }
        defer { sqlite3_finalize(statement) }
        var texts: [String] = []
        while sqlite3_step(statement) == SQLITE_ROW { texts.append(String(cString: sqlite3_column_text(statement, 0))) }
        return texts
    }

    /// What one question of a database of another process is answered.
    static func ask(_ path: String, _ sql: String) throws -> Int {
        let store = try PlainStore(reading: path)
        return try store.number(sql)
    }

    private init(reading path: String) throws {
        guard sqlite3_open_v2(path, &database, SQLITE_OPEN_READONLY, nil) == SQLITE_OK else {
            throw Failed(description: "cannot read \(path)")
        }
        try run("PRAGMA query_only = ON")
    }
}
