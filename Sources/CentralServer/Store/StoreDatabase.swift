import GRDB

/// The one connection that writes and checkpoints the centre's database.
///
/// One, because SQLite before 3.51.3 can corrupt a WAL database when one connection checkpoints while another writes
/// (sqlite.org/wal.html, "the WAL-reset bug"). Other processes may read: ``StoreReader``.
struct StoreDatabase {
    let path: String
    private let queue: DatabaseQueue
    static let pageSize: Int64 = 4096

    /// - Parameter capacity: octets that the database may take, where a limit below the disk's is wanted.
    init(_ folder: StoreFolder, capacity: Int64?) throws(StoreError) {
        path = folder.database
        try folder.makeDatabase()
        var configuration = Configuration()
        configuration.label = "centre"
        configuration.journalMode = .wal
        // A reader that starts holds the log for a moment.
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA temp_store = MEMORY") }
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.writeWithoutTransaction { [path] database in
                // GRDB sets NORMAL when it turns WAL on, which loses acknowledged commits in a power cut.
                try database.execute(sql: "PRAGMA synchronous = FULL")
                try Self.requireDurable(database, path)
                try database.execute(sql: "PRAGMA journal_size_limit = \(32 << 20)")
            }
            guard try !queue.read(StoreSchema.migrator.hasBeenSuperseded) else {
                throw StoreError(
                    .newer, "\(path) was written by a newer version of this program; install that version again. Nothing was changed")
            }
            try StoreSchema.migrator.migrate(queue)
            try queue.read { try StoreSchema.migrator.requireTables(in: $0, at: folder.database) }
            if let capacity { try limit(to: capacity) }
        } catch {
            throw StoreError(error, at: folder.database)
        }
    }

    /// How the connection commits: `PRAGMA synchronous` and `PRAGMA journal_mode`, read back from itself.
    static func durability(_ database: Database) throws -> (synchronous: Int, journalMode: String) {
        (
            try Int.fetchOne(database, sql: "PRAGMA synchronous") ?? 0,
            try String.fetchOne(database, sql: "PRAGMA journal_mode") ?? ""
        )
    }

    /// Refuses anything that a power cut could undo.
    private static func requireDurable(_ database: Database, _ path: String) throws {
        let (synchronous, mode) = try durability(database)
        guard synchronous >= 2, mode == "wal" else {
            throw StoreError(
                .notDurable,
                "\(path) would commit with synchronous=\(synchronous), journal_mode=\(mode) instead of FULL (2) and wal; "
                    + "keep the store on a local file system")
        }
    }

    func limit(to capacity: Int64) throws {
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA max_page_count = \(max(16, capacity / Self.pageSize))") }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws -> Value { try queue.read(body) }

    /// Asks outside of any transaction, as the connection that writes.
    func ask<Value>(_ body: (Database) throws -> Value) throws -> Value { try queue.writeWithoutTransaction(body) }

    /// One durable transaction.
    func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try queue.writeWithoutTransaction { database in
            var value: Value?
            try database.inTransaction(.immediate) {
                value = try body(database)
                return .commit
            }
            guard let value else { throw StoreError(.failed, "\(path): a transaction ended without a value") }
            return value
        }
    }

    /// Closes it; what the log holds goes into the database file first.
    func close() throws { try queue.close() }
}

extension Database {
    /// Runs one statement that is compiled once.
    func run(_ sql: String, _ arguments: StatementArguments = []) throws {
        try cachedStatement(sql: sql).execute(arguments: arguments)
    }

    func row(_ sql: String, _ arguments: StatementArguments = []) throws -> Row? {
        try Row.fetchOne(cachedStatement(sql: sql), arguments: arguments)
    }

    func rows(_ sql: String, _ arguments: StatementArguments = []) throws -> [Row] {
        try Row.fetchAll(cachedStatement(sql: sql), arguments: arguments)
    }
}
