/// What is known about a print (promise: the outcome is known or said to be unknown, never guessed).
public enum PrintOutcome: String, Hashable, Sendable, CaseIterable, Codable {
    /// The printer reported that it executed everything up to and including the cut.
    case printed
    /// The printer answered a command that stands behind the data, so it took all of it in.
    case processed
    /// The bytes were handed to a printer that cannot answer.
    case sent
    /// Nothing more of it will come out, and it did not come out whole.
    case failed
    /// It may have come out, whole or in part; nobody can say.
    case unknown
}

/// The settled end of one print: it never changes afterwards.
public struct PrintResult: Hashable, Sendable, Codable {
    public var outcome: PrintOutcome
    /// Why, where the outcome is ``PrintOutcome/failed`` or ``PrintOutcome/unknown``.
    public var reason: ConditionCode?
    /// For technicians, in English; holds no personal data.
    public var detail: String

    public init(_ outcome: PrintOutcome, reason: ConditionCode? = nil, detail: String = "") {
        self.outcome = outcome
        self.reason = reason
        self.detail = detail
    }
}
