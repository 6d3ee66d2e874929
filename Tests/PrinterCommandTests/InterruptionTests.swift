import DeviceEmulators
import DeviceSocket
import Foundation
import PrintBench
import Testing

/// `anjungan printer` that is ended in the middle of a sheet.
@Suite(.timeLimit(.minutes(15))) struct InterruptionTests {
    typealias Bench = PrinterBench

    /// Starts a test slip that stops in the middle, and ends the command there.
    /// - Parameter afterwards: what to do then, told how often the printer had thrown away what it held.
    private static func interrupt(
        _ bench: Bench, by signal: CInt, _ afterwards: (Int) async -> Void = { _ in }
    ) async throws -> Bench.Outcome {
        bench.printer.hold(atLines: 3)
        let test = try bench.process(["test", "--lang", "en"])
        async let outcome = Bench.outcome(of: test)
        await bench.printer.wait(until: \.isHeld)
        let clearings = bench.clearings
        kill(test.processIdentifier, signal)
        await afterwards(clearings)
        return try await outcome
    }

    @Test(arguments: [true, false]) func halfASheetOfAKilledCommandIsCutOffByWhoeverPrintsNext(_ isKiosk: Bool) async throws {
        try await Bench.run { bench in
            let mark = "\(bench.deviceSocket).sheet"
            _ = try await Self.interrupt(bench, by: SIGKILL)
            #expect(FileManager.default.fileExists(atPath: mark))
            let next: @Sendable () async throws -> Void = {
                let raw = try await bench.printer("raw", "ticket", "-", "--lang", "en", input: BenchPrinter.ticket(1))
                #expect(raw.status == 0, "\(raw)")
            }
            let clearings = bench.clearings
            async let goingOn: Void = bench.goOnWhenCleared(after: clearings)
            if isKiosk { try await bench.withWholeKiosk(next) } else { try await next() }
            await goingOn
            let sheets = bench.printer.sheets.filter { !$0.lines.isEmpty }
            #expect(sheets.count == 2 && sheets.allSatisfy(\.isCut), "\(sheets)")
            #expect(sheets.first?.printID == nil && sheets.last?.printID == BenchPrinter.id(1).rawValue, "\(sheets)")
            #expect(!FileManager.default.fileExists(atPath: mark), "nothing hangs there any more")
        }
    }

    @Test(arguments: [true, false]) func controlCTakesTheSlipBackAndSaysWhatBecameOfIt(_ withKiosk: Bool) async throws {
        try await Bench.run { bench in
            let check: @Sendable () async throws -> Void = {
                let outcome = try await Self.interrupt(bench, by: SIGINT) { await bench.goOnWhenCleared(after: $0) }
                #expect(outcome.status == 1, "\(outcome)")
                #expect(outcome.said.contains("FAILED: it did not come out whole"), "\(outcome)")
                let next = try await bench.printer("raw", "ticket", "-", input: BenchPrinter.ticket(1))
                #expect(next.status == 0, "\(next)")
                let sheets = bench.printer.sheets.filter { !$0.lines.isEmpty }
                #expect(sheets.count == 2 && sheets.last?.printID == BenchPrinter.id(1).rawValue, "\(sheets)")
            }
            if withKiosk { try await bench.withKiosk(check) } else { try await check() }
        }
    }
}

extension PrinterBench {
    /// How often the printer has thrown away what it held.
    var clearings: Int { printer.look { Self.clearings($0) } }

    /// Lets the paper go on once the printer has thrown away what it holds, one time more than `before`.
    func goOnWhenCleared(after before: Int) async {
        await printer.wait { Self.clearings($0) > before }
        printer.hold(atLines: nil)
    }

    private static func clearings(_ mechanism: PrinterMechanism) -> Int {
        mechanism.events.count { if case .bufferCleared = $0.kind { true } else { false } }
    }
}
