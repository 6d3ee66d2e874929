import ArgumentParser
import Conditions
import DeviceProfiles
import DeviceSocket
import Doctor
import Foundation
import KioskRuntime

/// `anjungan printer`: the printers, for technicians.
struct PrinterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "printer",
        abstract: "See, watch and try the printers, with or without a running kiosk, also when cupsd is down.",
        discussion: """
            Asks the running kiosk over its device socket. When none runs, the command opens the printer itself, and a lock keeps \
            a kiosk from starting meanwhile. Exit: 0 done and the printer is ready, 1 it is not or the print did not surely come \
            out, 64 wrong use.
            """,
        subcommands: [
            PrinterList.self, PrinterStatusCommand.self, PrinterWatchCommand.self, PrinterTest.self, PrinterConfirm.self,
            PrinterStatusSlip.self, PrinterSheet.self, PrinterRollCommand.self, PrinterLogo.self, PrinterIdentify.self, PrinterRaw.self,
            PrinterPPD.self,
        ])
}

/// Which kiosk, and in which language.
struct PrinterOptions: ParsableArguments {
    @OptionGroup private var place: ConfigurationOptions

    @Option(help: "The language: id (Indonesian) or en (English).")
    var lang = Language.indonesian

    func configuration() throws -> Configuration { try place.configuration() }
}

/// `anjungan printer list`.
struct PrinterList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Name every printer: model, address, and whether it is ready.")

    @OptionGroup var options: PrinterOptions

    @Flag(help: "One JSON array.")
    var json = false

    func run() async throws {
        let configuration = try options.configuration()
        let words = try PrinterWords(configuration, options.lang)
        let devices = try await PrinterDesk.open(configuration) { try await $0.devices() }
        if json {
            announce(try words.json(devices))
        } else {
            for line in words.table(devices) { announce(line) }
        }
    }
}

/// `anjungan printer status`.
struct PrinterStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Say how one printer is, and what to do next. Exit 1 when it cannot print.")

    @OptionGroup var options: PrinterOptions

    @Argument(help: "The printer's name; may be left out where there is one.")
    var name: String?

    @Flag(help: "One JSON object.")
    var json = false

    func run() async throws {
        let configuration = try options.configuration()
        let words = try PrinterWords(configuration, options.lang)
        let device = try await PrinterDesk.open(configuration) { [name] in try await $0.device(name) }
        if json {
            announce(try words.json(device))
        } else {
            announce("\(device.name): \(words.state(device.status))")
            for line in words.remedies(device.status) { announce("  \(line)") }
        }
        if !device.status.isReady { throw ExitCode.failure }
    }
}

/// `anjungan printer watch`.
struct PrinterWatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Say how one printer is now, and a line at every change, until Ctrl-C.")

    @OptionGroup var options: PrinterOptions

    @Argument(help: "The printer's name; may be left out where there is one.")
    var name: String?

    func run() async throws {
        let configuration = try options.configuration()
        let words = try PrinterWords(configuration, options.lang)
        try await PrinterDesk.open(configuration) { [name] desk in
            let device = try await desk.device(name)
            try await desk.watch(device.name) { status in announce("\(Self.time())  \(words.state(status))") }
        }
    }

    private static func time() -> String {
        let formatter = DateFormatter()
        formatter.dateFormat = "HH:mm:ss"
        return formatter.string(from: Date())
    }
}

/// `anjungan printer identify`.
struct PrinterIdentify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "identify", abstract: "Say what the printer is by its profile, what it says of itself, and whether that fits.",
        discussion: "Names the models of Devices/printers that the printer would be, for printer_model. Exit 1 when it does not fit.")

    @OptionGroup var options: PrinterOptions

    @Argument(help: "The printer's name; may be left out where there is one.")
    var name: String?

    func run() async throws {
        let configuration = try options.configuration()
        let words = try PrinterWords(configuration, options.lang)
        let identity = try await PrinterDesk.open(configuration) { [name] desk in
            try await desk.identity(of: try await desk.device(name).name)
        }
        let report = IdentityReport(identity, models: try DeviceProfiles.printers(in: configuration.devicesDirectory))
        for line in words.identity(report) { announce(line) }
        if report.fits == false { throw ExitCode.failure }
    }
}
