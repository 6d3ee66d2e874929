import ArgumentParser
import Foundation

/// Every figure, one after another.
struct AllBenches: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "all", abstract: "Every figure, one after another; about five minutes with one run each.")

    @OptionGroup var options: BenchOptions

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        let benches = try benches()
        let reports = try await unlessInterrupted { [options] in
            var reports: [Report] = []
            for bench in benches {
                let report = try await bench.report()
                if !options.json { show(report.table + "\n") }
                reports.append(report)
            }
            return reports
        }
        if options.json { try show(json: reports) }
    }

    private func benches() throws -> [any Bench] {
        let common = ["--runs", "\(options.runs)"] + (options.program.map { ["--program", $0] } ?? [])
        return [
            try TouchBench.parse(common), try TouchBench.parse(["--count", "200", "--pause", "50"] + common),
            try TicketBench.parse(["--route", "cups"] + common), try TicketBench.parse(["--route", "direct"] + common),
            try RushBench.parse(common), try RushBench.parse(["--visitors", "10", "--pause", "1.5"] + common),
            try StartBench.parse(common), try MemoryBench.parse(common), try IdleBench.parse(common),
            try EncodeBench.parse(common), try DecodeBench.parse(common), try TemplateStartBench.parse(common),
            try JournalBench.parse(common), try BacklogBench.parse(common), try CrowdBench.parse(["--kiosks", "200"] + common),
            try ReturnBench.parse(["--kiosks", "500", "--spread", "6"] + common),
            try ReadersBench.parse(["--cycles", "100"] + common),
        ]
    }
}
