import GRDB
import KioskCore

/// The times that this store began anew from a backup, which it does not notice by itself: each copy says what it is.
///
/// Whatever a store gave out behind its copy it has forgotten. What may not be given out twice therefore asks here.
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
        try database.run("INSERT INTO restores (generation, noticed) VALUES (?, ?)", [try generation + 1, now.milliseconds])
        try database.execute(sql: "PRAGMA user_version = 0")
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
