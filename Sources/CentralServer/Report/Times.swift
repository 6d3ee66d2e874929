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

extension ServiceDay {
    /// Reads `YYYY-MM-DD` (ISO 8601), and nothing else.
    public init?(iso8601 text: String) {
        guard text.utf8.count == 10, let date = try? Date("\(text)T00:00:00Z", strategy: .iso8601) else { return nil }
        self.init(number: Int32(clamping: Int64((date.timeIntervalSince1970 / 86_400).rounded(.down))))
        // 30 February is a date to some readers; it is not the one that was written.
        guard description == text else { return nil }
    }
}
