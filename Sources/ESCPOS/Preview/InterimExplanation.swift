extension Command {
    /// Interim.
    public var explanation: String { "\(self)" }
}
