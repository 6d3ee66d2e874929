import Conditions
import DeviceEmulators
import DeviceLayer
import DeviceSocket
import ESCPOS
import PrintBench
import ReceiptMarkup

/// What every way to a printer must do, whatever it is made of. Each is one case, run on a printer of its own.
public enum TransportBehaviour: String, CaseIterable, Sendable {
    case aTicketIsPrintedAndProven
    case answersComeBackOneByOne
    case aPrinterThatStandsStillStillAnswers
    case paperThatEndsInTheMiddleIsWaitedFor
    case aLargePictureArrivesWhole
    case aCancelledTicketStaysHalf
    case anUnpluggedPictureIsUnknownAndTheNextSheetIsClean
    case aLossOfPowerIsUnknownAndTheNextSheetIsClean
    case aPrinterThatWasOffPrintsWhenItIsBack

    /// Throws ``Misbehaviour`` when the transport does not.
    public func demand(of bench: ConformanceBench) async throws {
        try await bench.withDevice { device in
            switch self {
            case .aTicketIsPrintedAndProven: try await Self.printOne(bench, device)
            case .answersComeBackOneByOne: await Self.answers(bench, device)
            case .aPrinterThatStandsStillStillAnswers: try await Self.statusWhileHeld(bench, device)
            case .paperThatEndsInTheMiddleIsWaitedFor: try await Self.paperOut(bench, device)
            case .aLargePictureArrivesWhole: try await Self.largePicture(bench, device)
            case .aCancelledTicketStaysHalf: try await Self.cancel(bench, device)
            case .anUnpluggedPictureIsUnknownAndTheNextSheetIsClean: try await Self.unplug(bench, device)
            case .aLossOfPowerIsUnknownAndTheNextSheetIsClean: try await Self.powerLoss(bench, device)
            case .aPrinterThatWasOffPrintsWhenItIsBack: try await Self.powerCycle(bench, device)
            }
        }
    }
}

extension TransportBehaviour {
    private static func printOne(_ bench: ConformanceBench, _ device: PrinterDevice) async throws {
        let result = await device.print(BenchPrinter.id(1), BenchPrinter.ticket(1))
        try require(result.outcome == .printed, "the ticket is \(result)")
        try expectSheets([1], bench)
    }

    private static func answers(_ bench: ConformanceBench, _ device: PrinterDevice) async {
        await device.until { $0.isReady }
        for _ in 1...10 {
            bench.printer.set(.coverOpen, true)
            await device.until { $0.conditions == [.coverOpen] && !$0.isReady }
            bench.printer.set(.coverOpen, false)
            await device.until { $0.conditions == [] && $0.isReady }
        }
    }

    private static func statusWhileHeld(_ bench: ConformanceBench, _ device: PrinterDevice) async throws {
        bench.printer.hold(atLines: 3)
        async let printed = device.print(BenchPrinter.id(1), BenchPrinter.ticket(1, lines: 300))
        await bench.printer.wait(until: \.isHeld)
        bench.printer.set(.nearEnd, true)
        await device.until { $0.conditions.contains(.mediaLow) }
        bench.printer.hold(atLines: nil)
        let result = await printed
        try require(result.outcome == .printed, "the ticket is \(result)")
        try expectSheets([1], bench)
    }

    private static func paperOut(_ bench: ConformanceBench, _ device: PrinterDevice) async throws {
        bench.printer.hold(atLines: 3)
        async let printed = device.print(BenchPrinter.id(1), BenchPrinter.ticket(1, lines: 60))
        await bench.printer.wait(until: \.isHeld)
        bench.printer.set(.paperOut, true)
        bench.printer.hold(atLines: nil)
        await device.until { $0.conditions.contains(.mediaEmpty) }
        bench.printer.set(.paperOut, false)
        let result = await printed
        try require(result.outcome == .printed, "the ticket is \(result)")
        try expectSheets([1], bench)
    }

    private static func largePicture(_ bench: ConformanceBench, _ device: PrinterDevice) async throws {
        let strips = 40
        let result = await device.print(BenchPrinter.id(1), picture(1, strips: strips))
        try require(result.outcome == .printed, "the picture is \(result)")
        try expectSheets([1], bench)
        let rows = bench.sheets[0].rows
        try require(rows >= strips * stripRows, "the paper is \(rows) rows long, the picture \(strips * stripRows)")
        try require(bench.sheets[0].lines.count == 4, "the sheet says \(bench.sheets[0].lines)")
    }

    private static func cancel(_ bench: ConformanceBench, _ device: PrinterDevice) async throws {
        bench.printer.hold(atLines: 3)
        async let printed = device.print(BenchPrinter.id(1), BenchPrinter.ticket(1, lines: 60))
        await bench.printer.wait(until: \.isHeld)
        let before = clearings(bench)
        async let cancelling = device.cancel(BenchPrinter.id(1))
        await bench.printer.wait { Self.clearings($0) > before }
        bench.printer.hold(atLines: nil)
        let result = await cancelling
        try require(result.outcome == .failed && result.reason == .printCancelled, "the cancelled ticket is \(result)")
        try require(await printed == result, "whoever printed was told something else")
        try await expectCleanSheet(2, after: [1], bench, device)
        try require(bench.sheets[0].lines.count < 60, "the cancelled ticket came out whole")
    }

    private static func unplug(_ bench: ConformanceBench, _ device: PrinterDevice) async throws {
        bench.printer.hold(atLines: 3)
        async let printed = device.print(BenchPrinter.id(1), picture(1, strips: 40))
        await bench.printer.wait(until: \.isHeld)
        try await bench.unplug()
        let result = await printed
        try require(result.outcome == .unknown && result.reason == .printInterrupted, "the cut off picture is \(result)")
        await device.until { $0.conditions == [.printerOffline] }
        bench.printer.hold(atLines: nil)
        try await bench.plug()
        try await expectCleanSheet(2, after: [1], bench, device)
    }

    private static func powerLoss(_ bench: ConformanceBench, _ device: PrinterDevice) async throws {
        bench.printer.hold(atLines: 3)
        async let printed = device.print(BenchPrinter.id(1), BenchPrinter.ticket(1, lines: 60))
        await bench.printer.wait(until: \.isHeld)
        bench.printer.set(.powerOff, true)
        bench.printer.hold(atLines: nil)
        let result = await printed
        try require(result.outcome == .unknown && result.reason == .printInterrupted, "the cut off ticket is \(result)")
        bench.printer.set(.powerOff, false)
        try await expectCleanSheet(2, after: [1], bench, device)
    }

    private static func powerCycle(_ bench: ConformanceBench, _ device: PrinterDevice) async throws {
        await device.until { $0.isReady }
        bench.printer.set(.powerOff, true)
        // A serial line stays, and what is at its other end says nothing.
        await device.until { $0.conditions == [.printerOffline] || $0.conditions == [.printerSilent] }
        bench.printer.set(.powerOff, false)
        let result = await device.print(BenchPrinter.id(1), BenchPrinter.ticket(1))
        try require(result.outcome == .printed, "the ticket is \(result)")
        try expectSheets([1], bench)
    }
}

// MARK: - What they have in common

extension TransportBehaviour {
    private static let stripRows = 24

    /// Four lines of text and then strips of black dots across the whole paper.
    private static func picture(_ number: Int, strips: Int) -> [UInt8] {
        let id = BenchPrinter.id(number).rawValue
        let text = [id, "a picture follows", "of \(strips) strips", "as wide as the paper"]
        let image = Command.raster(
            DotImage(width: 576, height: stripRows, bits: [UInt8](repeating: 0xFF, count: 72 * stripRows)), scale: .normal)
        let commands: [Command] =
            [.initialize] + text.flatMap { [.text(Array($0.utf8)), .lineFeed] as [Command] }
            + Array(repeating: image, count: strips) + [.feedLines(5), .cut(.here(.partial))]
        return commands.flatMap(\.bytes)
    }

    private static func expectSheets(_ numbers: [Int], _ bench: ConformanceBench) throws {
        let wanted = numbers.map { BenchPrinter.id($0).rawValue }
        let found = bench.sheets.map { $0.printID ?? "\($0.lines)" }
        try require(found == wanted, "the sheets are \(found)")
    }

    /// The next ticket stands alone on its sheet, and every line of it is right.
    private static func expectCleanSheet(
        _ number: Int, after others: [Int], _ bench: ConformanceBench, _ device: PrinterDevice
    ) async throws {
        let result = await device.print(BenchPrinter.id(number), BenchPrinter.ticket(number))
        try require(result.outcome == .printed, "the next ticket is \(result)")
        try expectSheets(others + [number], bench)
        let lines = bench.sheets.last?.lines ?? []
        let wanted = [BenchPrinter.id(number).rawValue] + (1..<8).map { "line \($0) of ticket \(number)" }
        try require(lines == wanted, "the next sheet says \(lines)")
    }

    private static func clearings(_ bench: ConformanceBench) -> Int { bench.printer.look { clearings($0) } }

    private static func clearings(_ mechanism: PrinterMechanism) -> Int {
        mechanism.events.count { if case .bufferCleared = $0.kind { true } else { false } }
    }
}
