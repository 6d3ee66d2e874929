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

    /// Runs an emulated printer and gives it to `body`; millimetres a second decide whether a test can catch it in the middle.
    static func run(speed: Double = 4000, model: PrinterModel = BenchPrinter.model, _ body: @Sendable (PrinterBench) async throws -> Void)
        async throws
    {
        let printer = BenchPrinter.emulated(speed: speed, model: model)
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

    /// Returns once a ticket is in the middle of coming out.
    func untilMidSheet() async { await printer.wait { ($0.runningSheet?.lines.count ?? 0) > 2 } }
}

extension PrinterDevice {
    /// Returns once the status is so.
    func until(_ condition: (PrinterStatus) -> Bool) async {
        for await status in statuses() where condition(status) { return }
    }
}
