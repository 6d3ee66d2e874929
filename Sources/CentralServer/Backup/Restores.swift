import GRDB
import KioskCore

/// The times that this store began anew from an older state of itself.
///
/// A backup says of itself that it is one. Of a store that was put back by other means kiosks tell: they were told that more is here.
/// Whatever a store gave out behind that state it has forgotten. What may not be given out twice therefore asks here.
struct Restores {
    private let database: Database

    init(_ database: Database) {
        self.database = database
    }

    /// How often it was restored; what was given out in an earlier life may not all be known.
    var generation: Int {
        get throws { try database.row("SELECT max(generation) AS last FROM restores")?["last"] ?? 0 }
    }

    /// The day on which that happened last; `nil` when it never did.
    func day(in zone: TimeZoneOfIndonesia) throws -> ServiceDay? {
        try database.row("SELECT noticed FROM restores ORDER BY generation DESC LIMIT 1").map {
            ServiceDay(WallTime(milliseconds: $0["noticed"]), in: zone)
        }
    }

    /// A copy has 1 where a store has 0.
    static func mark(_ database: Database) throws { try database.execute(sql: "PRAGMA user_version = 1") }

    /// Within a transaction: takes down that a copy has become a store.
    func notice(at now: WallTime) throws {
        guard try Int.fetchOne(database, sql: "PRAGMA user_version") == 1 else { return }
        try add(at: now)
        try database.execute(sql: "PRAGMA user_version = 0")
    }

    /// Within a transaction: takes down that a kiosk knows of more than is here. Returns whether that is news.
    ///
    /// - Parameter contact: when that chain was last heard here. What was not heard since the last time is explained by that.
    func prove(lastHeard contact: WallTime?, at now: WallTime) throws -> Bool {
        let last = try database.row("SELECT noticed FROM restores ORDER BY generation DESC LIMIT 1")?["noticed"] as Int64?
        if let last, contact?.milliseconds ?? .min <= last { return false }
        try add(at: now)
        return true
    }

    private func add(at now: WallTime) throws {
        try database.run("INSERT INTO restores (generation, noticed) VALUES (?, ?)", [try generation + 1, now.milliseconds])
    }

    static let table = """
        -- When it was noticed that this store was restored from a backup.
        CREATE TABLE restores (generation INTEGER PRIMARY KEY CHECK (generation > 0), noticed INTEGER NOT NULL) STRICT;
        """
}

extension StoreDatabase {
    /// A backup that was put in the place of a store is a store from now on.
    func noticeRestore(at now: WallTime) throws { try write { try Restores($0).notice(at: now) } }
}
