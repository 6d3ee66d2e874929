import GRDB
import KioskCore
import SyncProtocol

/// What did not fit one chain, as whoever runs the mall is shown it.
struct Incidents {
    let chain: ChainName
    let now: WallTime
    let database: Database

    /// Notes one, or that it lasts. Returns whether it is new: a kiosk repeats itself, an incident is news once.
    @discardableResult
    func note(_ code: DayReport.Incident.Code, at sequence: UInt64, _ detail: String) throws -> Bool {
        let key = chain.key + [code.rawValue, Int64(sequence)]
        let known = try database.row("SELECT 1 FROM incidents WHERE \(ChainName.keyMatches) AND code = ? AND seq = ?", key)
        try database.run(
            """
            INSERT INTO incidents (site, kiosk, epoch, lane, code, seq, detail, first, last, resolved) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)
            ON CONFLICT DO UPDATE SET last = excluded.last, resolved = NULL, times = times + 1
            """,
            key + [detail, now.milliseconds, now.milliseconds])
        return known == nil
    }

    /// A gap is over when the chain went past everything that came behind it.
    func resolveGaps(upto sequence: UInt64) throws {
        try database.run(
            """
            UPDATE incidents SET resolved = ? WHERE \(ChainName.keyMatches) AND code = 'gap' AND seq <= ? AND resolved IS NULL
                AND NOT EXISTS (
                    SELECT 1 FROM quarantine AS kept WHERE kept.site = incidents.site AND kept.kiosk = incidents.kiosk
                        AND kept.epoch = incidents.epoch AND kept.lane = incidents.lane AND kept.code = incidents.code
                        AND kept.seq = incidents.seq AND kept.place > ?)
            """,
            [now.milliseconds] + chain.key + [Int64(sequence), Int64(sequence)])
    }
}
