import Conditions
import DeviceEmulators
import DeviceLayer
import DeviceSocket
import ESCPOS
import Logging
import LoopbackWeb
import MemoryLedger

/// An emulated printer and what a test wants to know of it.
struct PrinterBench: Sendable {
    let printer: EmulatedPrinter
    let address: PrinterAddress
    let ledger = MemoryLedger()

    static let model = PrinterModel(
        id: "bench", name: "Bench", paperWidth: .mm80, dots: 576, columns: 48, qr: .native, proof: .processID, automaticStatus: true,
        bufferBytes: 4096, cutter: .partial, feedBeforeCut: 5, image: .raster)

    static let logger: Logger = {
        var logger = Logger(label: "bench")
        logger.logLevel = .critical
        return logger
    }()

    static func id(_ number: Int) -> PrintID { PrintID("01KAJ5Z8QF7W3M9V2X4T6B8C\(10 + number).1")! }

    /// A ticket of `lines` lines (3.75 mm each), with its id on the first.
    static func ticket(_ number: Int, lines: Int = 8) -> [UInt8] {
        let commands: [Command] =
            [.initialize, .text(Array(id(number).rawValue.utf8)), .lineFeed]
            + (1..<lines).flatMap { [.text(Array("line \($0) of ticket \(number)".utf8)), .lineFeed] as [Command] }
            + [.feedLines(5), .cut(.here(.partial))]
        return commands.flatMap(\.bytes)
    }

    /// Runs an emulated printer and gives it to `body`; millimetres a second decide whether a test can catch it in the middle.
    static func run(speed: Double = 4000, model: PrinterModel = model, _ body: @Sendable (PrinterBench) async throws -> Void) async throws {
        let printer = EmulatedPrinter(
            model: model,
            configuration: .init(
                printer: ListenAddress(port: 0), paper: nil, settings: MechanismSettings(speed: speed, cutTime: .milliseconds(2))),
            logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await printer.run() }
            let address = try await printer.addresses().printer
            try await body(PrinterBench(printer: printer, address: PrinterAddress(host: "127.0.0.1", port: address.port)))
            group.cancelAll()
        }
    }

    /// A device layer on this printer. Leaving `body` kills it, as -9 would: nothing is withdrawn or settled.
    func withDevice(
        interrupted: Bool = false, model: PrinterModel = model, _ body: @Sendable (PrinterDevice) async throws -> Void
    ) async throws {
        var patience = SessionPatience()
        patience.poll = .milliseconds(200)
        patience.idlePoll = .milliseconds(200)
        patience.withdrawal = .seconds(1)
        let device = PrinterDevice(
            name: "ticket", model: model, address: address, ledger: ledger, interrupted: interrupted, patience: patience,
            logger: Self.logger)
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
