import Foundation
import GRDBSQLite

/// What SQLite itself is asked for one ticket, by its C interface and with octets that are ready: on tables that a journal has made,
/// with the journal's settings. What the journal adds (hashing, encoding, its queue) is left out.
final class PlainTickets {
    struct Failed: Error, CustomStringConvertible {
        var description: String
    }

    private var database: OpaquePointer?
    private let statements: [Statement: OpaquePointer?]
    private var sequence: Int64 = 1_000_000
    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    private static let header = [UInt8](repeating: 7, count: 336)
    private static let body = [UInt8](repeating: 0x20, count: 240)

    private enum Statement: String, CaseIterable {
        case begin = "BEGIN IMMEDIATE"
        case commit = "COMMIT"
        case count = "UPDATE life SET commits = commits + 1, wall = 1, boot = zeroblob(16), monotonic = 1"
        case number =
            "INSERT INTO counters (series, day, last) VALUES ('KKB', 1, 1) ON CONFLICT (series, day) DO UPDATE SET last = last + 1 RETURNING last"
        case chain = "SELECT * FROM chains WHERE number = 1"
        case head = "SELECT seq, hash FROM entries WHERE chain = 1 ORDER BY seq DESC LIMIT 1"
        case entry = "INSERT INTO entries (chain, seq, header, body, hash) VALUES (1, ?, ?, ?, zeroblob(32))"
        case ticket = """
            INSERT INTO tickets (id, series, ordinal, day, agency, service, channel, issued, claim, run, chain, entry, state)
            VALUES (?, 'KKB', ?, 1, 'dukcapil', 'ktp-el', 'screen', 1790000000000, 'ABCDEFGHJK', 1, 1, ?, 'issued')
            """
        case print = "INSERT INTO prints (id, ticket, copy, state, requested, run) VALUES (?, ?, 1, 'intent', 1790000000000, 1)"
    }

    /// - Parameter path: the database of a journal that is closed.
    init(_ path: String) throws {
        guard sqlite3_open(path, &database) == SQLITE_OK else { throw Failed(description: "cannot open \(path)") }
        let settings = """
            PRAGMA locking_mode = EXCLUSIVE; PRAGMA temp_store = MEMORY; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
            PRAGMA secure_delete = ON; PRAGMA foreign_keys = ON;
            """
        sqlite3_exec(database, settings, nil, nil, nil)
        var statements: [Statement: OpaquePointer?] = [:]
        for statement in Statement.allCases {
            var prepared: OpaquePointer?
            guard sqlite3_prepare_v2(database, statement.rawValue, -1, &prepared, nil) == SQLITE_OK else {
                throw Failed(description: "\(statement): \(String(cString: sqlite3_errmsg(database)))")
            }
            statements[statement] = prepared
        }
        self.statements = statements
    }

    deinit {
        for statement in statements.values { sqlite3_finalize(statement) }
        sqlite3_close(database)
    }

    /// That many tickets in one durable transaction.
    func commit(_ count: Int) throws {
        try step(.begin)
        for _ in 0..<count { try ticket() }
        try step(.count)
        try step(.commit)
    }

    private func ticket() throws {
        sequence += 1
        let sequence = sequence
        let id = String(format: "%026lld", sequence)
        try step(.number)
        try step(.chain)
        try step(.head)
        try step(.entry) {
            sqlite3_bind_int64($0, 1, sequence)
            sqlite3_bind_blob($0, 2, Self.header, CInt(Self.header.count), Self.copied)
            sqlite3_bind_blob($0, 3, Self.body, CInt(Self.body.count), Self.copied)
        }
        try step(.ticket) {
            sqlite3_bind_text($0, 1, id, -1, Self.copied)
            sqlite3_bind_int64($0, 2, sequence)
            sqlite3_bind_int64($0, 3, sequence)
        }
        try step(.print) {
            sqlite3_bind_text($0, 1, id + ".1", -1, Self.copied)
            sqlite3_bind_text($0, 2, id, -1, Self.copied)
        }
    }

    private func step(_ name: Statement, _ bind: (OpaquePointer?) -> Void = { _ in }) throws {
        guard let statement = statements[name] else { return }
        bind(statement)
        var code = sqlite3_step(statement)
        while code == SQLITE_ROW { code = sqlite3_step(statement) }
        sqlite3_reset(statement)
        guard code == SQLITE_DONE else { throw Failed(description: "\(name): \(String(cString: sqlite3_errmsg(database)))") }
    }
}
