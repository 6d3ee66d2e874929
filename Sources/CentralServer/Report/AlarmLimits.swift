import Conditions
import Foundation
import GRDB
import KioskCore
import SyncProtocol

/// From when on a kiosk's silence, or what it has not sent yet, is an alarm.
///
/// Silence counts as much as lag: a kiosk whose network is cut cannot say that it lags.
public struct AlarmLimits: Hashable, Sendable {
    /// Without a word; a kiosk with nothing to send calls every minute.
    public var silence: Duration
    /// The age of the oldest entry that is not here.
    public var lag: Duration

    public init(silence: Duration = .seconds(300), lag: Duration = .seconds(900)) {
        self.silence = silence
        self.lag = lag
    }

    /// Since when the oldest entry of a chain that is not here has been waiting, by the centre's clock; `nil` when nothing is known to.
    static func waitingSince(_ row: Row) -> WallTime? {
        guard let seconds = row["waiting"] as Int64?, row["head"] as Int64 > row["upto"] as Int64 else { return nil }
        return WallTime(milliseconds: row["contact"] as Int64 - seconds * 1000)
    }

    /// The kiosks with an alarm, by site and name. Of each only the life of the journal counts that was heard last and that no other
    /// follows, and of that the lane that has been silent longest: a living one must not hide a dead one. A centre's own entries wait
    /// for no kiosk.
    func alarms(_ now: WallTime, in database: Database) throws -> [DayReport.Alarm] {
        let rows = try database.rows(
            """
            SELECT site, kiosk, epoch, upto, head, contact, waiting FROM chains WHERE kiosk <> ?
            ORDER BY site, kiosk, EXISTS (
                SELECT 1 FROM epochs WHERE epochs.site = chains.site AND epochs.kiosk = chains.kiosk AND epochs.previous = chains.epoch
            ), contact DESC
            """, [ManualSeries.writer.rawValue])
        var alarms: [DayReport.Alarm] = []
        var index = 0
        while index < rows.count {
            let newest = rows[index]
            let (site, kiosk): (String, String) = (newest["site"], newest["kiosk"])
            let all = rows[index...].prefix { $0["site"] == site && $0["kiosk"] == kiosk }
            index += all.count
            let lanes = all.filter { $0["epoch"] as Data == newest["epoch"] as Data }
            let contact = WallTime(milliseconds: lanes.map { $0["contact"] as Int64 }.min() ?? 0)
            let waiting = lanes.compactMap(Self.waitingSince).min { $0.milliseconds < $1.milliseconds }
            if contact.isOlder(than: silence, at: now) {
                alarms.append(.init(site: site, kiosk: kiosk, code: .kioskSilent, since: contact.iso8601))
            } else if let waiting, waiting.isOlder(than: lag, at: now) {
                alarms.append(.init(site: site, kiosk: kiosk, code: .kioskLagging, since: waiting.iso8601))
            }
        }
        return alarms
    }
}

extension WallTime {
    fileprivate func isOlder(than limit: Duration, at now: WallTime) -> Bool { .milliseconds(now.milliseconds - milliseconds) > limit }
}
