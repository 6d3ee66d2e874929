public import ArgumentParser
import ProjectFiles
public import ReceiptMarkup

/// What a command has to tell and to write, before it does.
public struct CommandOutput {
    /// For standard error.
    public var warnings: [String] = []
    /// For the file at ``path``; nil writes nothing.
    public var bytes: [UInt8]?
    /// `-` is standard output.
    public var path = "-"
    /// Why it is not all there is, or the exit code that says what was found.
    public var failure: (any Error)?

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

/// A command that reads files and computes: the same options and the same output in the quick program and in the full one.
public protocol QuickWork: ParsableArguments {
    /// `-` stands for one of its files.
    var readsStandardInput: Bool { get }

    /// Reads and computes; tells and writes nothing.
    func work(drawing renderer: any DotRenderer) -> CommandOutput
}
