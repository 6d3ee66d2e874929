import Foundation
import GRDB
import Glibc
public import KioskCore
import LocalFiles
public import SyncProtocol

/// A journal that was put aside for a new one.
public struct Renewal: Sendable {
    /// Where the old one lies now.
    public var aside: String
    /// The series whose numbers go on, with the last number of the latest day of each.
    public var numbers: [String: TicketNumber]
    /// Of the new journal's life.
    public var epoch: String
}

extension Journal {
    /// Puts a journal that is too damaged to open aside and begins a new one, whose numbers go on behind all that can still be read:
    /// a journal that knew nothing would give today's numbers again.
    ///
    /// The old file stays as it is, for the centre. The new one takes its name in one step, so that a crash leaves one of the two there,
    /// and never none, which the next start would take for a new kiosk.
    public static func renew(
        directory: String, site: SiteID, kiosk: KioskID, zone: TimeZoneOfIndonesia, environment: JournalEnvironment? = nil
    ) async throws(JournalError) -> Renewal {
        let database = directory + "/journal.sqlite"
        guard FileManager.default.fileExists(atPath: database) else {
            throw JournalError(.failed, "there is no journal in \(directory); the kiosk makes one when it starts")
        }
        // Held to the end: a kiosk that starts meanwhile must wait for the new one.
        let lock = try FileLock.ofJournal(in: directory)
        defer { withExtendedLifetime(lock) {} }
        let counters = salvage(database)
        let next = directory + ".new"
        try? FileManager.default.removeItem(atPath: next)
        let journal = try await open(directory: next, site: site, kiosk: kiosk, zone: zone, recipient: nil, environment: environment)
        try await journal.continueNumbers(counters)
        let epoch = journal.epoch.description
        try await journal.close()

        let time = (environment?.clock().wall.milliseconds ?? Int64(Date().timeIntervalSince1970 * 1000)) / 1000
        let aside = "\(directory).damaged-\(time)"
        try makeFolder(aside)
        try require(link(database, aside + "/journal.sqlite"), "\(aside) cannot be given the old journal")
        // The log of the old one would be taken for that of the new.
        if FileManager.default.fileExists(atPath: database + "-wal") {
            try require(rename(database + "-wal", aside + "/journal.sqlite-wal"), "\(aside) cannot be given the old journal's log")
        }
        try require(rename(next + "/journal.sqlite", database), "the new journal cannot take the old one's place")
        try? FileManager.default.removeItem(atPath: next)
        var numbers: [String: TicketNumber] = [:]
        for counter in counters.sorted(by: { $0.day < $1.day }) {
            numbers[counter.series] = TicketNumber(series: counter.series, ordinal: counter.last)
        }
        return Renewal(aside: aside, numbers: numbers, epoch: epoch)
    }

    private static func require(_ result: CInt, _ what: String) throws(JournalError) {
        guard result == 0 else { throw JournalError(.readOnly, "\(what): \(String(cString: strerror(errno))); free disk space, try again") }
    }

    /// The last number of a series and day.
    struct Counter: Hashable, Sendable {
        var series: String
        var day: Int32
        var last: Int
    }

    /// What can still be read of the numbers in a damaged database: the counters, and what tickets say of them.
    private static func salvage(_ path: String) -> [Counter] {
        guard FileManager.default.fileExists(atPath: path), let queue = try? DatabaseQueue(path: path) else { return [] }
        var found: [Counter: Int] = [:]
        for sql in ["SELECT series, day, last FROM counters", "SELECT series, day, ordinal AS last FROM tickets"] {
            // Row by row, up to the first that cannot be read: nothing of it may be missing that was readable.
            try? queue.unsafeRead { database in
                let rows = try Row.fetchCursor(database, sql: sql)
                while let row = try rows.next() {
                    guard let series = String.fromDatabaseValue(row["series"]), let day = Int32.fromDatabaseValue(row["day"]),
                        let last = Int.fromDatabaseValue(row["last"]), last > 0
                    else { continue }
                    let key = Counter(series: series, day: day, last: 0)
                    found[key] = max(found[key] ?? 0, last)
                }
            }
        }
        try? queue.close()
        return found.map { Counter(series: $0.key.series, day: $0.key.day, last: $0.value) }
    }

    /// Lets the journal's own numbers go on behind those that the centre has seen of it: restored from an old copy, it has forgotten
    /// the last ones. What the centre has not seen either, nobody knows.
    public func goOn(behind ends: [SeriesEnd]) async throws(JournalError) {
        let counters = ends.compactMap { end in
            (1...SeriesEnd.largest).contains(end.last)
                ? ServiceDay(iso8601: end.day).map { Counter(series: end.series, day: $0.number, last: end.last) } : nil
        }
        let behind = try read { database in
            try counters.filter { counter in
                let row = try database.row("SELECT last FROM counters WHERE series = ? AND day = ?", [counter.series, counter.day])
                return (row?["last"] ?? 0) < counter.last
            }
        }
        guard !behind.isEmpty else { return }
        try await continueNumbers(behind)
    }

    /// Sets counters forward, never back.
    private func continueNumbers(_ counters: [Counter]) async throws(JournalError) {
        try await write { database in
            for counter in counters {
                try database.run(
                    """
                    INSERT INTO counters (series, day, last) VALUES (?, ?, ?)
                    ON CONFLICT (series, day) DO UPDATE SET last = max(last, excluded.last)
                    """, [counter.series, counter.day, counter.last])
            }
        }
    }
}
