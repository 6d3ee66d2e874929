import Conditions
import DeviceEmulators
import DeviceSocket
import ESCPOS
import PrintBench
import ServiceLifecycle
import Testing

@testable import DeviceLayer

@Suite(.timeLimit(.minutes(15))) struct PrinterDeviceTests {
    @Test func aPrintIsPrintedOnceHoweverOftenItIsAskedFor() async throws {
        try await PrinterBench.run { bench in
            try await bench.withDevice { device in
                async let first = device.print(BenchPrinter.id(1), BenchPrinter.ticket(1))
                async let joined = device.print(BenchPrinter.id(1), BenchPrinter.ticket(1))
                #expect(await [first, joined] == [PrintResult(.printed), PrintResult(.printed)])
                #expect(await device.print(BenchPrinter.id(1), BenchPrinter.ticket(1)) == PrintResult(.printed))
                #expect(bench.printed == [BenchPrinter.id(1).rawValue])
            }
        }
    }

    @Test func printsComeOutInTheOrderTheyWereAskedForAndEachIsReported() async throws {
        try await PrinterBench.run { bench in
            try await bench.withDevice { device in
                let results = device.results()
                for number in 1...5 { _ = await device.results(ofPrinting: BenchPrinter.id(number), BenchPrinter.ticket(number)) }
                var settled: [PrintID] = []
                for await (id, result) in results {
                    #expect(result == PrintResult(.printed))
                    settled.append(id)
                    if settled.count == 5 { break }
                }
                #expect(settled == (1...5).map(BenchPrinter.id))
                #expect(bench.printed == (1...5).map { BenchPrinter.id($0).rawValue })
            }
        }
    }

    @Test(arguments: [PrinterModel.Proof.queuedStatus, .realTimeStatus, .none])
    func aPrinterThatProvesLessGetsALesserOutcome(_ proof: PrinterModel.Proof) async throws {
        var model = BenchPrinter.model
        model.proof = proof
        model.automaticStatus = false
        let outcome: PrintOutcome = proof == .queuedStatus ? .processed : .sent
        try await PrinterBench.run(model: model) { [model] bench in
            try await bench.withDevice(model: model) { device in
                #expect(await device.print(BenchPrinter.id(1), BenchPrinter.ticket(1)) == PrintResult(outcome))
                await bench.printer.wait { $0.finishedSheets.contains { $0.printID == BenchPrinter.id(1).rawValue } }
            }
        }
    }

    @Test func withoutPaperAPrintWaitsAndComesOutWhenThereIsSome() async throws {
        try await PrinterBench.run { bench in
            bench.printer.set(.paperOut, true)
            try await bench.withDevice { device in
                async let result = device.print(BenchPrinter.id(1), BenchPrinter.ticket(1))
                await device.until { $0.conditions == [.mediaEmpty] && !$0.isReady }
                #expect(await bench.ledger.begins.isEmpty)
                bench.printer.set(.paperOut, false)
                #expect(await result == PrintResult(.printed))
                #expect(bench.printed == [BenchPrinter.id(1).rawValue])
            }
        }
    }

    @Test func paperThatEndsInTheMiddleIsWaitedFor() async throws {
        try await PrinterBench.run { bench in
            bench.holdMidSheet()
            try await bench.withDevice { device in
                async let result = device.print(BenchPrinter.id(1), BenchPrinter.ticket(1, lines: 60))
                await bench.untilMidSheet()
                bench.printer.set(.paperOut, true)
                bench.goOn()
                await device.until { $0.conditions.contains(.mediaEmpty) }
                bench.printer.set(.paperOut, false)
                #expect(await result == PrintResult(.printed))
                #expect(bench.printed == [BenchPrinter.id(1).rawValue])
            }
        }
    }

    @Test(arguments: [false, true]) func nothingOfACancelledPrintComesOutLater(_ withoutPaper: Bool) async throws {
        try await PrinterBench.run { bench in
            bench.holdMidSheet()
            try await bench.withDevice { device in
                async let result = device.print(BenchPrinter.id(1), BenchPrinter.ticket(1, lines: 60))
                await bench.untilMidSheet()
                if withoutPaper {
                    bench.printer.set(.paperOut, true)
                    await device.until { $0.conditions.contains(.mediaEmpty) }
                }
                let clearings = bench.clearings
                async let cancelling = device.cancel(BenchPrinter.id(1))
                await bench.goOnWhenCleared(after: clearings)
                let cancelled = await cancelling
                #expect(cancelled.outcome == .failed && cancelled.reason == .printCancelled)
                #expect(await result == cancelled)
                let lines = bench.printer.sheets.map(\.lines.count).reduce(0, +)
                bench.printer.set(.paperOut, false)
                #expect(await device.print(BenchPrinter.id(2), BenchPrinter.ticket(2)).outcome == .printed)
                // The half sheet was cut off, and it stayed half.
                let sheets = bench.printer.sheets.filter { !$0.lines.isEmpty }
                #expect(sheets.map(\.printID) == [BenchPrinter.id(1).rawValue, BenchPrinter.id(2).rawValue])
                #expect(sheets[0].lines.count <= lines + 1)
                #expect(sheets[0].lines.count < 50)
            }
        }
    }

    @Test func aCancelledPrintThatWaitsIsNeverBegun() async throws {
        try await PrinterBench.run { bench in
            bench.printer.set(.coverOpen, true)
            try await bench.withDevice { device in
                async let first = device.print(BenchPrinter.id(1), BenchPrinter.ticket(1))
                async let second = device.print(BenchPrinter.id(2), BenchPrinter.ticket(2))
                await device.until { $0.conditions == [.coverOpen] }
                #expect(await device.cancel(BenchPrinter.id(2)).reason == .printCancelled)
                #expect(await device.cancel(BenchPrinter.id(1)).reason == .printCancelled)
                #expect(await [first.outcome, second.outcome] == [.failed, .failed])
                bench.printer.set(.coverOpen, false)
                #expect(await device.print(BenchPrinter.id(3), BenchPrinter.ticket(3)).outcome == .printed)
                #expect(await bench.ledger.begins == [BenchPrinter.id(3)])
                #expect(bench.printed == [BenchPrinter.id(3).rawValue])
            }
        }
    }

    @Test func anIdCancelledBeforeItWasSeenIsNotPrintedAnyMore() async throws {
        try await PrinterBench.run { bench in
            try await bench.withDevice { device in
                let cancelled = await device.cancel(BenchPrinter.id(1))
                #expect(cancelled.outcome == .failed && cancelled.reason == .printCancelled)
                #expect(await device.print(BenchPrinter.id(1), BenchPrinter.ticket(1)) == cancelled)
                #expect(bench.printed == [])
            }
        }
    }

    @Test func aLossOfPowerLeavesThePrintUnknownAndTheNextOneIsWhole() async throws {
        try await PrinterBench.run { bench in
            bench.holdMidSheet()
            try await bench.withDevice { device in
                async let result = device.print(BenchPrinter.id(1), BenchPrinter.ticket(1, lines: 60))
                await bench.untilMidSheet()
                bench.printer.set(.powerOff, true)
                bench.goOn()
                let interrupted = await result
                #expect(interrupted.outcome == .unknown && interrupted.reason == .printInterrupted)
                await device.until { $0.conditions == [.printerOffline] }
                bench.printer.set(.powerOff, false)
                #expect(await device.print(BenchPrinter.id(2), BenchPrinter.ticket(2)).outcome == .printed)
                #expect(bench.printed == [BenchPrinter.id(1).rawValue, BenchPrinter.id(2).rawValue])
            }
        }
    }

    @Test func aHungPrinterDoesNotHoldACancellationForEver() async throws {
        try await PrinterBench.run { bench in
            bench.holdMidSheet()
            try await bench.withDevice { device in
                async let result = device.print(BenchPrinter.id(1), BenchPrinter.ticket(1, lines: 60))
                await bench.untilMidSheet()
                bench.printer.set(.hang, true)
                await device.until { $0.conditions == [.printerSilent] }
                #expect(await device.cancel(BenchPrinter.id(1)).outcome == .unknown)
                #expect(await result.outcome == .unknown)
                let clearings = bench.clearings
                bench.printer.set(.hang, false)
                await bench.goOnWhenCleared(after: clearings)
                #expect(await device.print(BenchPrinter.id(2), BenchPrinter.ticket(2)).outcome == .printed)
                // What the printer still held of it was thrown away before it went on.
                let sheets = bench.printer.sheets.filter { !$0.lines.isEmpty }
                #expect(sheets.last?.printID == BenchPrinter.id(2).rawValue)
                #expect(sheets.map(\.lines.count).reduce(0, +) < 60)
            }
        }
    }

    @Test func aKilledDeviceLayerPrintsNothingTwice() async throws {
        try await PrinterBench.run { bench in
            bench.holdMidSheet()
            try await bench.withDevice { device in
                _ = await device.results(ofPrinting: BenchPrinter.id(1), BenchPrinter.ticket(1, lines: 60))
                await bench.untilMidSheet()
                bench.printer.set(.paperOut, true)
                bench.goOn()
            }
            #expect(await bench.ledger.settleUnfinished().keys.map(\.rawValue) == [BenchPrinter.id(1).rawValue])
            try await bench.withDevice(interrupted: true) { device in
                #expect(await device.print(BenchPrinter.id(1), BenchPrinter.ticket(1, lines: 60)).outcome == .unknown)
                await device.until { $0.conditions.contains(.mediaEmpty) }
                bench.printer.set(.paperOut, false)
                #expect(await device.print(BenchPrinter.id(2), BenchPrinter.ticket(2)).outcome == .printed)
                let sheets = bench.printer.sheets.filter { !$0.lines.isEmpty }
                #expect(sheets.map(\.printID) == [BenchPrinter.id(1).rawValue, BenchPrinter.id(2).rawValue])
                #expect(sheets[0].lines.count < 50)
            }
        }
    }

    @Test func aFullLedgerPrintsNothing() async throws {
        try await PrinterBench.run { bench in
            await bench.ledger.fill()
            try await bench.withDevice { device in
                let refused = await device.print(BenchPrinter.id(1), BenchPrinter.ticket(1))
                #expect(refused.outcome == .failed && refused.reason == .journalFailed)
                #expect(bench.printed == [])
            }
        }
    }

    @Test func aShutdownWithdrawsWhatRunsAndAbandonsWhatWaits() async throws {
        try await PrinterBench.run { bench in
            bench.holdMidSheet()
            let device = PrinterDevice(
                name: "ticket", model: BenchPrinter.model, address: bench.address, ledger: bench.ledger, logger: BenchPrinter.logger)
            let group = ServiceGroup(services: [device], logger: BenchPrinter.logger)
            async let running: Void = group.run()
            async let first = device.print(BenchPrinter.id(1), BenchPrinter.ticket(1, lines: 60))
            await bench.untilMidSheet()
            let second = await device.results(ofPrinting: BenchPrinter.id(2), BenchPrinter.ticket(2))
            let clearings = bench.clearings
            await group.triggerGracefulShutdown()
            await bench.goOnWhenCleared(after: clearings)
            #expect(await first.reason == .printCancelled)
            #expect(await second.first { _ in true }?.reason == .printAbandoned)
            try await running
            #expect(await device.print(BenchPrinter.id(3), BenchPrinter.ticket(3)).reason == .deviceLayerAway)
        }
    }
}
