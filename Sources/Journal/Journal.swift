import Broadcasting
import Dispatch
import Foundation
import GRDB
public import KioskCore
import LocalFiles
public import SyncProtocol
import Synchronization

/// The kiosk's durable memory: entries in two hash chains, the number counters, the tickets and the print ledger,
/// all in one SQLite database and changed together in one transaction.
///
/// When a call returns, what it recorded is on the disk. When it throws, nothing was recorded,
/// except with ``JournalError/Code/indeterminate``. Cancelling the calling task does not interrupt a call.
public actor Journal {
    let executor: DiskExecutor
    /// Where a task should run that mostly waits for the journal: its calls then wake no other thread, which costs as much as a third of a
    /// durable write on a fast disk. It must not compute for long or block, because the journal waits meanwhile.
    public nonisolated let callers: any TaskExecutor
    /// A queue of its own, so that blocking on the disk holds up nobody else.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// The folder that holds `journal.sqlite`, `journal.lock` and `journal.ballast`.
    public nonisolated let directory: String
    /// How much it may keep.
    public nonisolated let limits: JournalLimits
    nonisolated let site: SiteID
    nonisolated let kiosk: KioskID
    nonisolated let zone: TimeZoneOfIndonesia
    nonisolated let environment: JournalEnvironment
    nonisolated let watchers = Onlookers<Void>()
    private nonisolated let present: Mutex<Epoch>
    /// Knows the present life; see ``beginNewEpoch(reason:)``.
    var writer: EntryWriter

    /// Seals personal data to this key from now on.
    public func seal(to recipient: SealingKey) { writer.sealer = Sealer(recipient: recipient) }

    private var lock: FileLock?
    var connection: Connection?
    let statements = TicketStatements()
    /// nil for one that only looks.
    let ballast: Ballast?
    /// As of the last transaction.
    var commits: Int
    /// Octets of the whole database as of the last transaction; nil before the first.
    var fileOctets: Int64?
    nonisolated let waiting = Mutex(WaitingLine())
    var clockWatch: ClockWatch
    var sensorWords = SensorWords()
    /// Why there is no connection any more.
    private(set) var ending = JournalError(.closed, "the journal was closed; the program is stopping")

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
        try await open(directory, Owner(site: site, kiosk: kiosk), zone, recipient, limits, environment)
    }

    /// Opens the journal in `directory`, whosesoever it is, to look at it or to bring it an acknowledgement, and takes its lock.
    ///
    /// Makes no journal where there is none, and counts no run: prints of the last run stay as they are.
    public static func inspect(
        directory: String, zone: TimeZoneOfIndonesia = .jakarta, limits: JournalLimits = JournalLimits(),
        environment: JournalEnvironment? = nil
    ) async throws(JournalError) -> Journal {
        guard FileManager.default.fileExists(atPath: directory + "/journal.sqlite") else {
            throw JournalError(.failed, "there is no journal in \(directory); name the folder that holds journal.sqlite")
        }
        return try await open(directory, nil, zone, nil, limits, environment)
    }

    private static func open(
        _ directory: String, _ owner: Owner?, _ zone: TimeZoneOfIndonesia, _ recipient: SealingKey?, _ limits: JournalLimits,
        _ environment: JournalEnvironment?
    ) async throws(JournalError) -> Journal {
        let executor = DiskExecutor("journal")
        let opened: Result<Journal, JournalError> = await withCheckedContinuation { continuation in
            executor.queue.async {
                let result = Result { () throws(JournalError) in
                    let world = if let environment { environment } else { try JournalEnvironment.live() }
                    return try Journal(executor, directory, owner, zone, recipient, limits, world)
                }
                continuation.resume(returning: result)
            }
        }
        return try opened.get()
    }

    private init(
        _ executor: DiskExecutor, _ directory: String, _ owner: Owner?, _ zone: TimeZoneOfIndonesia, _ recipient: SealingKey?,
        _ limits: JournalLimits, _ environment: JournalEnvironment
    ) throws(JournalError) {
        if owner != nil { try makeFolder(directory) }
        lock = try FileLock.ofJournal(in: directory)
        ballast = owner == nil ? nil : Ballast(path: directory + "/journal.ballast", size: limits.ballast)
        // Opening writes, too.
        if let ballast, try environment.freeSpace(directory) < ballast.size { _ = ballast.release() }
        let connection = try Connection(directory + "/journal.sqlite", limits: limits, statements)
        try connection.prepare()
        if let owner { try Self.beginRun(connection, owner, environment) }
        let opened = try Self.life(connection)
        try Self.requireSoundEnd(of: opened.life, connection)
        self.executor = executor
        callers = JournalCallers(executor)
        self.directory = directory
        self.limits = limits
        self.zone = zone
        self.environment = environment
        self.connection = connection
        commits = opened.commits
        clockWatch = ClockWatch(believed: opened.clock)
        (site, kiosk) = (opened.life.site, opened.life.kiosk)
        present = Mutex(opened.life.epoch)
        writer = EntryWriter(
            life: opened.life, environment: environment, statements: statements, sealer: recipient.map(Sealer.init),
            telemetryLimit: limits.telemetryLimit)
    }

    /// Random for each life of a journal; with site, kiosk, lane and sequence it names an entry for ever.
    public nonisolated var epoch: Epoch { present.withLock { $0 } }

    /// Begins a new life: both chains start again at sequence 1 under another epoch. For a journal that was restored from an old copy or
    /// copied to a second kiosk: the centre knows another history by the old name.
    ///
    /// The old chains stay, whole, and wait to be shipped or exported. Tickets, prints and the counters of the numbers go on.
    /// The first entry of the new transactions (``EpochBegun``) says what they follow.
    /// - Parameter reason: for people; at most 200 characters, nothing personal.
    @discardableResult
    public func beginNewEpoch(reason: String) async throws(JournalError) -> Epoch {
        guard let epoch = Epoch(octets: environment.random(Epoch.size)) else {
            throw JournalError(.failed, "no \(Epoch.size) random octets for a new epoch; nothing was changed")
        }
        let next = try await write { [self] database in
            let (clock, reason) = (environment.clock(), String(reason.prefix(200)))
            let last = try StoredChain.head(of: writer.life.number(.transactions), in: database)
            var next = writer
            next.life.number += 1
            next.life.epoch = epoch
            try StoredChain.begin(next.life.number, epoch, reason, at: clock.wall, in: database)
            try next.append(
                EpochBegun(previous: writer.life.epoch, head: last, reason: reason), day: ServiceDay(clock.wall, in: zone), clock: clock,
                in: database)
            return next.life
        }
        writer.life = next
        present.withLock { $0 = epoch }
        watchers.tell(())
        return epoch
    }

    /// Commits what waits, moves everything into the database file and lets go of the lock. Later calls throw `closed`.
    public func close() throws(JournalError) {
        while !waiting.withLock(\.isEmpty) { commitWaiting() }
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

    /// After an I/O error the commit may or may not be in the file. Only a fresh connection, which recovers the WAL
    /// as after a power cut, can tell; and only a checkpoint makes what it finds durable again.
    func wasCommitted(after failure: JournalError, _ broken: Connection) throws(JournalError) -> Bool {
        connection = nil
        do throws(JournalError) {
            try broken.close()
            let fresh = try Connection(broken.path, limits: limits, statements)
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
        guard connection != nil else { throw ending }
        // What of the file is free again matters only near the limit.
        if let fileOctets, fileOctets + limits.headroom <= limits.capacity { return }
        let used = try size()
        guard used + limits.headroom <= limits.capacity else {
            throw JournalError(
                .full, "\(directory): the journal has \(used) of \(limits.capacity) octets; let it reach the centre, or raise its limit")
        }
    }

    /// Octets of the database that are in use.
    func size() throws(JournalError) -> Int64 { try read { try $0.usedOctets() } }
}

// MARK: - Opening

/// Whose journal it must be.
private struct Owner {
    var site: SiteID
    var kiosk: KioskID
}

extension Journal {
    /// Creates the journal's identity, or proves that it is the one asked for, and counts this run.
    private static func beginRun(_ connection: Connection, _ owner: Owner, _ environment: JournalEnvironment) throws(JournalError) {
        do {
            try connection.write { database in
                if try database.row("SELECT 1 FROM life") == nil {
                    let now = environment.clock().wall
                    try database.run(
                        "INSERT INTO life (only, site, kiosk, created, run, commits) VALUES (1, ?, ?, ?, 0, 0)",
                        [owner.site.rawValue, owner.kiosk.rawValue, now.milliseconds])
                    guard let epoch = Epoch(octets: environment.random(Epoch.size)) else {
                        throw JournalError(.failed, "no \(Epoch.size) random octets for the epoch; nothing was made")
                    }
                    try StoredChain.begin(1, epoch, "", at: now, in: database)
                }
                try database.run("UPDATE life SET run = run + 1")
                guard let row = try database.row("SELECT site, kiosk FROM life"), row["site"] == owner.site.rawValue,
                    row["kiosk"] == owner.kiosk.rawValue
                else {
                    let found = try database.row("SELECT site || '/' || kiosk AS name FROM life")
                    throw JournalError(
                        .foreign,
                        "\(connection.path) is the journal of \(found?["name"] as String? ?? "nobody"), not of \(owner.site)/\(owner.kiosk); "
                            + "configure another folder, or the right site and kiosk")
                }
            }
        } catch {
            throw JournalError(error, at: connection.path)
        }
    }

    private static func life(_ connection: Connection) throws(JournalError) -> (life: Life, commits: Int, clock: ClockReading?) {
        try connection.read { database in
            guard let row = try database.row("SELECT * FROM life"), let site = SiteID(row["site"]), let kiosk = KioskID(row["kiosk"]),
                let last = try StoredChain.all(in: database).last
            else { throw JournalError(.corrupted, JournalError.damaged(connection.path, "it does not say whose it is")) }
            let life = Life(site: site, kiosk: kiosk, number: last.number.life, epoch: last.epoch, run: row["run"])
            return (life, row["commits"], believedClock(row))
        }
    }

    /// Verifies the last thousand entries of each chain: where a torn write or a half-restored file would show.
    private static func requireSoundEnd(of life: Life, _ connection: Connection) throws(JournalError) {
        for lane in Lane.allCases {
            try connection.read { database in
                let chain = try StoredChain(life.number(lane), in: database)
                let last = try chain.head(in: database).sequence
                let start = try last > chain.anchor.sequence + 1000 ? chain.position(at: last - 1000, in: database) : nil
                var verifier = ChainVerifier(life.name(of: chain), from: start ?? chain.anchor, sha256: .swiftCrypto)
                try ChainReading.verify(&verifier, chain, limit: 1000, in: database)
            }
        }
    }
}
