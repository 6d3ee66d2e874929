import Broadcasting
import Dispatch
import Foundation
import GRDB
public import KioskCore
public import SyncProtocol

/// The kiosk's durable memory: entries in two hash chains, the number counters, the tickets and the print ledger,
/// all in one SQLite database and changed together in one transaction.
///
/// When a call returns, what it recorded is on the disk. When it throws, nothing was recorded,
/// except with ``JournalError/Code/indeterminate``. Cancelling the calling task does not interrupt a call.
public actor Journal {
    private let executor: JournalExecutor
    /// A queue of its own, so that blocking on the disk holds up nobody else.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// The folder that holds `journal.sqlite` and `journal.lock`.
    public nonisolated let directory: String
    /// How much it may keep.
    public nonisolated let limits: JournalLimits
    nonisolated let zone: TimeZoneOfIndonesia
    nonisolated let environment: JournalEnvironment
    nonisolated let writer: EntryWriter
    nonisolated let watchers = Onlookers<Void>()
    private var lock: LockFile?
    private var connection: Connection?
    /// As of the last transaction.
    private var commits: Int
    var sensorWords = SensorWords()
    /// Why there is no connection any more.
    private var ending = JournalError(.closed, "the journal was closed; the program is stopping")

    /// Opens the journal in `directory`, or creates it there, and takes its lock.
    ///
    /// - Parameters:
    ///   - zone: the mall's; it gives the service day of prints that are not of a ticket.
    ///   - recipient: the centre's public key; without it, a ticket with a NIK is refused (``JournalError/Code/noRecipient``).
    ///   - environment: the machine's own clocks and randomness by default.
    public static func open(
        directory: String, site: SiteID, kiosk: KioskID, zone: TimeZoneOfIndonesia, recipient: SealingKey?,
        limits: JournalLimits = JournalLimits(), environment: JournalEnvironment? = nil
    ) async throws(JournalError) -> Journal {
        let executor = JournalExecutor()
        let opened: Result<Journal, JournalError> = await withCheckedContinuation { continuation in
            executor.queue.async {
                let result = Result { () throws(JournalError) in
                    let world = if let environment { environment } else { try JournalEnvironment.live() }
                    return try Journal(
                        executor: executor, directory: directory, site: site, kiosk: kiosk, zone: zone, recipient: recipient,
                        limits: limits, environment: world)
                }
                continuation.resume(returning: result)
            }
        }
        return try opened.get()
    }

    private init(
        executor: JournalExecutor, directory: String, site: SiteID, kiosk: KioskID, zone: TimeZoneOfIndonesia, recipient: SealingKey?,
        limits: JournalLimits, environment: JournalEnvironment
    ) throws(JournalError) {
        try makeFolder(directory)
        lock = try LockFile(directory + "/journal.lock")
        let connection = try Connection(directory + "/journal.sqlite", limits: limits)
        try connection.prepare()
        let (life, commits) = try Self.beginRun(connection, site, kiosk, environment)
        try Self.requireSoundEnd(of: life, connection)
        self.executor = executor
        self.directory = directory
        self.limits = limits
        self.zone = zone
        self.environment = environment
        self.connection = connection
        self.commits = commits
        writer = EntryWriter(life: life, environment: environment, sealer: recipient.map(Sealer.init))
    }

    /// Random for each life of a journal; with site, kiosk, lane and sequence it names an entry for ever.
    public nonisolated var epoch: Epoch { writer.life.epoch }

    /// Moves everything into the database file and lets go of the lock. Later calls throw `closed`.
    public func close() throws(JournalError) {
        defer { lock = nil }
        guard let connection else { return }
        self.connection = nil
        try connection.close()
    }
}

// MARK: - Transactions

extension Journal {
    func read<Value>(_ body: (Database) throws -> Value) throws(JournalError) -> Value {
        guard let connection else { throw ending }
        return try connection.read(body)
    }

    /// One durable transaction. A commit that the disk failed is looked up again before anybody is told.
    func write<Value>(_ body: (Database) throws -> Value) throws(JournalError) -> Value {
        guard let connection else { throw ending }
        // What would be returned if the transaction turns out to be committed after all.
        var pending: Value?
        do {
            let value = try connection.write { database in
                let value = try body(database)
                try database.run("UPDATE life SET commits = commits + 1")
                pending = value
                return value
            }
            commits += 1
            watchers.tell(())
            return value
        } catch {
            let failure = JournalError(error, at: connection.path)
            guard failure.code == .inputOutput else { throw failure }
            guard try wasCommitted(after: failure, connection), let pending else { throw failure }
            watchers.tell(())
            return pending
        }
    }

    /// After an I/O error the commit may or may not be in the file. Only a fresh connection, which recovers the WAL
    /// as after a power cut, can tell; and only a checkpoint makes what it finds durable again.
    private func wasCommitted(after failure: JournalError, _ broken: Connection) throws(JournalError) -> Bool {
        connection = nil
        do throws(JournalError) {
            try broken.close()
            let fresh = try Connection(broken.path, limits: limits)
            try fresh.checkpoint()
            let found = try fresh.read { try $0.number("SELECT commits FROM life") }
            defer { commits = found }
            connection = fresh
            return found > commits
        } catch {
            ending = JournalError(.closed, "the journal stopped after the disk failed (\(failure.detail)); mend the disk and start again")
            throw JournalError(.indeterminate, "\(failure.detail); reading it again failed too: \(error.detail)")
        }
    }

    /// Refuses politely while there is still room for the outcomes of what was accepted before.
    func requireRoom() throws(JournalError) {
        let free = try environment.freeSpace(directory)
        guard free >= limits.reserve else {
            throw JournalError(.full, "\(directory): \(free) octets free, \(limits.reserve) are needed; free disk space")
        }
        let used = try size()
        guard used + limits.headroom <= limits.capacity else {
            throw JournalError(
                .full, "\(directory): the journal has \(used) of \(limits.capacity) octets; let it reach the centre, or raise its limit")
        }
    }

    /// Octets of the database that are in use.
    func size() throws(JournalError) -> Int64 {
        try read { database in
            let pages = try Int64.fetchOne(database, sql: "PRAGMA page_count") ?? 0
            let free = try Int64.fetchOne(database, sql: "PRAGMA freelist_count") ?? 0
            return (pages - free) * Connection.pageSize
        }
    }
}

// MARK: - Opening

extension Journal {
    /// Creates the journal's identity, or proves that it is the one asked for, and counts this run.
    private static func beginRun(
        _ connection: Connection, _ site: SiteID, _ kiosk: KioskID, _ environment: JournalEnvironment
    ) throws(JournalError) -> (Life, commits: Int) {
        do {
            return try connection.write { database in
                if try database.row("SELECT 1 FROM life") == nil {
                    try database.run(
                        "INSERT INTO life (only, site, kiosk, epoch, created, run, commits) VALUES (1, ?, ?, ?, ?, 0, 0)",
                        [site.rawValue, kiosk.rawValue, Data(environment.random(Epoch.size)), environment.clock().wall.milliseconds])
                }
                try database.run("UPDATE life SET run = run + 1")
                guard let row = try database.row("SELECT * FROM life"), let epoch = Epoch(octets: [UInt8](row["epoch"] as Data)) else {
                    throw JournalError(.corrupted, JournalError.damaged(connection.path, "it has no epoch"))
                }
                guard row["site"] == site.rawValue, row["kiosk"] == kiosk.rawValue else {
                    throw JournalError(
                        .foreign,
                        "\(connection.path) is the journal of \(row["site"] as String)/\(row["kiosk"] as String), not of \(site)/\(kiosk); "
                            + "configure another folder, or the right site and kiosk")
                }
                return (Life(site: site, kiosk: kiosk, epoch: epoch, run: row["run"]), row["commits"])
            }
        } catch {
            throw JournalError(error, at: connection.path)
        }
    }

    /// Verifies the last thousand entries of each chain: where a torn write or a half-restored file would show.
    private static func requireSoundEnd(of life: Life, _ connection: Connection) throws(JournalError) {
        for lane in Lane.allCases {
            let last = try connection.read { try EntryWriter.head(lane, in: $0) }.sequence
            let start = try connection.read { try ChainReading.position(at: last > 1000 ? last - 1000 : 0, lane, in: $0) }
            var verifier = ChainVerifier(life.chain(lane), from: start, sha256: .swiftCrypto)
            _ = try connection.read { try ChainReading.verify(&verifier, limit: 1000, in: $0) }
        }
    }
}
