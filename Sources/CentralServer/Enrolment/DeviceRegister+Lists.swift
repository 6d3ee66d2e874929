import Enrolment
import Foundation
import GRDB
public import KioskCore
public import SyncProtocol

/// A certificate of a kiosk as the register lists it.
public struct EnrolledDevice: Hashable, Sendable, Codable {
    public var site: String
    public var kiosk: String
    public var serial: String
    /// ISO 8601 in UTC.
    public var issued: String
    public var ends: String
    /// `valid`, `expired`, or `revoked`.
    public var state: String
}

/// A code that was given out and not used yet.
public struct OpenCode: Hashable, Sendable, Codable {
    public var site: String
    /// nil: any that is not enrolled yet.
    public var kiosk: String?
    /// ISO 8601 in UTC.
    public var expires: String
}

extension DeviceRegister {
    /// How long a report tells of a refusal, in days.
    static let refusalDays: Int64 = 7
    /// A refusal that goes on is written down no oftener.
    private static let refusalPause: Int64 = 10_000

    /// Every kiosk's newest certificate, by site and kiosk.
    public func devices(at now: WallTime) throws(StoreError) -> [EnrolledDevice] {
        try read { database in
            try database.rows(
                """
                SELECT * FROM certificates AS newest WHERE NOT EXISTS (SELECT 1 FROM certificates AS later
                    WHERE later.site = newest.site AND later.kiosk = newest.kiosk
                        AND (later.issued, later.serial) > (newest.issued, newest.serial))
                ORDER BY site, kiosk
                """
            ).map { row in
                let (ends, revoked): (Int64, Int64?) = (row["ends"], row["revoked"])
                return EnrolledDevice(
                    site: row["site"], kiosk: row["kiosk"], serial: row["serial"], issued: Self.time(row["issued"]),
                    ends: Self.time(ends), state: revoked != nil ? "revoked" : ends < now.milliseconds ? "expired" : "valid")
            }
        }
    }

    /// Codes that may still be used.
    public func openCodes(at now: WallTime) throws(StoreError) -> [OpenCode] {
        try read { database in
            try database.rows(
                "SELECT * FROM codes WHERE used IS NULL AND expires > ? AND failures < ? ORDER BY site, kiosk, expires",
                [now.milliseconds, Self.failureLimit]
            ).map { OpenCode(site: $0["site"], kiosk: $0["kiosk"], expires: Self.time($0["expires"])) }
        }
    }

    /// Keeps a refusal for the report. A name counts only when such a kiosk is enrolled: anybody may claim one,
    /// and strangers must not fill the disk. Returns whether it is a new one.
    func note(_ refusal: DeviceRefusal, at now: WallTime) throws(StoreError) -> Bool {
        guard notes.allows(at: now) else { return false }
        return try write { database in
            let claimed = try refusal.claimed.flatMap { name in
                try database.row("SELECT 1 FROM certificates WHERE site = ? AND kiosk = ? LIMIT 1", name.key).map { _ in name }
            }
            let key: StatementArguments = [claimed?.site.rawValue ?? "", claimed?.kiosk.rawValue ?? "", refusal.code.rawValue]
            let known = try database.row("SELECT last FROM refusals WHERE site = ? AND kiosk = ? AND code = ?", key)
            if let last: Int64 = known?["last"], (0..<Self.refusalPause).contains(now.milliseconds - last) { return false }
            try database.run(
                """
                INSERT INTO refusals (site, kiosk, code, detail, first, last) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET last = excluded.last, detail = excluded.detail
                """, key + [String(refusal.message.prefix(300)), now.milliseconds, now.milliseconds])
            return known == nil
        }
    }

    /// What was refused in the last days, the latest first.
    public func refusals(at now: WallTime) throws(StoreError) -> [DayReport.Refusal] {
        try read { database in
            try database.rows(
                "SELECT * FROM refusals WHERE last > ? ORDER BY last DESC, site, kiosk, code",
                [now.milliseconds - Self.refusalDays * 86_400_000]
            ).map { row in
                DayReport.Refusal(
                    site: row["site"], kiosk: row["kiosk"], code: row["code"], detail: row["detail"], first: Self.time(row["first"]),
                    last: Self.time(row["last"]))
            }
        }
    }

    private static func time(_ milliseconds: Int64) -> String { WallTime(milliseconds: milliseconds).iso8601 }
}

/// How many refusals are written down: a hundred at once, ten a second in the long run. Who is refused comes again.
struct NoteLimit {
    static let burst: Int64 = 100
    private static let interval: Int64 = 100
    /// Of those that may be written without a pause, in milliseconds that were saved up.
    private var saved = burst * interval
    private var last: Int64?

    mutating func allows(at now: WallTime) -> Bool {
        // A clock that jumps back saves nothing up.
        saved = min(Self.burst * Self.interval, saved + max(0, now.milliseconds - (last ?? now.milliseconds)))
        last = now.milliseconds
        guard saved >= Self.interval else { return false }
        saved -= Self.interval
        return true
    }
}
