import CentralServer
import DeviceEmulators
import DeviceProfiles
import Foundation
import Journal
import KioskCore
import Logging
import LoopbackWeb
import ServiceLifecycle
import SiteBundle
import Synchronization

@testable import KioskRuntime

/// A whole kiosk in this process, on an emulated printer and in a folder of its own.
struct KioskBench: Sendable {
    let folder: String
    let screenPort: Int
    let printer: EmulatedPrinter
    /// Patient: on a machine with other things to do a screen takes the time that it takes.
    var screen: ScreenClient { ScreenClient(port: screenPort, patience: .seconds(600)) }
    var technician: TechnicianClient { TechnicianClient(socket: "\(folder)/technician.sock") }

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    static let logger: Logger = {
        var logger = Logger(label: "kiosk bench")
        logger.logLevel = .critical
        return logger
    }()

    /// - Parameters:
    ///   - changes: lines of the configuration file besides those that every kiosk needs.
    ///   - kept: a folder that outlives this run; without it one that vanishes.
    static func run(
        _ changes: [String], in kept: String? = nil, _ body: @escaping @Sendable (KioskBench) async throws -> Void
    ) async throws {
        let folder = kept ?? "/tmp/anjungan-kiosk-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { if kept == nil { try? FileManager.default.removeItem(atPath: folder) } }
        let printer = EmulatedPrinter(
            model: try DeviceProfiles.printer(named: "emulated-80", in: "\(root)/Devices"),
            configuration: .init(paper: nil, settings: MechanismSettings(speed: 2000)), logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await printer.run() }
            let address = try await printer.addresses().printer
            let configuration = try configuration(folder, address, changes)
            let (ports, listening) = AsyncStream.makeStream(of: Int.self)
            let kiosk = try await KioskAssembly(configuration, logger: logger) { listening.yield($0) }
            let services = ServiceGroup(services: kiosk.services, logger: logger)
            group.addTask {
                // However they end, also when the body has thrown: a client that is never shut down ends the whole test run.
                let ended: (any Error)?
                do {
                    try await services.run()
                    ended = nil
                } catch { ended = error }
                try await kiosk.close()
                if let ended, !(ended is CancellationError) { throw ended }
            }
            guard let port = await ports.first(where: { _ in true }) else { throw CancellationError() }
            try await body(KioskBench(folder: folder, screenPort: port, printer: printer))
            await services.triggerGracefulShutdown()
            try await group.next()
            group.cancelAll()
        }
    }

    private static func configuration(_ folder: String, _ printer: ListenAddress, _ changes: [String]) throws -> Configuration {
        try CompiledSite(try SiteSource.read("pekanbaru", in: "\(root)/Kiosk/sites")).write(to: "\(folder)/site.json")
        try OpeningKey().sealingKey.pem.write(toFile: "\(folder)/centre.pem", atomically: true, encoding: .utf8)
        let lines =
            [
                "site: pekanbaru", "kiosk: mpp-1", "site_bundle: \(folder)/site.json", "kiosk_directory: \(root)/Kiosk",
                "devices_directory: \(root)/Devices", "state_directory: \(folder)", "screen_port: 0", "printer_model: emulated-80",
                "printer_address: \"\(printer)\"", "device_socket: \(folder)/devices.sock",
            ] + (changes.contains { $0.hasPrefix("centre_public_key:") } ? [] : ["centre_public_key: \(folder)/centre.pem"]) + changes
        try (lines.joined(separator: "\n") + "\n").write(toFile: "\(folder)/anjungan.yaml", atomically: true, encoding: .utf8)
        return try Configuration(file: "\(folder)/anjungan.yaml", overrides: [])
    }
}

extension KioskBench {
    static let service = ServiceKey("dpmptsp/perizinan")!

    func visit() async throws -> VisitScript.Ending {
        try await VisitRunner(client: screen).visit(VisitScript(service: Self.service, nik: nil, reply: .leave)).ending
    }

    /// Goes through until the screen shows this, touches `touch` there, and goes on to the next greeting.
    func visit(until kind: ScreenMessage.Body.Kind, then touch: Touch) async throws -> ScreenMessage {
        try await screen.converse { screens, say in
            var script = VisitScript(service: Self.service, nik: nil, reply: .leave)
            var met: ScreenMessage?
            for try await message in screens {
                let visit = VisitID(message.visit)
                try await say(PageMessage(visit: visit, revision: message.revision, .rendered))
                if let met, message.screen.kind == .greeting { return met }
                if met == nil, message.screen.kind == kind {
                    met = message
                    try await say(PageMessage(visit: visit, revision: message.revision, .touch(touch)))
                } else if met != nil {
                    if message.screen.kind == .ticket {
                        try await say(PageMessage(visit: visit, revision: message.revision, .touch(.done)))
                    }
                } else if case .say(let content) = script.shown(message) {
                    try await say(PageMessage(visit: visit, revision: message.revision, content))
                }
            }
            throw CancellationError()
        }
    }
}

extension KioskBench {
    /// A real centre in this process.
    ///
    /// - Parameter kept: a folder for its store that outlives it; without it one that vanishes.
    static func withCentre<Value: Sendable>(
        in kept: String? = nil, _ body: @Sendable (CentralStore, Int) async throws -> Value
    ) async throws -> Value {
        let folder = kept ?? "/tmp/anjungan-centre-\(UUID().uuidString.prefix(8))"
        defer { if kept == nil { try? FileManager.default.removeItem(atPath: folder) } }
        let store = try await CentralStore.open(directory: folder)
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let server = try CentralServer(
            store: store,
            configuration: .init(address: ListenAddress(port: 0), pageDirectory: "\(root)/Kiosk/central"),
            logger: logger
        ) { listening.yield($0.port) }
        let services = ServiceGroup(services: [server], logger: logger)
        let value = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            guard let port = await ports.first(where: { _ in true }) else { throw CancellationError() }
            let value = try await body(store, port)
            await services.triggerGracefulShutdown()
            try await group.next()
            return value
        }
        try await store.close()
        return value
    }
}
