import Foundation
public import KioskCore

extension WallTime {
    /// Now, by the machine's clock.
    public static var now: WallTime { WallTime(milliseconds: Int64((Date().timeIntervalSince1970 * 1000).rounded(.down))) }

    /// ISO 8601 in UTC with milliseconds.
    var iso8601: String {
        Date(timeIntervalSince1970: Double(milliseconds) / 1000).formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
