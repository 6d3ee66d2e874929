import Conditions
import DeviceEmulators
import DeviceLayer
import DeviceSocket
import ESCPOS
import Logging
import LoopbackWeb
import PrintBench

/// An emulated printer and what a test wants to know of it.
struct PrinterBench: Sendable {
    let printer: EmulatedPrinter
    let address: PrinterAddress
    let ledger = MemoryLedger()

    /// Runs an emulated printer and gives it to `body`.
    static func run(model: PrinterModel = BenchPrinter.model, _ body: @Sendable (PrinterBench) async throws -> Void)
        async throws
    {
        let printer = BenchPrinter.emulated(model: model)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await printer.run() }
            let address = try await printer.addresses().printer
            try await body(PrinterBench(printer: printer, address: PrinterAddress(host: "127.0.0.1", port: address.port)))
            group.cancelAll()
        }
    }

    /// A device layer on this printer. Leaving `body` kills it, as -9 would: nothing is withdrawn or settled.
    func withDevice(
        interrupted: Bool = false, model: PrinterModel = BenchPrinter.model, _ body: @Sendable (PrinterDevice) async throws -> Void
    ) async throws {
        var patience = SessionPatience()
        patience.poll = .milliseconds(200)
        patience.idlePoll = .milliseconds(200)
        patience.withdrawal = .seconds(1)
        let device = PrinterDevice(
            name: "ticket", model: model, address: address, ledger: ledger, interrupted: interrupted, patience: patience,
            logger: BenchPrinter.logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await device.run() }
            try await body(device)
            group.cancelAll()
        }
    }

    /// Ids on the sheets that came out, in order; nil for a sheet without one.
    var printed: [String?] { printer.sheets.filter { !$0.lines.isEmpty }.map(\.printID) }

    /// Has the next sheet stop in the middle until ``goOn()``.
    func holdMidSheet() { printer.hold(atLines: 3) }

    /// Returns once it has stopped there.
    func untilMidSheet() async { await printer.wait(until: \.isHeld) }

    /// Lets the paper go on, unless a fault stops it.
    func goOn() { printer.hold(atLines: nil) }

    /// How often the printer has thrown away what it held.
    var clearings: Int { printer.look { Self.clearings($0) } }

    /// Lets the paper go on once the printer has thrown away what it holds, one time more than `before`.
    func goOnWhenCleared(after before: Int) async {
        await printer.wait { Self.clearings($0) > before }
        goOn()
    }

    private static func clearings(_ mechanism: PrinterMechanism) -> Int {
        mechanism.events.count { if case .bufferCleared = $0.kind { true } else { false } }
    }
}

extension PrinterDevice {
    /// Returns once the status is so.
    func until(_ condition: (PrinterStatus) -> Bool) async {
        for await status in statuses() where condition(status) { return }
    }
}
