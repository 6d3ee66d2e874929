import Conditions
import DeviceEmulators
import DeviceLayer
import DeviceSocket
import Foundation
import LoopbackWeb
import PrintBench
import Testing

/// `anjungan devices serve` as a process: no site, no screen, and killed in the middle of a sheet.
@Suite(.timeLimit(.minutes(5))) struct DevicesServeTests {
    /// The running program and its socket.
    struct Server {
        let process: Process
        let client: ControlClient

        static func start(_ folder: String, port: Int) async throws -> Server {
            let socket = "\(folder)/control.sock"
            let process = try PrinterBench.program([
                "devices", "serve", "--socket", socket, "--state", "\(folder)/state", "--no-readers", "--printer",
                "ticket=emulated-80@127.0.0.1:\(port)", "--devices", "\(PrinterBench.root)/Devices", "--log-level", "error",
            ])
            let pipe = Pipe()
            process.standardOutput = pipe
            try process.run()
            var lines = LineReader(pipe)
            let first = await lines.next()
            #expect(first == "devices \(socket)")
            return Server(process: process, client: ControlClient(path: socket))
        }

        func ask(_ command: ControlCommand) async throws -> ControlResult { try await client.connected { try await $0.ask(command) } }

        func end(_ signal: Int32) {
            kill(process.processIdentifier, signal)
            process.waitUntilExit()
        }
    }

    private static func order(_ number: Int) -> ControlCommand {
        .print(BenchPrinter.ticket(number), BenchPrinter.id(number), printer: "ticket")
    }

    @Test func aPrintIdHasOneSheetAlsoWhenTheDeviceLayerIsKilledInTheMiddle() async throws {
        let folder = "/tmp/serve-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let model = BenchPrinter.emulated()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await model.run() }
            defer { group.cancelAll() }
            let port = try await model.addresses().printer.port
            var server = try await Server.start(folder, port: port)
            guard case .print(let whole) = try await server.ask(Self.order(1)) else { throw CancellationError() }
            #expect(whole.outcome == .printed)

            // The paper ends in the middle of the sheet, and the device layer is killed while it waits.
            model.set(.paperOut, true)
            let (begun, begins) = AsyncStream.makeStream(of: Void.self)
            let client = server.client
            let interrupted = Task {
                _ = try await client.connected { session in
                    let events = try await session.events()
                    for await event in events { if case .status(let device) = event, !device.isReady { break } }
                    begins.finish()
                    return try await session.ask(Self.order(2))
                }
            }
            for await _ in begun {}
            server.end(SIGKILL)
            await #expect(throws: (any Error).self) { try await interrupted.value }
            model.set(.paperOut, false)

            server = try await Server.start(folder, port: port)
            // Known from before the crash, without a second sheet.
            #expect(try await server.ask(Self.order(1)) == .print(whole))
            guard case .print(let second) = try await server.ask(Self.order(2)) else { throw CancellationError() }
            #expect([.printed, .unknown].contains(second.outcome), "begun before the crash, or never: \(second)")
            guard case .print(let third) = try await server.ask(Self.order(3)) else { throw CancellationError() }
            #expect(third.outcome == .printed)
            let printed = model.sheets.compactMap(\.printID)
            for number in 1...3 { #expect(printed.filter { $0 == BenchPrinter.id(number).rawValue }.count <= 1, "\(printed)") }
            #expect(printed.first == BenchPrinter.id(1).rawValue && printed.last == BenchPrinter.id(3).rawValue)

            let other = try PrinterBench.program([
                "devices", "serve", "--socket", "\(folder)/other.sock", "--state", "\(folder)/state", "--no-readers", "--printer",
                "ticket=emulated-80@127.0.0.1:\(port)", "--devices", "\(PrinterBench.root)/Devices",
            ])
            let refused = try await PrinterBench.outcome(of: other)
            #expect(refused.status != 0 && refused.complained.contains("has tcp:127.0.0.1:\(port); stop it first"), "\(refused)")
            server.end(SIGTERM)
            #expect(server.process.terminationStatus == 0)
        }
    }

    @Test func wrongUseIsSaid() async throws {
        for (arguments, reason) in [
            (["--printer", "ticket"], "NAME=MODEL@ADDRESS"), (["--printer", "a=emulated-80@b"], "a printer's address is like"),
            (["--log-level", "loud"], "trace, debug"),
        ] {
            let process = try PrinterBench.program(
                ["devices", "serve", "--socket", "/tmp/none-\(UUID().uuidString.prefix(8))/c", "--no-readers"] + arguments)
            let refused = try await PrinterBench.outcome(of: process)
            #expect(refused.status == 64 && refused.complained.contains(reason), "\(refused)")
        }
    }
}
