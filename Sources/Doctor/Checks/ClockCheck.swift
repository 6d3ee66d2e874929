import Conditions
import KioskCore

/// Whether the clock can be believed.
enum ClockCheck {
    /// The year of the first kiosk: a clock without a battery wakes up long before it.
    static let firstYear = 2026
    /// Clocks are set back a little all the time.
    static let tolerance: Int64 = 60_000

    /// - Parameters:
    ///   - newest: when the newest entry that is known was written.
    ///   - doubt: why the running kiosk's journal does not believe the clock.
    static func examine(_ clock: ClockFacts, newest: WallTime?, doubt: String?, _ zone: TimeZoneOfIndonesia) -> Finding {
        let now = local(clock.now, zone)
        if let doubt {
            return .wrong(
                .clock, .clockJumped,
                Words("\(now), \(doubt); jika benar: ", "\(now), \(doubt); if it is right: ")
                    + Words(both: "anjungan journal clock --right"))
        }
        guard ServiceDay(clock.now, in: zone).civil.year >= firstYear else {
            return .wrong(.clock, .clockJumped, Words(both: now))
        }
        if let newest, clock.now.milliseconds + tolerance < newest.milliseconds {
            let then = local(newest, zone)
            return .wrong(
                .clock, .clockJumped, Words("\(now), tetapi jurnal sudah sampai \(then)", "\(now), but the journal has reached \(then)"))
        }
        switch clock.isSynchronized {
        case true?: return .sound(.clock, Words("\(now), disinkronkan", "\(now), synchronised"))
        case false?: return .wrong(.clock, .clockFree, Words(both: now))
        case nil: return .sound(.clock, Words("\(now); sinkronisasi tidak diketahui", "\(now); synchronisation not known"))
        }
    }
}
