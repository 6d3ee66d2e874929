import ArgumentParser
import Foundation
import KioskCore
import KioskRuntime

/// Touch → next screen.
struct TouchBench: Bench {
    static let configuration = CommandConfiguration(
        commandName: "touch", abstract: "From sending a touch on the screen's WebSocket until the next screen has come.")

    @OptionGroup var options: BenchOptions

    @Option(help: "How many touches.")
    var count = 500

    @Option(help: "Milliseconds between a screen and the next touch; a processor that has gone to sleep answers later.")
    var pause = 0

    var words: String { "--count \(count)" + (pause > 0 ? " --pause \(pause)" : "") }

    func validate() throws {
        guard (10...1_000_000).contains(count) else { throw ValidationError("--count takes 10 to 1000000, not \(count).") }
        guard (0...10_000).contains(pause) else { throw ValidationError("--pause takes 0 to 10000 milliseconds, not \(pause).") }
    }

    func measure(_ program: MeasuredProgram) async throws -> Measured {
        let (times, exchanges) = try await MeasuringFolder.run(program) { place in
            try await place.demo(["--speed", "100000"]) { place in
                try await Page.open(port: place.screenPort) { page in
                    // Brings everything into memory, and the printer's first status to the screen.
                    _ = try await page.visit()
                    _ = try await touches(100, on: &page)
                    return try await touches(count, on: &page)
                }
            }
        }
        let echo = try await Echo.roundTrips(exchanges, pausing: .milliseconds(pause))
        return Measured(
            title: "touch → next screen, \(count) touches" + (pause > 0 ? ", \(pause) ms between them" : ""),
            figures: [
                Figure("p99", times.percentile(0.99), .atMost(5)), Figure("p50", times.median), Figure("longest", times.longest),
                .beside("the same bytes, TCP on loopback, p50", echo.median),
                .beside("the same bytes, TCP on loopback, p99", echo.percentile(0.99)),
            ], remarks: program.remarks)
    }

    /// greeting → agencies → services → agencies → greeting, and again.
    private func touches(_ count: Int, on page: inout Page) async throws -> (Times, [Echo.Exchange]) {
        var times: [Duration] = []
        var exchanges: [Echo.Exchange] = []
        var hasSeenServices = false
        for _ in 0..<count {
            let touch: Touch
            switch page.current.screen.kind {
            case .greeting: touch = .start
            case .agencies: touch = hasSeenServices ? .cancel : .agency(Page.service.agency)
            case .services: touch = .back
            default: throw Page.Failed(description: "the screen \(page.current.screen.kind) is not on this way")
            }
            hasSeenServices = page.current.screen.kind == .services
            if pause > 0 { try await ContinuousClock().sleep(for: .milliseconds(pause)) }
            let question = try page.message(.touch(touch)).encoded().count
            times.append(try await page.touch(touch))
            exchanges.append(Echo.Exchange(question: question, answer: try page.current.encoded().count))
        }
        return (Times(times), exchanges)
    }
}
