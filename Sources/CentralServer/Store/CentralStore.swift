import Broadcasting
import Crypto
import Dispatch
import Foundation
import GRDB
import Glibc
public import KioskCore
import LocalFiles
public import SyncProtocol

/// What a centre has of its kiosks: the entries as they were written, and the counts that follow from them.
///
/// One process writes a store. Whatever it says is stored has been synced to the disk; a second process is refused, readers are not.
/// All work is done on a queue of its own, so that a slow disk does not hold up anything else.
public actor CentralStore {
    private let executor = StoreExecutor()
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    nonisolated let folder: StoreFolder
    nonisolated var directory: String { folder.path }
    /// Held as long as the store is open.
    private var lock: FileLock?
    /// `nil` after the disk failed, until the next call opens it again.
    private var database: StoreDatabase?
    private var capacity: Int64?
    /// Told whenever what is stored has changed.
    nonisolated let onlookers = Onlookers<Void>()
    static let sha256 = EntryHasher { SHA256.hash(data: $0).withUnsafeBytes { EntryHash(octets: $0) } ?? .none }

    /// Opens the store in `directory` and makes it where it is missing.
    ///
    /// - Parameter now: when a restored backup is noted to have been found, from which day on it may lease numbers again.
    public static func open(directory: String, now: WallTime = .now) async throws(StoreError) -> CentralStore {
        try await open(directory: directory, capacity: nil, now: now)
    }

    static func open(directory: String, capacity: Int64?, now: WallTime = .now) async throws(StoreError) -> CentralStore {
        let store = CentralStore(StoreFolder(path: directory), capacity)
        try await store.start(now)
        return store
    }

    private init(_ folder: StoreFolder, _ capacity: Int64?) {
        self.folder = folder
        self.capacity = capacity
    }

    private func start(_ now: WallTime) throws(StoreError) {
        try folder.make()
        lock = try FileLock.ofStore(folder)
        try work { store in
            try store.read { database in
                try database.requireSound(.quick, at: store.path)
                try database.requireEnds(at: store.path)
            }
            try store.noticeRestore(at: now)
        }
        try takeReceipts()
        try reread()
    }

    /// Takes in one batch in one durable transaction; the same batch again changes nothing.
    ///
    /// After an error nothing of it may be acknowledged, and the kiosk sends it again.
    public func ingest(_ batch: Batch, _ contact: Contact) throws(StoreError) -> IngestResult {
        let notes = try takeReceipts()
        var result = try work { store in
            try store.write { try Intake(batch, contact, sha256: Self.sha256, in: $0).run() }
        }
        result.notes = notes + result.notes
        onlookers.tell(())
        return result
    }

    /// A value at once, and whenever a batch was taken in; whoever is slow misses values, never the latest.
    nonisolated func changes() -> AsyncStream<Void> { onlookers.add(first: ()).stream }

    func look<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value { try work { try $0.read(body) } }
    func change<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value { try work { try $0.write(body) } }

    /// The same, of a kiosk that does not say for how long its entries have been waiting.
    public func ingest(_ batch: Batch, at now: WallTime) throws(StoreError) -> IngestResult { try ingest(batch, Contact(at: now)) }

    /// Takes down what backups have that were made since. Returns what is to be logged of it.
    @discardableResult
    private func takeReceipts() throws(StoreError) -> [String] {
        var notes: [String] = []
        for path in try BackupReceipt.waiting(in: folder) {
            do {
                let receipt = try JSONDecoder().decode(BackupReceipt.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
                try work { store in try store.write { try receipt.take(into: $0) } }
                notes.append("the backup \(receipt.backup) has \(receipt.chains.count) chains, which are safe as far as it has them")
            } catch let error as StoreError {
                throw error
            } catch {
                // It must hold up no kiosk, and may not be called a backup either.
                notes.append("the receipt \(path) cannot be read and was dropped; make the backup again: \(error)")
            }
            unlink(path)
        }
        return notes
    }

    /// Counts what earlier versions could not read and this one can. Returns how many entries that were.
    @discardableResult
    public func reread() throws(StoreError) -> Int {
        var (count, place): (Int, Rereading.Place?) = (0, .first)
        while let next = place {
            let portion = try work { store in try store.write { try Rereading(sha256: Self.sha256, in: $0).run(from: next) } }
            (count, place) = (count + portion.count, portion.next)
        }
        return count
    }

    /// Gives a kiosk the next number of a series, in one durable transaction; the same request gets the same number again.
    ///
    /// Refused when the kiosk's day is not that of `zone`: a clock that is wrong must not use up another day's numbers. Refused, too, to
    /// the end of the day on which the store was restored or put back: it does not know what was leased behind that.
    ///
    /// - Parameter told: what the kiosk was told of its transactions before. More than is here proves that the store was put back.
    public func lease(
        _ request: NumberRequest, told: Told? = nil, in zone: TimeZoneOfIndonesia, at now: WallTime
    ) throws(StoreError) -> NumberLease {
        let today = ServiceDay(now, in: zone)
        guard request.day == today.description else {
            throw StoreError(.refused, "it is \(today) here, and \(request.day) at \(request.site)/\(request.kiosk); set its clock")
        }
        return try work { store in
            let chain = ChainName(site: request.site, kiosk: request.kiosk, epoch: request.epoch, lane: .transactions)
            if let told, told.acknowledged > (try store.read { try ChainCursor(chain, in: $0).position.sequence }) {
                try store.write { database in
                    let losses = Losses(chain: chain, now: now, database: database)
                    _ = try losses.notice(told, try ChainCursor(chain, in: database))
                }
            }
            return try store.write { database in
                if let restored = try Restores(database).day(in: zone), today <= restored {
                    throw StoreError(
                        .refused,
                        "this store was restored or put back on \(restored), and does not know every number that was leased; "
                            + "kiosks use their reserve series until the next day")
                }
                return try NumberBook(database).lease(request, today, at: now)
            }
        }
    }

    /// The last day on which no number is leased, where that is today or later: this store was restored or put back on it.
    public func restored(in zone: TimeZoneOfIndonesia, at now: WallTime) throws(StoreError) -> ServiceDay? {
        let day = try work { store in try store.read { try Restores($0).day(in: zone) } }
        return day.flatMap { $0 >= ServiceDay(now, in: zone) ? $0 : nil }
    }

    /// What is known of a day.
    public func report(
        _ day: ServiceDay, made now: WallTime, names: SiteNames = SiteNames(), alarms: AlarmLimits = AlarmLimits(),
        notices: NoticeBook = NoticeBook()
    ) throws(StoreError) -> DayReport {
        try work { store in try store.read { try DayReport(day, made: now, names: names, alarms: alarms, notices: notices, in: $0) } }
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
    /// Entries that were stored without being understood, and those of which not even the header could be read.
    public var unread: Int
    public var deadLetters: Int

    init(synchronous: Int, journalMode: String, in database: Database) throws {
        let count = { (rows: String) in try Int.fetchOne(database.cachedStatement(sql: "SELECT count(*) FROM \(rows)")) ?? 0 }
        self.synchronous = synchronous
        self.journalMode = journalMode
        chains = try count("chains")
        incidents = try count("incidents WHERE resolved IS NULL")
        unread = try count("unread")
        deadLetters = try count("dead_letters")
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
