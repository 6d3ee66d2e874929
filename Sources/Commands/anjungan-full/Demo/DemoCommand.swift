import ArgumentParser
import Foundation
import KioskCore
import LocalFiles
import Logging
import ProjectFiles
import ServiceLifecycle
import UnixSignals

/// `anjungan demo`: a whole kiosk on one machine, kept alive.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Run a whole kiosk and its centre on this machine: a private CUPS, an emulated printer, and a stage to try them on.",
        discussion: """
            Prints the addresses of screen, paper, centre and stage, starts again what dies, and stops everything on Ctrl-C. \
            Ports, in this order: ANJUNGAN_PORTS=7070,7071,7072,7073; a fifth is for the paper of the second lane, \
            else 7074 or any free one. \
            That lane prints the same jobs through CUPS's own socket backend, for comparison; it needs the route cups and that backend, \
            of Debian's package cups.
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

    @Flag(inversion: .prefixedNo, help: "The second lane beside ours on the stage.")
    var stock = true

    @Option(help: "The folder for journal, logs and keys; without it one that goes with the screen's port.")
    var state: String?

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        let ports = try Ports.fromEnvironment()
        let files = state.map { DemoFiles(root: URL(fileURLWithPath: $0).standardizedFileURL.path) } ?? .standard(screenPort: ports.screen)
        try files.create()
        let lock = try files.lock()
        defer { lock.release() }
        try await files.endLeftovers()
        try await LoopbackPort.requireFree(ports.screen, for: "the screen")
        try await LoopbackPort.requireFree(ports.paper, for: "the paper page")
        try await LoopbackPort.requireFree(ports.centre, for: "the centre")
        try await LoopbackPort.requireFree(ports.stage, for: "the stage")
        let folders = try ProjectFolders.find()

        let plan = DemoPlan(
            ports: ports, printerPort: try await LoopbackPort.anyFree(), networkPort: try await LoopbackPort.anyFree(), files: files,
            folders: folders, site: site,
            kiosk: kiosk, model: model, speed: speed, route: route, stock: try await stockLane(ports, folders))
        try plan.prepare()
        try await plan.enrolSampleCard()
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

extension DemoCommand {
    /// What the second lane needs; nil where it is not wanted or cannot be.
    private func stockLane(_ ports: Ports, _ folders: ProjectFolders) async throws -> DemoStock? {
        guard stock, route == "cups" else { return nil }
        guard let backend = DemoStock.backend(folders) else {
            say("the stage has no second lane: CUPS's own socket backend is missing; ./setup.sh run unpacks it")
            return nil
        }
        let paper = try await LoopbackPort.chosen(ports.stockPaper, for: "the paper of the second lane")
        return DemoStock(backend: backend, printerPort: try await LoopbackPort.anyFree(), paperPort: paper)
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
