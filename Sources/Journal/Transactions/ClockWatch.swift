import Foundation
import GRDB
public import KioskCore
import SQLiteAccess
import SyncProtocol

/// Whether the wall clock goes on where it was: it may run wrong by a little, but not leap by more than a day.
///
/// A value. Within one run of the kernel the monotonic clock tells how far it should have gone; after another boot only that it
/// should not have gone back, nor further than a kiosk is usually off. A time service's word is believed.
struct ClockWatch: Hashable, Sendable {
    /// More than any change of time zone.
    static let tolerance: Int64 = 26 * 3_600_000

    /// The last reading that was believed; nil before the first.
    var believed: ClockReading?

    func believes(_ now: ClockReading) -> Bool { now.quality == .synchronized || doubt(now) == nil }

    /// What is odd about this reading.
    func doubt(_ now: ClockReading) -> ClockDoubt? {
        guard let believed, now.quality != .synchronized else { return nil }
        let passed =
            now.boot == believed.boot && now.monotonic >= believed.monotonic ? Int64(clamping: now.monotonic - believed.monotonic) : 0
        let expected = WallTime(milliseconds: believed.wall.milliseconds + passed)
        guard abs(now.wall.milliseconds - expected.milliseconds) > Self.tolerance else { return nil }
        return ClockDoubt(now: now.wall, expected: expected)
    }
}

/// The clock has leapt by more than 26 hours, and nobody has said that it is right.
public struct ClockDoubt: Hashable, Sendable, CustomStringConvertible {
    public var now: WallTime
    /// What it should show by what was believed before; after a restart, the time of the last entry.
    public var expected: WallTime

    public init(now: WallTime, expected: WallTime) {
        self.now = now
        self.expected = expected
    }

    public var description: String {
        let hours = (now.milliseconds - expected.milliseconds) / 3_600_000
        return "the clock is \(abs(hours)) h \(hours > 0 ? "ahead of" : "behind") what it was believed to show"
    }
}

extension Journal {
    /// Why the clock cannot be believed; nil when it can. Numbers go on in any case: counters are kept for each day.
    public func clockDoubt() -> ClockDoubt? { clockWatch.doubt(environment.clock()) }

    /// Believes the clock as it is now, because the centre or a technician says so.
    ///
    /// - Parameter centre: what the centre's clock shows; nil when a technician has looked. One that is more than an hour
    ///   away confirms nothing.
    /// - Returns: whether the clock is believed now.
    @discardableResult
    public func confirmClock(centre: WallTime?) async throws(JournalError) -> Bool {
        let now = environment.clock()
        guard clockWatch.doubt(now) != nil else { return true }
        if let centre, abs(centre.milliseconds - now.wall.milliseconds) > 3_600_000 { return false }
        clockWatch.believed = now
        // Every transaction remembers what is believed.
        try await write { _ in }
        return true
    }

    /// Counts a transaction, and remembers the clock that was believed in it.
    func count(_ clock: ClockReading?, in database: Database) throws {
        guard let clock else {
            try database.quickly("UPDATE life SET commits = commits + 1, wall = NULL, boot = NULL, monotonic = NULL")
            return
        }
        try statements.count(in: database).quickly {
            $0.put(clock.wall.milliseconds)
            $0.put(clock.boot.octets)
            $0.put(Int64(clamping: clock.monotonic))
        }
    }

    /// What ``count(_:in:)`` remembered last.
    static func believedClock(_ row: Row) -> ClockReading? {
        guard let wall = row["wall"] as Int64?, let boot = (row["boot"] as Data?).flatMap({ BootID(octets: [UInt8]($0)) }),
            let monotonic = row["monotonic"] as Int64?
        else { return nil }
        return ClockReading(
            wall: WallTime(milliseconds: wall), quality: .unknown, boot: boot, monotonic: UInt64(clamping: monotonic))
    }
}
