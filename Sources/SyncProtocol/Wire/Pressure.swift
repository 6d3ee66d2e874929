/// What a centre that asks for patience (HTTP 429, 503) says besides its words, as JSON.
public struct Pressure: Hashable, Sendable, Codable {
    /// How many entries it wants in one batch at most.
    public var maximumEntries: Int?

    public init(maximumEntries: Int?) { self.maximumEntries = maximumEntries }
}
