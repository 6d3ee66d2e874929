/// Many times of the same thing.
struct Times: Sendable {
    private let sorted: [Duration]

    /// - Parameter times: at least one.
    init(_ times: [Duration]) {
        precondition(!times.isEmpty, "Nothing was measured")
        sorted = times.sorted()
    }

    /// The time that `share` of them (0 to 1) do not exceed: the nearest rank.
    func percentile(_ share: Double) -> Duration {
        sorted[min(sorted.count - 1, max(0, Int((share * Double(sorted.count)).rounded(.up)) - 1))]
    }

    var median: Duration { percentile(0.5) }
    var shortest: Duration { percentile(0) }
    var longest: Duration { percentile(1) }
    var sum: Duration { sorted.reduce(.zero, +) }
}
