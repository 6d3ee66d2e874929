import GRDB
import Glibc
import SQLiteAccess

/// The one connection that reads, writes and checkpoints the journal's database.
///
/// One, because SQLite before 3.51.3 can corrupt a WAL database when one connection checkpoints while another writes
/// (sqlite.org/wal.html, "the WAL-reset bug"). `locking_mode=EXCLUSIVE` lets SQLite itself hold off every other process.
struct Connection {
    let path: String
    private let queue: DatabaseQueue
    private let statements: TicketStatements
    static let pageSize: Int64 = 4096

    init(_ path: String, limits: JournalLimits, _ statements: TicketStatements) throws(JournalError) {
        self.path = path
        self.statements = statements
        try Self.makeFile(path)
        var configuration = Configuration()
        configuration.label = "journal"
        configuration.journalMode = .wal
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA locking_mode = EXCLUSIVE")
            // A sorter must not leave copies of rows in files elsewhere.
            try database.execute(sql: "PRAGMA temp_store = MEMORY")
        }
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.writeWithoutTransaction { database in
                // GRDB sets NORMAL when it turns WAL on, which loses acknowledged commits in a power cut.
                try database.execute(sql: "PRAGMA synchronous = FULL")
                try Self.requireDurable(database, path)
                try database.execute(sql: "PRAGMA max_page_count = \(max(16, limits.capacity / Self.pageSize))")
                try database.execute(sql: "PRAGMA journal_size_limit = \(8 << 20)")
                // What was deleted is overwritten, not only forgotten.
                try database.execute(sql: "PRAGMA secure_delete = ON")
            }
        } catch {
            throw JournalError(error, at: path)
        }
    }

    /// Makes the file before SQLite does, whose files would be readable for everybody; its log inherits the mode.
    private static func makeFile(_ path: String) throws(JournalError) {
        let file = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            let problem = errno
            throw JournalError(
                problem == ENOSPC ? .full : .readOnly,
                "\(path): \(String(cString: strerror(problem))); give the file to the kiosk's user, on a disk with room")
        }
        Glibc.close(file)
    }

    /// Asks the connection itself how it commits, and refuses anything that a power cut could undo.
    static func requireDurable(_ database: Database, _ path: String) throws {
        let synchronous = try Int.fetchOne(database, sql: "PRAGMA synchronous") ?? 0
        let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode") ?? ""
        guard synchronous >= 2, mode == "wal" else {
            throw JournalError(
                .notDurable,
                "\(path) would commit with synchronous=\(synchronous), journal_mode=\(mode) instead of FULL (2) and wal; "
                    + "keep the journal on a local file system")
        }
    }

    /// Brings the tables up to date; refuses a database that a newer program has changed, or one that is damaged.
    func prepare() throws(JournalError) {
        do {
            let fault = try queue.read { try String.fetchOne($0, sql: "PRAGMA integrity_check(1)") }
            guard fault == "ok" else { throw JournalError(.corrupted, JournalError.damaged(path, fault ?? "integrity_check is silent")) }
            guard try !queue.read(Schema.migrator.hasBeenSuperseded) else {
                throw JournalError(
                    .newer, "\(path) was written by a newer version of this program; install that version again. Nothing was changed")
            }
            try Schema.migrator.migrate(queue)
            try queue.read { try Schema.require(in: $0, at: path) }
        } catch {
            throw JournalError(error, at: path)
        }
    }

    /// Reads one state of the database, though without a transaction: nobody else can write meanwhile.
    func read<Value>(_ body: (Database) throws -> Value) throws(JournalError) -> Value {
        do { return try queue.unsafeRead(body) } catch { throw JournalError(error, at: path) }
    }

    /// One durable transaction.
    func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try queue.writeWithoutTransaction { database in
            try statements.begin(in: database).quickly()
            do {
                let value = try body(database)
                try statements.commit(in: database).quickly()
                return value
            } catch {
                // SQLite has undone it by itself where the disk is full or failed.
                if database.isInsideTransaction { try database.quickly("ROLLBACK") }
                throw error
            }
        }
    }

    /// Copies the whole WAL into the database file and makes both durable.
    func checkpoint() throws(JournalError) {
        do {
            try queue.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        } catch {
            throw JournalError(error, at: path)
        }
    }

    func close() throws(JournalError) {
        statements.letGo()
        do { try queue.close() } catch { throw JournalError(error, at: path) }
    }
}

/// Makes the folder and its name durable.
func makeFolder(_ path: String) throws(JournalError) {
    if mkdir(path, 0o700) != 0 {
        let problem = errno
        if problem == EEXIST { return }
        throw JournalError(.readOnly, "\(path): cannot be made: \(String(cString: strerror(problem))); make its parent folder writable")
    }
    let parent = Glibc.open(path + "/..", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard parent >= 0 else { throw JournalError(.inputOutput, "\(path)/..: \(String(cString: strerror(errno)))") }
    defer { Glibc.close(parent) }
    guard fsync(parent) == 0 else { throw JournalError(.inputOutput, "\(path)/..: \(String(cString: strerror(errno)))") }
}
