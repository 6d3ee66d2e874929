import ArgumentParser
import Foundation
import KioskCore
import Logging
import ServiceLifecycle
import UnixSignals

/// `anjungan demo`: a whole kiosk on one machine, kept alive.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Run a whole kiosk and its centre on this machine: a private CUPS, an emulated printer, and a stage to try them on.",
        discussion: """
            Prints the addresses of screen, paper, centre and stage, starts again what dies, and stops everything on Ctrl-C. \
            Ports, in this order: ANJUNGAN_PORTS=7070,7071,7072,7073.
            """)

    @Option(help: "The mall, a folder of Kiosk/sites.")
    var site = "pekanbaru"

    @Option(help: "Which kiosk of the mall; without it the first.")
    var kiosk: String?

    @Option(help: "The printer's model, a file of Devices/printers: emulated-80 or emulated-58.")
    var model = "emulated-80"

    @Option(help: "Millimetres a second of the emulated printer.")
    var speed = 150

    @Option(help: "cups, or direct for a kiosk without CUPS.")
    var route = "cups"

    @Option(help: "The folder for journal, logs and keys; without it one that goes with the screen's port.")
    var state: String?

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        let ports = try Ports.fromEnvironment()
        let files = state.map { DemoFiles(root: URL(fileURLWithPath: $0).standardizedFileURL.path) } ?? .standard(screenPort: ports.screen)
        try files.create()
        try files.lock()
        try await files.endLeftovers()
        try await LoopbackPort.requireFree(ports.screen, for: "the screen")
        try await LoopbackPort.requireFree(ports.paper, for: "the paper page")
        try await LoopbackPort.requireFree(ports.centre, for: "the centre")
        try await LoopbackPort.requireFree(ports.stage, for: "the stage")

        let plan = DemoPlan(
            ports: ports, printerPort: try await LoopbackPort.anyFree(), networkPort: try await LoopbackPort.anyFree(), files: files,
            folders: try ProjectFolders.find(), site: site,
            kiosk: kiosk, model: model, speed: speed, route: route)
        try plan.prepare()
        say("starting the kiosk of \(site); logs are in \(files.root)/log")
        let logger = Logger(label: "demo", factory: { StreamLogHandler.standardError(label: $0) }).quiet
        let group = ServiceGroup(
            configuration: .init(
                services: try plan.services(logger: logger).map { .init(service: $0) }, gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger))
        try await group.run()
        say("stopped")
    }
}

extension Logger {
    /// Only what went wrong.
    var quiet: Logger {
        var logger = self
        logger.logLevel = .warning
        return logger
    }
}
