/// What a kiosk was told last of a chain that is its own: how far the centre has it, and how far a backup of the centre does.
///
/// It travels beside each batch, as `Anjungan-Told: 120 100`. A centre that has less than it told was put back to an older state.
public struct Told: Hashable, Sendable {
    public var acknowledged: UInt64
    public var safe: UInt64

    public init(acknowledged: UInt64, safe: UInt64) {
        self.acknowledged = acknowledged
        self.safe = safe
    }

    public static let header = "Anjungan-Told"
    public var headerValue: String { "\(acknowledged) \(safe)" }

    /// Reads a header's value; nil for anything else, which says nothing.
    public init?(headerValue: String) {
        let numbers = headerValue.split(separator: " ", omittingEmptySubsequences: false).map { UInt64($0) }
        guard numbers.count == 2, let acknowledged = numbers[0], let safe = numbers[1], safe <= acknowledged,
            acknowledged <= UInt64(Int64.max)
        else { return nil }
        self.init(acknowledged: acknowledged, safe: safe)
    }
}
