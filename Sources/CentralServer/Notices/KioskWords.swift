import Broadcasting
import Conditions
import Enrolment
import Foundation
import GRDB
import KioskCore
import SyncProtocol

extension CentralStore {
    /// Keeps what a kiosk says of itself, for the report.
    func keep(_ word: KioskWord, of name: DeviceName, at now: WallTime) throws(StoreError) {
        try change { database in
            try database.run(
                """
                INSERT INTO kiosks (site, kiosk, bundle, emergency, told) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET told = excluded.told, bundle = excluded.bundle, emergency = excluded.emergency
                WHERE bundle IS NOT excluded.bundle OR emergency IS NOT excluded.emergency
                """, [name.site.rawValue, name.kiosk.rawValue, word.bundle, word.emergency, now.milliseconds])
        }
        onlookers.tell(())
    }

    static let kioskWords = """
        -- What each kiosk says of itself, and since when: the SHA-256 of the site bundle that it runs, and the emergency on its screen.
        CREATE TABLE kiosks (
            site TEXT NOT NULL, kiosk TEXT NOT NULL, bundle TEXT, emergency INTEGER, told INTEGER NOT NULL,
            PRIMARY KEY (site, kiosk)
        ) STRICT, WITHOUT ROWID;
        """
}

extension NoticeBook {
    /// Kiosks with an emergency on their screen, and those that run another bundle than they should; by site and name.
    func alarms(in database: Database) throws -> [DayReport.Alarm] {
        try database.rows("SELECT * FROM kiosks ORDER BY site, kiosk").flatMap { row in
            let (site, kiosk): (String, String) = (row["site"], row["kiosk"])
            guard let name = DeviceName("\(site)/\(kiosk)") else { return [DayReport.Alarm]() }
            let alarm = { (code, time: Int64) in
                DayReport.Alarm(site: site, kiosk: kiosk, code: code, since: WallTime(milliseconds: time).iso8601)
            }
            var alarms: [DayReport.Alarm] = []
            if let emergency = row["emergency"] as Int64? {
                alarms.append(alarm(.emergency, emergency))
                if emergencyFromAbove(for: name)?.since == emergency { alarms[0].isFromAbove = true }
            }
            if let wanted = orders(for: name).bundle, let bundle = row["bundle"] as String?, bundle != wanted {
                alarms.append(alarm(.siteOutdated, row["told"]))
            }
            return alarms
        }
    }
}
