import FoundationEssentials

/// The wall clock, read once: everything else counts from there on the monotonic clock.
struct WallClock: Hashable, Sendable {
    private let reading: Date
    static var now: WallClock { WallClock(reading: Date()) }

    /// ISO 8601 with milliseconds, in UTC.
    func iso(after elapsed: Duration) -> String {
        reading.addingTimeInterval(Double(elapsed.nanoseconds) / 1e9)
            .formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
