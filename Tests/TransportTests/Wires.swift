import DeviceEmulators
import DeviceLayer
import Foundation
import LoopbackWeb
import PrintBench
import Stage
import Synchronization
import TransportConformance

/// Emulated printers at the end of cables that can be pulled.
enum Wires {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    /// Installed, or unpacked by setup.sh.
    static let usbBackend: String = {
        let installed = "/usr/lib/cups/backend/usb"
        return FileManager.default.fileExists(atPath: installed) ? installed : "\(root)/.build/cups\(installed)"
    }()

    /// A network printer.
    static func network(_ body: @Sendable (ConformanceBench) async throws -> Void) async throws {
        let printer = BenchPrinter.emulated()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await printer.run() }
            let port = try await printer.addresses().printer.port
            let (ports, listening) = AsyncStream.makeStream(of: Int.self)
            let cable = NetworkRelay(centre: ListenAddress(port: port), logger: BenchPrinter.logger) { listening.yield($0) }
            group.addTask { try await cable.run() }
            guard let end = await ports.first(where: { _ in true }) else { throw Misbehaviour("the cable has no end") }
            try await body(
                ConformanceBench(
                    printer: printer, address: PrinterAddress(host: "127.0.0.1", port: end), unplug: { cable.cut() },
                    plug: { cable.restore() }))
            group.cancelAll()
        }
    }

    /// A printer at a device file; `address` makes the address from the file's path.
    static func file(
        _ kind: PrinterWire.Kind, _ address: (String) -> PrinterAddress, body: @Sendable (ConformanceBench) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "wire-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let printer = BenchPrinter.emulated()
        let wire = PrinterWire(path: folder.appending(path: "printer").path, kind: kind)
        let plug = Plug(wire, printer)
        let address = address(wire.path)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await printer.run() }
            _ = try await printer.addresses()
            await plug.plug()
            do {
                try await body(
                    ConformanceBench(printer: printer, address: address, unplug: { try await plug.unplug() }, plug: { await plug.plug() }))
            } catch {
                try await plug.unplug()
                throw error
            }
            try await plug.unplug()
            group.cancelAll()
        }
    }

    /// Holds the wire while it is plugged in.
    private actor Plug {
        private let wire: PrinterWire
        private let printer: EmulatedPrinter
        private var serving: Task<Void, any Error>?

        init(_ wire: PrinterWire, _ printer: EmulatedPrinter) {
            self.wire = wire
            self.printer = printer
        }

        func plug() { serving = Task { [wire, printer] in try await wire.serve(printer) } }

        func unplug() async throws {
            serving?.cancel()
            try await serving?.value
            serving = nil
        }
    }
}
