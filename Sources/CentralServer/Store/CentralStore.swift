import Crypto
import Dispatch
import Foundation
import GRDB
public import KioskCore
public import SyncProtocol

/// What a centre has of its kiosks: the entries as they were written, and the counts that follow from them.
///
/// One process writes a store. Whatever it says is stored has been synced to the disk; a second process is refused, readers are not.
/// All work is done on a queue of its own, so that a slow disk does not hold up anything else.
public actor CentralStore {
    private let executor = StoreExecutor()
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let folder: StoreFolder
    /// Held as long as the store is open.
    private var lock: StoreLock?
    /// `nil` after the disk failed, until the next call opens it again.
    private var database: StoreDatabase?
    private var capacity: Int64?
    private let sha256 = EntryHasher { EntryHash(octets: Array(SHA256.hash(data: $0))) ?? .none }

    /// Opens the store in `directory` and makes it where it is missing.
    public static func open(directory: String) async throws(StoreError) -> CentralStore {
        try await open(directory: directory, capacity: nil)
    }

    static func open(directory: String, capacity: Int64?) async throws(StoreError) -> CentralStore {
        let store = CentralStore(StoreFolder(path: directory), capacity)
        try await store.start()
        return store
    }

    private init(_ folder: StoreFolder, _ capacity: Int64?) {
        self.folder = folder
        self.capacity = capacity
    }

    private func start() throws(StoreError) {
        try folder.make()
        lock = try StoreLock(folder)
        database = try StoreDatabase(folder, capacity: capacity)
    }

    /// Takes in one batch in one durable transaction; the same batch again changes nothing.
    ///
    /// After an error nothing of it may be acknowledged, and the kiosk sends it again.
    public func ingest(_ batch: Batch, at now: WallTime) throws(StoreError) -> IngestResult {
        try work { store in
            try store.write { try Intake(batch, at: now, sha256: sha256, in: $0).run() }
        }
    }

    /// What is known of a day.
    public func report(_ day: ServiceDay, made now: WallTime, names: SiteNames = SiteNames()) throws(StoreError) -> DayReport {
        try work { store in try store.read { try DayReport(day, made: now, names: names, in: $0) } }
    }

    /// How the store is.
    public func health() throws(StoreError) -> StoreHealth {
        try work { store in
            let (synchronous, journalMode) = try store.ask { try StoreDatabase.durability($0) }
            return try store.read { try StoreHealth(synchronous: synchronous, journalMode: journalMode, in: $0) }
        }
    }

    /// Moves everything into the database file and lets go of it.
    public func close() throws(StoreError) {
        // The lock goes last: a second writer must not meet the closing checkpoint.
        defer { lock = nil }
        guard let open = database else { return }
        database = nil
        do { try open.close() } catch { throw StoreError(error, at: folder.database) }
    }

    /// Limits the octets that the database may take.
    func limit(to capacity: Int64) throws(StoreError) {
        self.capacity = capacity
        try work { try $0.limit(to: capacity) }
    }

    /// Does something with the open database. After a failure of the disk its connection is not trusted any more:
    /// the next call opens the file anew, which reads the log from the disk.
    private func work<Value>(_ body: (StoreDatabase) throws -> Value) throws(StoreError) -> Value {
        guard lock != nil else { throw StoreError(.closed, "\(folder.path): the store was closed") }
        do {
            let store = try database ?? StoreDatabase(folder, capacity: capacity)
            database = store
            return try body(store)
        } catch {
            let problem = StoreError(error, at: folder.database)
            if problem.code == .inputOutput { database = nil }
            throw problem
        }
    }
}

/// How a store is, for `GET /v1/health`.
public struct StoreHealth: Hashable, Sendable, Codable {
    /// `PRAGMA synchronous` and `PRAGMA journal_mode` of the connection that writes: 2 (FULL) or more, and `wal`.
    public var synchronous: Int
    public var journalMode: String
    /// Chains that are followed.
    public var chains: Int
    /// Incidents that are not resolved.
    public var incidents: Int
    /// Entries that were stored without being understood.
    public var unread: Int

    init(synchronous: Int, journalMode: String, in database: Database) throws {
        let count = { (rows: String) in try Int.fetchOne(database.cachedStatement(sql: "SELECT count(*) FROM \(rows)")) ?? 0 }
        self.synchronous = synchronous
        self.journalMode = journalMode
        chains = try count("chains")
        incidents = try count("incidents WHERE resolved IS NULL")
        unread = try count("unread")
    }
}

/// The one thread at a time on which a store touches the disk.
final class StoreExecutor: SerialExecutor {
    let queue = DispatchQueue(label: "centre store", qos: .userInitiated)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
