import ProjectFiles

/// What a command has to tell and to write, before it does.
public struct CommandOutput {
    /// For standard error.
    public internal(set) var warnings: [String] = []
    /// For the file at `path`; nil writes nothing.
    public internal(set) var bytes: [UInt8]?
    /// `-` is standard output.
    public internal(set) var path = "-"
    /// Why it is not all there is.
    public internal(set) var failure: (any Error)?

    /// Thrown where the output itself says what was found, and only the exit code is left to say so.
    public struct Found: Error {}

    /// What `fill` says; what it throws is the failure.
    init(_ fill: (inout CommandOutput) throws -> Void) {
        do { try fill(&self) } catch { failure = error }
    }

    /// Tells it, writes it, and then throws the failure.
    public func deliver() throws {
        CommandFiles.warn(warnings)
        if let bytes { try CommandFiles.write(bytes, to: path) }
        if let failure { throw failure }
    }
}
