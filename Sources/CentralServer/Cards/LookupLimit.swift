import Enrolment
import KioskCore
import Synchronization

/// How often a kiosk may ask about cards: enough for any queue of citizens, too seldom to try numbers.
///
/// At once ``burst``, and in the long run one in ``interval``: all numbers of four octets would take six hundred years.
final class LookupLimit: Sendable {
    static let burst: Int64 = 20
    /// Milliseconds.
    static let interval: Int64 = 5_000
    /// Kiosks that are remembered; behind that the one that has been silent longest is forgotten.
    private static let most = 4_096

    private struct Allowance {
        /// Milliseconds that were saved up.
        var saved = LookupLimit.burst * LookupLimit.interval
        var last: Int64
    }

    private let allowances = Mutex<[DeviceName: Allowance]>([:])

    /// Whether `kiosk` may ask now; else after how many seconds it may again.
    func allows(_ kiosk: DeviceName, at now: WallTime) -> Int64? {
        allowances.withLock { allowances in
            var allowance = allowances[kiosk] ?? Allowance(last: now.milliseconds)
            // A clock that jumps back saves nothing up.
            allowance.saved = min(Self.burst * Self.interval, allowance.saved + max(0, now.milliseconds - allowance.last))
            allowance.last = now.milliseconds
            let mayAsk = allowance.saved >= Self.interval
            if mayAsk { allowance.saved -= Self.interval }
            if allowances.count >= Self.most, allowances[kiosk] == nil, let oldest = allowances.min(by: { $0.value.last < $1.value.last }) {
                allowances[oldest.key] = nil
            }
            allowances[kiosk] = allowance
            return mayAsk ? nil : (Self.interval - allowance.saved + 999) / 1000
        }
    }
}
