public import ArgumentParser
import DeviceEmulators
import DeviceProfiles
import Foundation
import Logging
public import LoopbackWeb
import ProjectFiles
import ServiceLifecycle
import StrictYAML
import UnixSignals

/// `anjungan emulate`: a thermal printer that exists only on this machine, with a page that shows its paper.
struct EmulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "emulate",
        abstract: "Run an emulated thermal printer (ESC/POS over TCP) with a page that shows the paper.",
        discussion: """
            Prints one line for each address when it listens: “printer HOST:PORT” and “paper http://HOST:PORT/”. \
            GET /paper.png and /paper.json of the page say what came out; POST /faults/NAME/on and /off, and /roll/new, do what hands do \
            to a printer. With --devices there are a card reader and a scanner, too: POST /cards/NAME taps a card (enrolled, unknown, random), \
            POST /codes shows the code in the body. Ends on SIGTERM and SIGINT. Exit: 0 stopped, 1 could not start.
            """)

    @Option(help: "Where the printer listens, HOST:PORT or PORT; 0 is any free port.")
    var printer: ListenAddress = ListenAddress(port: 9100)

    @Option(help: "Where the paper page listens, on loopback; 0 is any free port.")
    var paper: ListenAddress = ListenAddress(port: 7071)

    @Option(help: "The printer's model: a file of Devices/printers without .yaml.")
    var model = "emulated-80"

    @Option(help: "Millimetres of paper a second.")
    var speed = 200.0

    @Option(help: "Bytes of the receive buffer; without it as the model says.")
    var buffer: Int?

    @Option(help: "Metres of paper on a new roll.")
    var roll = 80.0

    @Option(help: "The folder with the paper page; without it Kiosk/paper.")
    var page: String?

    @Option(help: "The origin of a page that may show the paper page in a frame, like http://127.0.0.1:7073.")
    var framedBy: String?

    @Option(
        help: ArgumentHelp(
            "Also a card reader and a scanner, for kiosks that name this unix socket as emulated_devices.", valueName: "socket"))
    var devices: String?

    func validate() throws {
        if let devices, !devices.hasPrefix("/") || devices.utf8.count > 107 {
            throw ValidationError("--devices takes an absolute path of at most 107 octets.")
        }
        guard (1...100_000).contains(speed) else { throw ValidationError("--speed takes 1 to 100000 millimetres a second, not \(speed).") }
        guard (0.05...1000).contains(roll) else { throw ValidationError("--roll takes 0.05 to 1000 metres, not \(roll).") }
        if let buffer, !(64...16_777_216).contains(buffer) {
            throw ValidationError("--buffer takes 64 to 16777216 bytes, not \(buffer).")
        }
    }

    func run() async throws {
        do {
            try await emulate()
        } catch let error as YAMLError {
            try refuse(error.problems.map(\.description))
        } catch let error as EmulatorError {
            try refuse([error.description])
        }
    }

    private func emulate() async throws {
        let folders = try ProjectFolders.find()
        let model = try DeviceProfiles.printer(named: model, in: folders.devices)
        var logger = Logger(label: "emulate") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .notice
        let desk = devices.map { EmulatedDesk(path: $0, logger: logger) }
        let emulated = EmulatedPrinter(
            model: model,
            configuration: EmulatedPrinter.Configuration(
                printer: printer, paper: paper, pageDirectory: page ?? "\(folders.kiosk)/paper", framedBy: framedBy,
                settings: MechanismSettings(speed: speed, bufferBytes: buffer, rollMetres: roll)),
            desk: desk, logger: logger)
        let group = ServiceGroup(
            configuration: .init(
                services: [desk.map { .init(service: $0) }, .init(service: emulated), .init(service: Announcement(printer: emulated))]
                    .compactMap(\.self),
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()
    }

    private func refuse(_ lines: [String]) throws -> Never {
        for line in lines { FileHandle.standardError.write(Data((line + "\n").utf8)) }
        throw ExitCode.failure
    }
}

extension ListenAddress: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
    public var defaultValueDescription: String { description }
}

/// Says where the printer listens, once it does; whoever started the program waits for these lines.
private struct Announcement: Service {
    let printer: EmulatedPrinter

    func run() async throws {
        let addresses = try await printer.addresses()
        var lines = "printer \(addresses.printer)\n"
        if let paper = addresses.paper { lines += "paper http://\(paper)/\n" }
        FileHandle.standardOutput.write(Data(lines.utf8))
        try await gracefulShutdown()
    }
}
