import GRDB
import KioskCore
import SyncProtocol

/// What this store had of a chain, by its own word to the kiosk, and has no more: somebody put it back to an older state, by restoring a
/// backup, a copy of the folder or a picture of the whole machine.
///
/// The kiosk sends again what it keeps, which is all that no backup has. What it has let go of is in the newest backup only.
struct Losses {
    let chain: ChainName
    let now: WallTime
    let database: Database

    /// Takes down what a kiosk was told and is not here. Returns what is to be logged of it.
    func notice(_ told: Told?, _ cursor: ChainCursor) throws -> String? {
        guard let told, told.acknowledged > cursor.position.sequence else { return nil }
        let known = try database.row("SELECT upto FROM losses WHERE \(ChainName.keyMatches)", chain.key)?["upto"] as Int64? ?? 0
        guard known < Int64(told.acknowledged) else { return nil }
        let isNews = try Restores(database).prove(lastHeard: cursor.contact, at: now)
        try database.run(
            """
            INSERT INTO losses (site, kiosk, epoch, lane, upto, safe) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET upto = excluded.upto, safe = max(safe, excluded.safe)
            """, chain.key + [Int64(told.acknowledged), Int64(told.safe)])
        let words = Self.words(told, cursor.position.sequence)
        try Incidents(chain: chain, now: now, database: database).note(.lost, at: told.acknowledged, words)
        return "\(chain.site)/\(chain.kiosk) \(chain.lane): \(words)" + (isNews ? "; no number is leased before the next day" : "")
    }

    private static func words(_ told: Told, _ upto: UInt64) -> String {
        let what =
            "this store was put back to an older state: it ends at entry \(upto), and its kiosk was told that \(told.acknowledged) is here"
        guard told.safe > upto else { return "\(what). The kiosk sends the rest again by itself" }
        return "\(what), \(told.safe) in a backup. What the kiosk does not have any more is in the newest backup: restore that. "
            + "A kiosk that comes from another centre must begin a new epoch instead: anjungan journal epoch"
    }

    /// Up to which entry a backup had the chain; 0 where nothing is missing.
    var backedUp: UInt64 {
        get throws {
            try database.row("SELECT safe FROM losses WHERE \(ChainName.keyMatches)", chain.key).map { UInt64($0["safe"] as Int64) } ?? 0
        }
    }

    /// The chains of which a backup had more, and how much.
    static func backedUp(in database: Database) throws -> [(chain: ChainName, upto: UInt64)] {
        try database.rows("SELECT * FROM losses WHERE safe > 0").map { (try ChainName($0), UInt64($0["safe"] as Int64)) }
    }

    /// Says that what was lost is here again, once it is.
    func settle(upto sequence: UInt64) throws {
        let key = chain.key + [Int64(sequence)]
        try database.run("DELETE FROM losses WHERE \(ChainName.keyMatches) AND upto <= ?", key)
        guard database.changesCount > 0 else { return }
        try database.run(
            "UPDATE incidents SET resolved = ? WHERE \(ChainName.keyMatches) AND code = 'lost' AND seq <= ? AND resolved IS NULL",
            [now.milliseconds] + key)
    }

    static let table = """
        -- Chains that end earlier here than their kiosk was told: up to where they were here, and up to where in a backup.
        CREATE TABLE losses (
            site TEXT NOT NULL, kiosk TEXT NOT NULL, epoch BLOB NOT NULL, lane INTEGER NOT NULL,
            upto INTEGER NOT NULL, safe INTEGER NOT NULL,
            PRIMARY KEY (site, kiosk, epoch, lane)
        ) STRICT, WITHOUT ROWID;
        """
}
