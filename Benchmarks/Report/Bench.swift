import ArgumentParser
import Foundation
import UnixSignals

/// What every measuring command takes.
struct BenchOptions: ParsableArguments, Sendable {
    @Option(help: "The built anjungan; without it the one beside this program.")
    var program: String?

    @Option(help: "How often to measure; the best run is shown, because other programs on the machine only make it worse.")
    var runs = 1

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard (1...100).contains(runs) else { throw ValidationError("--runs takes 1 to 100, not \(runs).") }
    }
}

/// A command that measures.
protocol Bench: AsyncParsableCommand, Sendable {
    var options: BenchOptions { get }
    /// The programs that it starts.
    static var needs: [KeyPath<MeasuredProgram, String>] { get }
    /// Its own options as written on the command line.
    var words: String { get }
    /// Measures once.
    func measure(_ program: MeasuredProgram) async throws -> Measured
}

/// The figures of one run.
struct Measured: Sendable {
    var title: String
    var figures: [Figure]
    var remarks: [String] = []
}

extension Bench {
    /// A whole kiosk.
    static var needs: [KeyPath<MeasuredProgram, String>] { [\.path, \.full, \.backend] }

    /// The best of the runs that were asked for.
    func report() async throws -> Report {
        let program = try MeasuredProgram(options.program, needing: Self.needs)
        let name = [Self.configuration.commandName ?? "", words].filter { !$0.isEmpty }.joined(separator: " ")
        let runs = options.runs > 1 ? " --runs \(options.runs)" : ""
        var best: Report?
        for _ in 0..<options.runs {
            let measured = try await measure(program)
            let remarks = measured.remarks + (options.runs > 1 ? ["the best of \(options.runs) runs"] : [])
            let report = Report(
                title: measured.title, figures: measured.figures, remarks: remarks, command: "anjungan-bench \(name)\(runs)")
            if best.map(report.isBetter) ?? true { best = report }
        }
        guard let best else { preconditionFailure("There is at least one run") }
        return best
    }

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        let bench = self
        let report = try await unlessInterrupted { try await bench.report() }
        if options.json {
            try show(json: [report])
        } else {
            show(report.table)
        }
    }
}

/// Everything that was measured, as an array of reports.
func show(json reports: [Report]) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    show(String(decoding: try encoder.encode(reports), as: UTF8.self) + "\n")
}

/// Writes to standard output at once, also into a pipe.
func show(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }

private struct Interrupted: Error, CustomStringConvertible {
    var description: String { "interrupted; everything that was started has been ended" }
}

/// Ctrl-C and SIGTERM cancel the work, which then ends its children and removes its folder.
func unlessInterrupted<Result: Sendable>(_ work: @escaping @Sendable () async throws -> Result) async throws -> Result {
    try await withThrowingTaskGroup(of: Result.self) { group in
        group.addTask { try await work() }
        group.addTask {
            for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { throw Interrupted() }
            throw CancellationError()
        }
        defer { group.cancelAll() }
        guard let result = try await group.next() else { preconditionFailure("Two tasks were added") }
        return result
    }
}
