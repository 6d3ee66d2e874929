import Conditions
public import DeviceEmulators
public import DeviceLayer
import DeviceSocket
public import ESCPOS
public import PrintBench

/// An emulated printer at the end of some cable, as the device layer reaches it.
public struct ConformanceBench: Sendable {
    public let printer: EmulatedPrinter
    public let address: PrinterAddress
    /// Pulls the cable out, and returns when the printer has noticed.
    public let unplug: @Sendable () async throws -> Void
    /// Plugs it in again.
    public let plug: @Sendable () async throws -> Void
    let ledger = MemoryLedger()

    public init(
        printer: EmulatedPrinter, address: PrinterAddress, unplug: @escaping @Sendable () async throws -> Void,
        plug: @escaping @Sendable () async throws -> Void
    ) {
        self.printer = printer
        self.address = address
        self.unplug = unplug
        self.plug = plug
    }

    /// A device layer on this printer; leaving `body` ends it.
    public func withDevice(model: PrinterModel = BenchPrinter.model, _ body: @Sendable (PrinterDevice) async throws -> Void) async throws {
        var patience = SessionPatience()
        patience.poll = .milliseconds(200)
        patience.idlePoll = .milliseconds(200)
        let device = PrinterDevice(
            name: "ticket", model: model, address: address, ledger: ledger, patience: patience, logger: BenchPrinter.logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await device.run() }
            try await body(device)
            group.cancelAll()
        }
    }

    /// The sheets on which something stands.
    public var sheets: [Sheet] { printer.sheets.filter { !$0.lines.isEmpty || !$0.codes.isEmpty } }
}

extension PrinterDevice {
    /// Returns once the status is so.
    func until(_ condition: (PrinterStatus) -> Bool) async {
        for await status in statuses() where condition(status) { return }
    }
}

/// What a transport did otherwise than all must.
public struct Misbehaviour: Error, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}

/// Throws ``Misbehaviour`` unless `condition` holds.
public func require(_ condition: Bool, _ words: @autoclosure () -> String) throws {
    if !condition { throw Misbehaviour(words()) }
}
