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
    /// Of the old one's; nil where that could not be read any more. The centre is told either way.
    public var former: String?
}

extension Journal {
    /// Puts a journal that is too damaged to open aside and begins a new one, whose numbers go on behind all that can still be read:
    /// a journal that knew nothing would give today's numbers again.
    ///
    /// The old file stays as it is, for the centre. The new one takes its name in one step, so that a crash leaves one of the two there,
    /// and never none, which the next start would take for a new kiosk. Its first entry (``EpochBegun``) says which history it follows,
    /// and that this one was damaged.
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
        let salvage = Salvage(of: database)
        let next = directory + ".new"
        try? FileManager.default.removeItem(atPath: next)
        let journal = try await open(directory: next, site: site, kiosk: kiosk, zone: zone, recipient: nil, environment: environment)
        try await journal.begin(behind: salvage)
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
        for counter in salvage.counters.sorted(by: { $0.day < $1.day }) {
            numbers[counter.series] = TicketNumber(series: counter.series, ordinal: counter.last)
        }
        return Renewal(aside: aside, numbers: numbers, epoch: epoch, former: salvage.former?.epoch.description)
    }

    private static func require(_ result: CInt, _ what: String) throws(JournalError) {
        guard result == 0 else { throw JournalError(.readOnly, "\(what): \(String(cString: strerror(errno))); free disk space, try again") }
    }

    /// Takes over what could be saved of a damaged journal, and says so in the first entry.
    private func begin(behind salvage: Salvage) async throws(JournalError) {
        let clock = environment.clock()
        try await write { [self] database in
            try Self.setForward(salvage.counters, in: database)
            try writer.append(
                EpochBegun(afterDamageTo: salvage.former, reason: "the journal before this one was damaged and put aside"),
                day: ServiceDay(clock.wall, in: zone), clock: clock, in: database)
        }
    }

    /// Lets the journal's own numbers go on behind those that the centre has seen of it: restored from an old copy, it has forgotten
    /// the last ones. What the centre has not seen either, nobody knows.
    public func goOn(behind ends: [SeriesEnd]) async throws(JournalError) {
        let counters = ends.compactMap { end in
            (1...SeriesEnd.largest).contains(end.last)
                ? ServiceDay(iso8601: end.day).map { SeriesCounter(series: end.series, day: $0.number, last: end.last) } : nil
        }
        let behind = try read { database in
            try counters.filter { counter in
                let row = try database.row("SELECT last FROM counters WHERE series = ? AND day = ?", [counter.series, counter.day])
                return (row?["last"] ?? 0) < counter.last
            }
        }
        guard !behind.isEmpty else { return }
        try await write { try Self.setForward(behind, in: $0) }
    }

    /// Sets counters forward, never back.
    private static func setForward(_ counters: [SeriesCounter], in database: Database) throws {
        for counter in counters {
            try database.run(
                """
                INSERT INTO counters (series, day, last) VALUES (?, ?, ?)
                ON CONFLICT (series, day) DO UPDATE SET last = max(last, excluded.last)
                """, [counter.series, counter.day, counter.last])
        }
    }
}
