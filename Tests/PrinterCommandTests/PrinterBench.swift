import Conditions
import DeviceEmulators
import DeviceLayer
import DeviceProfiles
import DeviceSocket
import Foundation
import Journal
import KioskRuntime
import LoopbackWeb
import PrintBench
import ServiceLifecycle
import SiteBundle
import Testing

/// An emulated printer, a configuration that names it, and the program.
struct PrinterBench: Sendable {
    let printer: EmulatedPrinter
    let folder: String
    let port: Int
    var deviceSocket: String { "\(folder)/devices.sock" }

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// - Parameters:
    ///   - model: what the printer is; the configuration says that it is `emulated-80`.
    ///   - changes: lines of the configuration file besides those that every kiosk needs.
    static func run(model: String = "emulated-80", _ changes: [String] = [], _ body: @Sendable (PrinterBench) async throws -> Void)
        async throws
    {
        let folder = "/tmp/anjungan-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let model = try DeviceProfiles.printer(named: model, in: "\(root)/Devices")
        let printer = BenchPrinter.emulated(model: model)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await printer.run() }
            defer { group.cancelAll() }
            let bench = PrinterBench(printer: printer, folder: folder, port: try await printer.addresses().printer.port)
            try bench.writeConfiguration(changes)
            try await body(bench)
        }
    }

    private func writeConfiguration(_ changes: [String]) throws {
        try """
        site: "pekanbaru"
        kiosk: "mpp-1"
        site_bundle: "\(folder)/site.json"
        kiosk_directory: "\(Self.root)/Kiosk"
        devices_directory: "\(Self.root)/Devices"
        state_directory: "\(folder)"
        printer_model: "emulated-80"
        printer_address: "127.0.0.1:\(port)"
        device_socket: "\(deviceSocket)"
        centre_public_key: "\(folder)/centre.pem"
        print_route: direct
        screen_port: 0
        \(changes.joined(separator: "\n"))

        """.write(toFile: "\(folder)/anjungan.yaml", atomically: true, encoding: .utf8)
    }

    /// The device layer of a kiosk, while `body` runs.
    func withKiosk(_ body: @Sendable () async throws -> Void) async throws {
        let device = PrinterDevice(
            name: "ticket", model: try DeviceProfiles.printer(named: "emulated-80", in: "\(Self.root)/Devices"),
            address: PrinterAddress(host: "127.0.0.1", port: port), ledger: MemoryLedger(), logger: BenchPrinter.logger)
        let (listening, listens) = AsyncStream.makeStream(of: Void.self)
        let server = DeviceSocketServer(
            path: deviceSocket, devices: ["ticket": device], logger: BenchPrinter.logger, onListening: { listens.finish() })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await device.run() }
            group.addTask {
                do { try await server.run() } catch is CancellationError {}
            }
            defer { group.cancelAll() }
            for await _ in listening {}
            for await status in device.statuses() where status.isReady || !status.conditions.isEmpty { break }
            try await body()
        }
    }

    /// A whole kiosk in this process, while `body` runs.
    func withWholeKiosk(_ body: @Sendable () async throws -> Void) async throws { try await withWholeKiosk { _ in try await body() } }

    /// The same for a body that wants the screen's port.
    func withWholeKiosk(_ body: @Sendable (Int) async throws -> Void) async throws {
        try CompiledSite(try SiteSource.read("pekanbaru", in: "\(Self.root)/Kiosk/sites")).write(to: "\(folder)/site.json")
        try OpeningKey().sealingKey.pem.write(toFile: "\(folder)/centre.pem", atomically: true, encoding: .utf8)
        let configuration = try Configuration(file: "\(folder)/anjungan.yaml", overrides: [])
        let (listening, listens) = AsyncStream.makeStream(of: Int.self)
        let kiosk = try await KioskAssembly(configuration, logger: BenchPrinter.logger) { listens.yield($0) }
        let services = ServiceGroup(services: kiosk.services, logger: BenchPrinter.logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do { try await services.run() } catch is CancellationError {}
                try await kiosk.close()
            }
            defer { group.cancelAll() }
            guard let screen = await listening.first(where: { _ in true }) else { throw CancellationError() }
            try await body(screen)
            await services.triggerGracefulShutdown()
            try await group.next()
        }
    }

    /// `anjungan printer …` with the bench's configuration.
    func printer(_ arguments: String..., input: [UInt8] = []) async throws -> Outcome {
        try await Self.outcome(of: try process(arguments), input: input)
    }

    /// `anjungan doctor` of this configuration, as JSON.
    func doctor() async throws -> Outcome {
        try await Self.outcome(of: try Self.program(["doctor", "--config", "\(folder)/anjungan.yaml", "--json"]))
    }

    static func outcome(of process: Process, input: [UInt8] = []) async throws -> Outcome {
        let (stdout, stderr, stdin) = (Pipe(), Pipe(), Pipe())
        process.standardOutput = stdout
        process.standardError = stderr
        process.standardInput = stdin
        return try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { process in
                // What is said is less than a pipe holds.
                continuation.resume(
                    returning: Outcome(
                        status: process.terminationStatus, said: Self.text(stdout), complained: Self.text(stderr)))
            }
            do {
                try process.run()
                try stdin.fileHandleForWriting.write(contentsOf: Data(input))
                try stdin.fileHandleForWriting.close()
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }

    /// `anjungan printer …` with the bench's configuration, not yet running.
    func process(_ arguments: [String]) throws -> Process {
        try Self.program(["printer", arguments[0], "--config", "\(folder)/anjungan.yaml"] + arguments.dropFirst())
    }

    /// The program with these arguments, not yet running.
    static func program(_ arguments: [String]) throws -> Process {
        let places = [
            Bundle.main.bundleURL, Bundle.main.bundleURL.deletingLastPathComponent(), URL(fileURLWithPath: "\(root)/.build/debug"),
        ]
        let process = Process()
        let programs = places.map { $0.appendingPathComponent("anjungan") }
        let built = programs.first { FileManager.default.isExecutableFile(atPath: $0.path) }
        let program = try #require(built, "the program anjungan is not built")
        process.executableURL = program
        process.arguments = arguments
        return process
    }

    private static func text(_ pipe: Pipe) -> String { String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self) }

    struct Outcome: Sendable {
        var status: Int32
        var said: String
        var complained: String
    }
}

/// The lines of a pipe, as they come.
struct LineReader {
    let pipe: Pipe
    private var buffer: [UInt8] = []

    init(_ pipe: Pipe) { self.pipe = pipe }

    /// The next line; nil at the end. The waiting is done on a thread of its own: what is waited for needs those of the pool.
    mutating func next() async -> String? {
        while true {
            if let end = buffer.firstIndex(of: 0x0A) {
                defer { buffer.removeFirst(end + 1) }
                return String(decoding: buffer[..<end], as: UTF8.self)
            }
            let reading = pipe.fileHandleForReading
            let more = await withCheckedContinuation { continuation in
                DispatchQueue.global().async { continuation.resume(returning: reading.availableData) }
            }
            guard !more.isEmpty else { return nil }
            buffer += more
        }
    }
}
