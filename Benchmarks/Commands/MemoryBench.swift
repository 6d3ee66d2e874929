import ArgumentParser
import Foundation

/// How much memory a kiosk takes.
struct MemoryBench: Bench {
    static let configuration = CommandConfiguration(
        commandName: "memory", abstract: "Resident memory of `anjungan run` after visits, and of the browser that shows its screen.")

    @OptionGroup var options: BenchOptions

    @Option(help: "How many visits before.")
    var visits = 50

    @Option(help: "The browser; an empty text leaves it out.")
    var browser = "/usr/bin/chromium"

    var words: String { "--visits \(visits)" + (browser == "/usr/bin/chromium" ? "" : " --browser “\(browser)”") }

    func validate() throws {
        guard (1...100_000).contains(visits) else { throw ValidationError("--visits takes 1 to 100000, not \(visits).") }
    }

    func measure(_ program: MeasuredProgram) async throws -> Measured {
        let figures = try await MeasuringFolder.run(program) { place in
            try await place.demo(["--speed", "100000"]) { place in
                try await Page.open(port: place.screenPort) { page in
                    for _ in 0..<visits { _ = try await page.visit() }
                }
                return try await look(at: place)
            }
        }
        return Measured(
            title: "memory, after \(visits) visits", figures: figures,
            remarks: program.remarks + ["resident counts shared pages whole, proportional counts the share of them"])
    }

    private func look(at place: MeasuringFolder) async throws -> [Figure] {
        let children = try place.children()
        let kiosk = ProcessFigures(pid: try place.child("run"))
        let busy = try kiosk.memory()
        try await ContinuousClock().sleep(for: .seconds(10))
        let idle = try kiosk.memory()
        var figures = [
            Figure("run, resident, just after the visits", Self.megabytes(busy.resident), .megabytes, .atMost(60)),
            Figure("run, resident, ten seconds later", Self.megabytes(idle.resident), .megabytes, .atMost(60)),
            Figure("run, proportional, ten seconds later", Self.megabytes(idle.proportional), .megabytes),
        ]
        for name in children.keys.sorted() where name != "run" {
            guard let pid = children[name] else { continue }
            figures.append(.beside("\(name), resident", Self.megabytes(try ProcessFigures(pid: pid).memory().resident), .megabytes))
        }
        if !browser.isEmpty {
            let (processes, memory) = try await Browser(executable: browser, folder: "\(place.folder)/browser").memory(
                port: place.screenPort)
            figures.append(.beside("browser, proportional, \(processes) processes", Self.megabytes(memory), .megabytes))
        }
        return figures
    }

    private static func megabytes(_ bytes: Double) -> Double { bytes / 1_000_000 }
}
