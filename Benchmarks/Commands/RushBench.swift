import ArgumentParser
import DeviceEmulators
import Foundation
import KioskRuntime

/// The opening rush: visitor after visitor.
struct RushBench: Bench {
    static let configuration = CommandConfiguration(
        commandName: "rush", abstract: "Visitor after visitor at one kiosk whose printer is as fast as a real one: tickets a minute.")

    @OptionGroup var options: BenchOptions

    @Option(help: "How many visitors.")
    var visitors = 20

    @Option(help: "Seconds that a visitor looks at a screen before touching it; 0 is a queue of machines.")
    var pause = 0.0

    @Option(help: "Millimetres a second of the emulated printer.")
    var speed = 150

    var words: String { "--visitors \(visitors) --pause \(Self.short(pause)) --speed \(speed)" }

    func validate() throws {
        guard (1...10_000).contains(visitors) else { throw ValidationError("--visitors takes 1 to 10000, not \(visitors).") }
        guard (0...60).contains(pause) else { throw ValidationError("--pause takes 0 to 60 seconds, not \(pause).") }
    }

    func measure(_ program: MeasuredProgram) async throws -> Measured {
        let (time, paper) = try await MeasuringFolder.run(program) { place in
            try await place.demo(["--speed", "\(speed)"]) { place in
                let time = try await Page.open(port: place.screenPort) { page in
                    _ = try await page.visit()
                    let clock = ContinuousClock()
                    let begun = clock.now
                    for _ in 0..<visitors { _ = try await page.visit(pausing: .seconds(pause)) }
                    return clock.now - begun
                }
                return (time, try await Paper.read(port: place.paperPort))
            }
        }
        let sheets = paper.sheets.filter(\.cut)
        let length = sheets.map(\.millimetres).reduce(0, +) / Double(max(1, sheets.count))
        let mechanical = length / Double(speed) + MechanismSettings().cutTime.seconds
        return Measured(
            title: "opening rush, \(visitors) visitors who look at each screen for \(Self.short(pause)) s, printer \(speed) mm/s",
            figures: [
                Figure("tickets a minute and kiosk", Double(visitors) * 60 / time.seconds, .perMinute, .atLeast(8)),
                Figure("of each visit, kiosk and printer take", time / visitors - .seconds(pause * Self.looks)),
                .beside("the printer alone, \(Int(length.rounded())) mm and a cut each", 60 / mechanical, .perMinute),
                .beside("the printer and the visitors' pauses alone", 60 / (mechanical + pause * Self.looks), .perMinute),
            ], remarks: program.remarks)
    }

    /// Greeting, agencies, services, confirmation, ticket.
    private static let looks = 5.0

    private static func short(_ seconds: Double) -> String { seconds == seconds.rounded() ? "\(Int(seconds))" : "\(seconds)" }
}
