import ArgumentParser
import Foundation
import KioskRuntime

/// Start → first screen.
struct StartBench: Bench {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "From starting `anjungan run` until the first screen has come over the WebSocket.",
        discussion: "A process of its own each time, on a journal with some tickets; the program's files are in the page cache.")

    @OptionGroup var options: BenchOptions

    @Option(help: "How many starts.")
    var count = 10

    @Option(help: "How many tickets the journal holds.")
    var tickets = 20

    var words: String { "--count \(count) --tickets \(tickets)" }

    func validate() throws {
        guard (1...1000).contains(count) else { throw ValidationError("--count takes 1 to 1000, not \(count).") }
        guard (1...10_000).contains(tickets) else { throw ValidationError("--tickets takes 1 to 10000, not \(tickets).") }
    }

    /// Times from the start of the process.
    private struct Start: Sendable {
        var served: Duration
        var shown: Duration
    }

    func measure(_ program: MeasuredProgram) async throws -> Measured {
        let starts = try await MeasuringFolder.run(program) { place in
            // Makes the site, the keys, the configuration and the journal.
            try await place.demo(["--speed", "100000", "--route", "direct"]) { place in
                try await Page.open(port: place.screenPort) { page in
                    for _ in 0..<tickets { _ = try await page.visit() }
                }
            }
            let printer = Child(
                executable: program.path, arguments: ["emulate", "--printer", "127.0.0.1:\(try place.printerPort())", "--paper", "0"],
                log: "\(place.folder)/printer.log", awaited: ["printer "])
            return try await printer.run { _ in
                var starts: [Start] = []
                for _ in 0..<count + 1 { starts.append(try await start(place)) }
                return Array(starts.dropFirst())
            }
        }
        let shown = Times(starts.map(\.shown))
        let help = try await Child.times(program.path, ["--help"], count: count)
        let nothing = try await Child.times("/usr/bin/true", [], count: count)
        return Measured(
            title: "start of `anjungan run` → first screen, \(count) starts, \(tickets) tickets in the journal",
            figures: [
                Figure("p50", shown.median, .atMost(150)), Figure("longest", shown.longest),
                Figure("until the screen is served, p50", Times(starts.map(\.served)).median),
                .beside("`anjungan --help`, start to end, p50", help.median),
                .beside("`true`, start to end, p50", nothing.median),
            ], remarks: program.remarks)
    }

    private func start(_ place: MeasuringFolder) async throws -> Start {
        let kiosk = Child(
            executable: place.program.path, arguments: ["run", "--config", place.configuration], log: "\(place.folder)/run.log",
            awaited: ["screen "])
        let clock = ContinuousClock()
        let begun = clock.now
        return try await kiosk.run { _ in
            let served = clock.now - begun
            return try await Page.open(port: place.screenPort) { _ in Start(served: served, shown: clock.now - begun) }
        }
    }
}
