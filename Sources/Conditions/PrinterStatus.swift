/// What a printer is and is not able to do now: a level, never an edge.
public struct PrinterStatus: Hashable, Sendable {
    /// A print that began now would come out.
    public var isReady: Bool
    /// What is wrong, or soon will be: a ready printer may still be ``ConditionCode/mediaLow``.
    public var conditions: Set<ConditionCode>

    public init(isReady: Bool, conditions: Set<ConditionCode>) {
        self.isReady = isReady
        self.conditions = conditions
    }
}
