import CUPSPrinting
import Conditions
import DeviceEmulators
import DeviceLayer
import DeviceSocket
import Foundation
import PrintBench
import Testing

/// A real cupsd and the real backend: what CUPS says of a job is what is known of the paper.
@Suite(.timeLimit(.minutes(15))) struct SchedulerTests {
    typealias Bench = SchedulerBench

    @Test func aJobIsCompletedWhenItWasPrinted() async throws {
        try await Bench.run { bench, _ in
            try await bench.withDeviceLayer { _ in
                let job = try await bench.spooler.submit(BenchPrinter.id(1), BenchPrinter.ticket(1))
                try await bench.until(job, is: .completed)
                #expect(bench.printed == [BenchPrinter.id(1).rawValue])
                let jobs = try await bench.spooler.jobs()
                #expect(jobs == [SpoolerJob(id: job, name: BenchPrinter.id(1).rawValue, state: .completed)])
                #expect(await bench.ledger.result(of: BenchPrinter.id(1)) == PrintResult(.printed))
            }
        }
    }

    @Test func withoutPaperAJobIsProcessingAndTheQueueSaysWhy() async throws {
        try await Bench.run { bench, _ in
            bench.printer.set(.paperOut, true)
            try await bench.withDeviceLayer { _ in
                let job = try await bench.spooler.submit(BenchPrinter.id(1), BenchPrinter.ticket(1))
                try await bench.untilReasons { $0.contains("media-empty-error") }
                #expect(try await bench.spooler.jobs().map(\.state) == [.processing])
                bench.printer.set(.paperOut, false)
                try await bench.until(job, is: .completed)
                try await bench.untilReasons { $0.isEmpty }
                #expect(bench.printed == [BenchPrinter.id(1).rawValue])
            }
        }
    }

    @Test func aJobCancelledInCUPSIsWithdrawnFromThePrinter() async throws {
        try await Bench.run(holding: true) { bench, _ in
            try await bench.withDeviceLayer { device in
                let job = try await bench.spooler.submit(BenchPrinter.id(1), BenchPrinter.ticket(1, lines: 60))
                await bench.stopMidSheet()
                let results = device.results()
                #expect(try await bench.spooler.cancel(named: BenchPrinter.id(1)) == 1)
                try await bench.until(job, is: .canceled)
                let settled = await results.first { _ in true }
                #expect(settled?.1.reason == .printCancelled)
                #expect(try await bench.spooler.cancel(named: BenchPrinter.id(1)) == 0)
                bench.goOn()
                let next = try await bench.spooler.submit(BenchPrinter.id(2), BenchPrinter.ticket(2))
                try await bench.until(next, is: .completed)
                #expect(bench.printed == [BenchPrinter.id(1).rawValue, BenchPrinter.id(2).rawValue])
                #expect(bench.printer.sheets.map(\.lines.count).reduce(0, +) < 60)
            }
        }
    }

    @Test func aJobCancelledByTheKioskIsCanceledInCUPS() async throws {
        try await Bench.run { bench, _ in
            bench.printer.set(.coverOpen, true)
            try await bench.withDeviceLayer { device in
                let job = try await bench.spooler.submit(BenchPrinter.id(1), BenchPrinter.ticket(1))
                try await bench.untilReasons { $0.contains("cover-open-error") }
                _ = await device.cancel(BenchPrinter.id(1))
                try await bench.until(job, is: .canceled)
            }
        }
    }

    @Test func aFailedJobIsAborted() async throws {
        try await Bench.run { bench, _ in
            await bench.ledger.fill()
            try await bench.withDeviceLayer { _ in
                let job = try await bench.spooler.submit(BenchPrinter.id(1), BenchPrinter.ticket(1))
                try await bench.until(job, is: .aborted)
                #expect(bench.printed == [])
            }
        }
    }

    @Test func aJobOfUnknownOutcomeIsHeldUntilSomebodySettlesIt() async throws {
        try await Bench.run(holding: true) { bench, _ in
            try await bench.withDeviceLayer { _ in
                let job = try await bench.spooler.submit(BenchPrinter.id(1), BenchPrinter.ticket(1, lines: 60))
                await bench.stopMidSheet()
                bench.printer.set(.powerOff, true)
                try await bench.until(job, is: .held)
                #expect(try await bench.spooler.cancel(named: BenchPrinter.id(1)) == 1)
                try await bench.until(job, is: .canceled)
            }
        }
    }

    /// cupsd takes a SIGKILL of its backend for its own doing and says *completed*, whatever became of the paper:
    /// only the ledger knows.
    @Test func aKilledBackendLeavesOneSheetAndTheLedgerKnowsIt() async throws {
        try await Bench.run(holding: true) { bench, cupsd in
            try await bench.withDeviceLayer { device in
                let results = device.results()
                let job = try await bench.spooler.submit(BenchPrinter.id(1), BenchPrinter.ticket(1, lines: 30))
                await bench.stopMidSheet()
                let backends = try cupsd.backends()
                #expect(backends.count == 1)
                for backend in backends { kill(backend, SIGKILL) }
                try await bench.until(job, is: .completed)
                bench.goOn()
                #expect(await results.first { _ in true }?.1 == PrintResult(.printed))
                #expect(bench.printed == [BenchPrinter.id(1).rawValue])
            }
        }
    }

    @Test func aDeviceLayerThatIsAwayIsWaitedFor() async throws {
        try await Bench.run { bench, _ in
            let job = try await bench.spooler.submit(BenchPrinter.id(1), BenchPrinter.ticket(1))
            try await bench.untilReasons { $0.contains("connecting-to-device") }
            try await bench.withDeviceLayer { _ in
                try await bench.until(job, is: .completed)
                try await bench.untilReasons { $0.isEmpty }
                #expect(bench.printed == [BenchPrinter.id(1).rawValue])
            }
        }
    }

    @Test func aJobCancelledWhileTheDeviceLayerIsAwayEndsAtOnce() async throws {
        try await Bench.run { bench, cupsd in
            _ = try await bench.spooler.submit(BenchPrinter.id(1), BenchPrinter.ticket(1))
            try await bench.untilReasons { $0.contains("connecting-to-device") }
            _ = try await bench.spooler.cancel(named: BenchPrinter.id(1))
            while try !cupsd.backends().isEmpty { try await Task.sleep(for: .milliseconds(10)) }
        }
    }

    @Test func aKilledDeviceLayerLeavesTheJobHeldAndNothingIsPrintedTwice() async throws {
        try await Bench.run(holding: true) { bench, _ in
            try await bench.withDeviceLayer { _ in
                _ = try await bench.spooler.submit(BenchPrinter.id(1), BenchPrinter.ticket(1, lines: 60))
                await bench.stopMidSheet()
            }
            let job = try await bench.spooler.jobs().first?.id
            #expect(await bench.ledger.settleUnfinished()[BenchPrinter.id(1)]?.outcome == .unknown)
            try await bench.withDeviceLayer(interrupted: true) { _ in
                try await bench.until(#require(job), is: .held)
                bench.goOn()
                let next = try await bench.spooler.submit(BenchPrinter.id(2), BenchPrinter.ticket(2))
                try await bench.until(next, is: .completed)
                #expect(bench.printed == [BenchPrinter.id(1).rawValue, BenchPrinter.id(2).rawValue])
                #expect(bench.printer.sheets.map(\.lines.count).reduce(0, +) < 60)
            }
        }
    }

    @Test func aJobOfAnotherProgramIsPrintedUnderItsOwnUUID() async throws {
        try await Bench.run { bench, _ in
            try await bench.withDeviceLayer { _ in
                let job = try await bench.spooler.submit(#require(PrintID("surat-keterangan")), BenchPrinter.ticket(1))
                try await bench.until(job, is: .completed)
                let begun = await bench.ledger.begins
                #expect(begun.count == 1)
                #expect(begun.allSatisfy { $0.isForeign && $0.rawValue.utf8.count == "foreign:".utf8.count + 36 })
            }
        }
    }

    @Test func nothingOfAFinishedJobStaysInTheSpool() async throws {
        try await Bench.run { bench, _ in
            try await bench.withDeviceLayer { _ in
                let job = try await bench.spooler.submit(BenchPrinter.id(1), BenchPrinter.ticket(1))
                try await bench.until(job, is: .completed)
                let documents = { try FileManager.default.contentsOfDirectory(atPath: bench.scheduler.spool).filter { $0.hasPrefix("d") } }
                while try !documents().isEmpty { try await Task.sleep(for: .milliseconds(10)) }
            }
        }
    }
}
