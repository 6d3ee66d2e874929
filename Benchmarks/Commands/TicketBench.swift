import ArgumentParser
import Foundation
import KioskRuntime

/// Touch → last byte at the printer.
struct TicketBench: Bench {
    enum Route: String, ExpressibleByArgument, CaseIterable { case cups, direct }

    static let configuration = CommandConfiguration(
        commandName: "ticket", abstract: "From the touch that orders a ticket until its last byte goes to the printer.",
        discussion: "Through the journal and the chosen route; the emulated printer is so fast that it holds nothing up.")

    @OptionGroup var options: BenchOptions

    @Option(help: "cups, or direct for a kiosk without CUPS.")
    var route = Route.cups

    @Option(help: "How many tickets.")
    var count = 40

    var words: String { "--route \(route.rawValue) --count \(count)" }

    func validate() throws {
        guard (1...100_000).contains(count) else { throw ValidationError("--count takes 1 to 100000, not \(count).") }
    }

    /// The steps of each ticket, and the peers.
    private struct Steps: Sendable {
        var visits: [(visit: Page.Visit, job: PrinterTap.Job)] = []
        var disk: Times
        var lp: Times?
        var backend: Times?

        func times(_ time: ((visit: Page.Visit, job: PrinterTap.Job)) -> Duration) -> Times { Times(visits.map(time)) }
        var lastByte: Times { times { $0.job.lastByte - $0.visit.ordered } }
    }

    func measure(_ program: MeasuredProgram) async throws -> Measured {
        let steps = try await steps(program, route)
        guard let last = steps.visits.last else { preconditionFailure("At least one ticket was printed") }
        let lastByte = steps.lastByte
        var figures = [
            Figure("p50", lastByte.median, .atMost(20)), Figure("p90", lastByte.percentile(0.9)), Figure("longest", lastByte.longest),
            Figure("until the number is on the screen, p50", steps.times { $0.visit.untilNumber }.median),
            Figure("until the first byte, p50", steps.times { $0.job.firstByte - $0.visit.ordered }.median),
            Figure("from first to last byte, p50", steps.times { $0.job.lastByte - $0.job.firstByte }.median),
            Figure("until “take your ticket” on the screen, with 300 ms for the knife, p50", steps.times { $0.visit.untilTicket }.median),
            .beside("4 kB written durably to the same disk, p50", steps.disk.median),
            .beside("its \(last.job.bytes.count) bytes over USB full speed", Self.fullSpeed(last.job.bytes.count)),
        ]
        if let lp = steps.lp { figures.append(.beside("the same bytes to the same queue by `lp`, p50", lp.median)) }
        if route == .cups {
            let direct = try await self.steps(program, .direct).lastByte
            figures.append(Figure("what CUPS adds to the direct route, p50", lastByte.median - direct.median, .atMost(10)))
            if let backend = steps.backend {
                figures.append(Figure("of it at most: the backend from start to end, naming the printers, p50", backend.median, .atMost(5)))
                figures.append(Figure("the same, shortest", backend.shortest))
            }
            figures.append(.beside("the direct route, p50", direct.median))
            figures.append(.beside("`true` from start to end, p50", try await Child.times("/usr/bin/true", [], count: 50).median))
        }
        return Measured(
            title: "touch → last byte at the printer, route \(route.rawValue), \(count) tickets", figures: figures, remarks: program.remarks
        )
    }

    private func steps(_ program: MeasuredProgram, _ route: Route) async throws -> Steps {
        try await MeasuringFolder.run(program) { place in
            try await PrinterTap.run(to: { try place.printerPort() }) { tap in
                try await place.demo(
                    ["--speed", "100000", "--route", route.rawValue], environment: ["ANJUNGAN_PRINTER_ADDRESS": "127.0.0.1:\(tap.port)"]
                ) { place in try await measure(route, place, tap) }
            }
        }
    }

    private func measure(_ route: Route, _ place: MeasuringFolder, _ tap: PrinterTap) async throws -> Steps {
        let disk = try Disk.durableWrites(200, in: place.folder)
        let visits = try await Page.open(port: place.screenPort) { page in
            // The first ones bring everything into memory.
            for _ in 0..<Self.warmingUp { _ = try await page.visit() }
            var visits: [Page.Visit] = []
            for _ in 0..<count { visits.append(try await page.visit()) }
            return visits
        }
        var steps = Steps(disk: disk)
        for visit in visits { steps.visits.append((visit, try await tap.job(since: visit.ordered))) }
        if route == .cups, let bytes = steps.visits.last?.job.bytes {
            steps.lp = try await lp(bytes, place, tap)
            steps.backend = try await backend(place)
        }
        return steps
    }

    private static let warmingUp = 5

    /// Printed by CUPS's own tool, from its start to the last byte at the printer.
    private func lp(_ bytes: [UInt8], _ place: MeasuringFolder, _ tap: PrinterTap) async throws -> Times {
        let file = "\(place.folder)/ticket.bin"
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        let lp = Child(
            executable: "/usr/bin/lp", arguments: ["-d", "ticket", "-o", "raw", file],
            environment: ["CUPS_SERVER": "\(place.folder)/cups/run/cups.sock"], log: "\(place.folder)/lp.log")
        var times: [Duration] = []
        for _ in 0..<10 {
            let begun = ContinuousClock.now
            try await lp.finish()
            times.append(try await tap.job(since: begun).lastByte - begun)
        }
        return Times(times)
    }

    /// The backend asked which printers there are: it starts, reaches the device layer, and ends. A job waits for no more of it
    /// than its start.
    private func backend(_ place: MeasuringFolder) async throws -> Times {
        let backend = Child(
            executable: place.program.backend, arguments: [], environment: ["ANJUNGAN_DEVICE_SOCKET": "\(place.folder)/devices.sock"],
            log: "\(place.folder)/backend.log")
        var times: [Duration] = []
        for _ in 0..<50 {
            let begun = ContinuousClock.now
            try await backend.finish()
            times.append(ContinuousClock.now - begun)
        }
        return Times(times)
    }

    /// USB 2.0 clause 5.8.4: at most nineteen bulk packets of 64 bytes in each millisecond.
    private static func fullSpeed(_ bytes: Int) -> Duration { .seconds(Double(bytes) / (19 * 64 * 1000)) }
}
