import ArgumentParser
import Foundation

/// What a kiosk costs while nobody is there.
struct IdleBench: Bench {
    static let configuration = CommandConfiguration(
        commandName: "idle", abstract: "Processor time and wake-ups while the greeting is on the screen.",
        discussion: "Percent of one processor. A page is connected and a few tickets were printed before.")

    @OptionGroup var options: BenchOptions

    @Option(help: "How long to look.")
    var seconds = 30

    var words: String { "--seconds \(seconds)" }

    func validate() throws {
        guard (1...3600).contains(seconds) else { throw ValidationError("--seconds takes 1 to 3600, not \(seconds).") }
    }

    private struct Use: Sendable {
        var name: String
        /// Percent of one processor.
        var processor: Double
        /// A second.
        var wakeUps: Double
    }

    func measure(_ program: MeasuredProgram) async throws -> Measured {
        let uses = try await MeasuringFolder.run(program) { place in
            try await place.demo([]) { place in
                try await Page.open(port: place.screenPort) { page in
                    for _ in 0..<3 { _ = try await page.visit() }
                    // What the last visit leaves to be done is done.
                    try await ContinuousClock().sleep(for: .seconds(5))
                    return try await look(at: place.children())
                }
            }
        }
        let figures = uses.flatMap { use in
            use.name == "run"
                ? [Figure("run, processor", use.processor, .percent), Figure("run, wake-ups", use.wakeUps, .perSecond)]
                : [.beside("\(use.name), processor", use.processor, .percent), .beside("\(use.name), wake-ups", use.wakeUps, .perSecond)]
        }
        return Measured(title: "idle, \(seconds) s of greeting", figures: figures, remarks: program.remarks)
    }

    /// `run` first.
    private func look(at children: [String: pid_t]) async throws -> [Use] {
        let clock = ContinuousClock()
        let begun = clock.now
        let names = ["run"] + children.keys.filter { $0 != "run" }.sorted()
        let before = try names.map { try Self.count(children, $0) }
        try await clock.sleep(for: .seconds(seconds))
        let after = try names.map { try Self.count(children, $0) }
        let time = (clock.now - begun).seconds
        return zip(names, zip(before, after)).map { name, counts in
            let busy = (counts.1.time - counts.0.time).seconds
            // A thread that ended in between takes its count along.
            let sleeps = counts.1.sleeps.reduce(0) { $0 + $1.value - (counts.0.sleeps[$1.key] ?? 0) }
            return Use(name: name, processor: busy * 100 / time, wakeUps: Double(sleeps) / time)
        }
    }

    private static func count(_ children: [String: pid_t], _ name: String) throws -> (time: Duration, sleeps: [pid_t: Int]) {
        guard let pid = children[name] else { throw MeasuringFolder.Unreadable(description: "the demo has no child “\(name)”") }
        let figures = ProcessFigures(pid: pid)
        return (try figures.processorTime(), try figures.sleeps())
    }
}
