/// Compares this centre's clock, which its kiosks go by, with that of the centre above.
struct UpstreamClock: Hashable, Sendable {
    /// An answer of an honest centre may take this long on its way back.
    static let tolerance = Duration.seconds(120)

    /// What is to be said; only what is new.
    enum Word: Hashable, Sendable {
        /// The centre above is so far ahead, or behind where that is negative.
        case differs(by: Duration)
        case agrees
    }

    private var differs = false

    mutating func heard(offset: Duration) -> Word? {
        let now = offset > Self.tolerance || .zero - offset > Self.tolerance
        defer { differs = now }
        return now == differs ? nil : now ? .differs(by: offset) : .agrees
    }
}
