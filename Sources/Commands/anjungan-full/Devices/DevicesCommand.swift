import ArgumentParser
import Conditions
import DeviceLayer
import DeviceProfiles
import ESCPOS
import Foundation
import Logging
import ProjectFiles
import ServiceLifecycle
import UnixSignals

/// `anjungan devices`: the device layer alone.
struct DevicesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "devices", abstract: "The devices of this machine without a kiosk, for other front ends.",
        subcommands: [DevicesServe.self])
}

/// `anjungan devices serve`.
struct DevicesServe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Own the printers, card readers and scanners, and serve them on a unix socket as lines of JSON.",
        discussion: """
            Sources/DeviceLayer/README.md has the lines. Prints “devices PATH” when it can be asked. What was printed under which id is \
            remembered in STATE/prints.ledger, so that nothing is printed twice, also after a crash. Ends on SIGTERM and SIGINT. \
            Exit: 0 stopped, 1 could not start, 64 wrong use.
            """)

    @Option(help: ArgumentHelp("The control socket; its folder is made.", valueName: "path"))
    var socket = StateFolder.controlSocket

    @Option(help: ArgumentHelp("Where the ledger of prints is, on a disk that survives; it is made.", valueName: "folder"))
    var state = StateFolder.standard

    @Option(help: ArgumentHelp("A group that may also connect; without it only this user.", valueName: "name"))
    var group: String?

    @Option(
        help: ArgumentHelp(
            "A printer: its name, a file of Devices/printers, and its address as printer_address has it; may be repeated.",
            valueName: "name=model@address"))
    var printer: [String] = []

    @Flag(help: "Leave the card readers alone.")
    var noReaders = false

    @Flag(help: "Leave the scanners, and the readers that type, alone.")
    var noScanners = false

    @Option(help: ArgumentHelp("The folder Devices.", valueName: "folder"))
    var devices: String?

    @Option(
        help: "How much to log on standard error: trace, debug, info, notice, warning, error or critical.",
        transform: { text in
            guard let level = Logger.Level(rawValue: text) else {
                throw ValidationError("--log-level takes trace, debug, info, notice, warning, error or critical; it got “\(text)”.")
            }
            return level
        })
    var logLevel = Logger.Level.info

    func run() async throws {
        // A connection that closes while we write is an error value, not the end of the program.
        signal(SIGPIPE, SIG_IGN)
        var logger = Logger(label: "devices") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = logLevel
        let orders = try printer.map(PrinterOrder.init)
        guard Set(orders.map(\.name)).count == orders.count else { throw ValidationError("Two printers have one name.") }
        try FileManager.default.createDirectory(
            atPath: state, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let locks = try orders.map { try DeviceLock(device: "\($0.address)", in: state) }
        defer { for lock in locks { lock.release() } }
        let printers = try await printers(orders, logger)
        let readers = noReaders ? nil : CardReaders(models: try DeviceProfiles.readers(in: try folder()), logger: logger)
        let scanners = noScanners ? nil : try Scanners(models: try DeviceProfiles.scanners(in: try folder()), logger: logger)
        let server = ControlServer(
            path: socket, program: "devices serve", group: group,
            control: DeviceControl(readers: readers, scanners: scanners, printers: printers),
            logger: logger, onListening: { [socket] in announce("devices \(socket)") })
        // The socket ends first, then what it leads to.
        let services: [any ServiceLifecycle.Service] =
            (readers.map { [$0] } ?? []) + (scanners.map { [$0] } ?? []) + printers.values.map { $0 } + [server]
        let all = ServiceGroup(
            configuration: .init(
                services: services.map { .init(service: $0) }, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        do {
            try await all.run()
        } catch is CancellationError {
            // A service that was stopped in the middle of a wait says so; stopping was asked for.
        }
    }

    private func folder() throws -> String { try devices ?? ProjectFolders.find().devices }

    private func printers(_ orders: [PrinterOrder], _ logger: Logger) async throws -> [String: PrinterDevice] {
        guard !orders.isEmpty else { return [:] }
        let ledger = try FileLedger("\(state)/prints.ledger")
        let ended = try await ledger.settleUnfinished()
        for (id, result) in ended {
            logger.notice("a print was interrupted", metadata: ["print": "\(id)", "outcome": "\(result.outcome)"])
        }
        let folder = try folder()
        var printers: [String: PrinterDevice] = [:]
        for order in orders {
            printers[order.name] = PrinterDevice(
                name: order.name, model: try DeviceProfiles.printer(named: order.model, in: folder), address: order.address,
                ledger: ledger, interrupted: !ended.isEmpty, logger: logger)
        }
        return printers
    }
}

/// `NAME=MODEL@ADDRESS`.
private struct PrinterOrder {
    var name: String
    var model: String
    var address: PrinterAddress

    init(_ text: String) throws {
        guard let equals = text.firstIndex(of: "="), let at = text[equals...].firstIndex(of: "@"), equals != text.startIndex else {
            throw ValidationError("--printer takes NAME=MODEL@ADDRESS, such as ticket=epson-tm-t82x@usb:04b8:0e27; it got “\(text)”.")
        }
        name = String(text[..<equals])
        model = String(text[text.index(after: equals)..<at])
        do throws(PrinterAddressError) {
            address = try PrinterAddress(parsing: String(text[text.index(after: at)...]))
        } catch {
            throw ValidationError("--printer \(text): \(error).")
        }
    }
}
