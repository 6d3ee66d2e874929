import CUPSPrinting
import Conditions
import DeviceEmulators
import DeviceLayer
import DeviceSocket
import ESCPOS
import Foundation
import Logging
import LoopbackWeb
import PrintBench
import ServiceLifecycle
import Testing

/// The whole way of a print: a real cupsd with the real backend, the device layer, an emulated printer.
struct SchedulerBench: Sendable {
    let printer: EmulatedPrinter
    let printerPort: Int
    let scheduler: PrivateScheduler
    let spooler: Spooler
    let ledger = MemoryLedger()

    /// Everything but the device layer runs while `body` does.
    ///
    /// - Parameter holding: the first sheet stops in the middle until ``stopMidSheet()``.
    static func run(holding: Bool = false, _ body: @Sendable (SchedulerBench, Cupsd) async throws -> Void) async throws {
        let directory = "/tmp/anjungan-\(UUID().uuidString.prefix(8))"
        let printer = BenchPrinter.emulated(model: describedModel)
        if holding { printer.hold(atLines: 3) }
        let scheduler = PrivateScheduler(
            directory: directory, deviceSocket: "\(directory)/devices.sock", backend: try BuiltProgram.path("escpos"),
            conversion: .init(filter: try BuiltProgram.path("escpos-filter"), devices: devices))
        try scheduler.prepare()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await printer.run() }
            let cupsd = try Cupsd(scheduler)
            let outcome: Result<Void, any Error>
            do {
                try await scheduler.addQueue("ticket", device: "ticket", model: describedModel)
                let bench = SchedulerBench(
                    printer: printer, printerPort: try await printer.addresses().printer.port, scheduler: scheduler,
                    spooler: Spooler(scheduler.address, queue: "ticket"))
                try await body(bench, cupsd)
                outcome = .success(())
            } catch {
                outcome = .failure(error)
            }
            await cupsd.stop(SIGTERM)
            group.cancelAll()
            try scheduler.remove()
            try outcome.get()
        }
    }

    /// As the bench's printer, under the name of a profile that the filter can read, and with that one's knife.
    static var describedModel: PrinterModel {
        var model = BenchPrinter.model
        model.id = "emulated-80"
        model.feedBeforeCut = 4
        return model
    }

    static let devices = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Devices").path

    /// The device layer and its socket, killed when `body` is left.
    func withDeviceLayer(interrupted: Bool = false, _ body: @Sendable (PrinterDevice) async throws -> Void) async throws {
        var patience = SessionPatience()
        patience.poll = .milliseconds(200)
        patience.withdrawal = .seconds(2)
        let device = PrinterDevice(
            name: "ticket", model: BenchPrinter.model, address: PrinterAddress(host: "127.0.0.1", port: printerPort), ledger: ledger,
            interrupted: interrupted, patience: patience, logger: BenchPrinter.logger)
        let server = DeviceSocketServer(path: scheduler.deviceSocket, devices: ["ticket": device], logger: BenchPrinter.logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await device.run() }
            group.addTask {
                do { try await server.run() } catch is CancellationError {}
            }
            try await body(device)
            group.cancelAll()
        }
    }

    /// Returns once CUPS says so of the job. It has nothing that would tell us by itself.
    func until(_ job: Int, is state: SpoolerJob.State) async throws {
        while try await spooler.jobs().first(where: { $0.id == job })?.state != state { try await Task.sleep(for: .milliseconds(10)) }
    }

    /// Returns once the queue's reasons are so.
    func untilReasons(_ condition: (Set<String>) -> Bool) async throws {
        while try await !condition(spooler.queueState().reasons) { try await Task.sleep(for: .milliseconds(10)) }
    }

    /// Returns when the paper has run out in the middle of a ticket, so that nothing more comes out meanwhile.
    func stopMidSheet() async {
        await printer.wait(until: \.isHeld)
        printer.set(.paperOut, true)
        printer.hold(atLines: nil)
    }

    func goOn() { printer.set(.paperOut, false) }

    /// The service that tells CUPS how the idle printer is, while `body` runs; it is stopped as a kiosk stops it.
    func withMirror(_ device: PrinterDevice, _ body: @Sendable () async throws -> Void) async throws {
        let mirror = QueueMirror(
            spooler: spooler, statuses: { device.statuses() },
            settlements: { device.settlements() },
            words: { $0.conditions.map(\.rawValue).sorted().joined(separator: ", ") }, logger: BenchPrinter.logger)
        let group = ServiceGroup(configuration: .init(services: [.init(service: mirror)], logger: BenchPrinter.logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await body()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    /// Returns once `lpstat` shows the queue so.
    func untilQueue(_ condition: (String) -> Bool) async throws {
        while try await !condition(tool("lpstat", "-l", "-p", "ticket").output) { try await Task.sleep(for: .milliseconds(20)) }
    }

    /// Returns once the last sheet has been cut off.
    func sheet(_ number: Int) async -> Sheet {
        await printer.wait { $0.finishedSheets.count >= number }
        return printer.sheets[number - 1]
    }

    /// One of CUPS's own command-line tools, told where the scheduler is.
    func tool(_ name: String, _ arguments: String...) async throws -> ToolResult {
        try await ToolResult.of(name, arguments, server: scheduler.socketPath)
    }

    /// As ``tool(_:_:)``, for one that must do what it is told.
    func succeed(_ name: String, _ arguments: String...) async throws {
        let result = try await ToolResult.of(name, arguments, server: scheduler.socketPath)
        #expect(result.status == 0, "\(name): \(result.output)")
    }

    /// Ids on the sheets that came out, in order; nil for a sheet without one.
    var printed: [String?] { printer.sheets.filter { !$0.lines.isEmpty }.map(\.printID) }
}
