import ArgumentParser
import CUPSPrinting
import Conditions
import DeviceProfiles
import DeviceSocket
import ESCPOS
import Foundation
import KioskCore
import KioskRuntime
import PaperTemplates
import SiteBundle

/// `anjungan printer slip`.
struct PrinterStatusSlip: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slip", abstract: "Print the technician's status slip: printer, paper, queue, journal, centre, last prints.",
        discussion: """
            Goes straight to the device layer, so also while cupsd is down. What only a running kiosk knows is said to be unknown \
            when none answers. The template is Kiosk/templates/status.receipt.
            """)

    @OptionGroup var options: PrinterOptions
    @OptionGroup var target: PrintTarget

    func run() async throws {
        let configuration = try options.configuration()
        let words = try PrinterWords(configuration, options.lang)
        let result = try await PrinterDesk.open(configuration) { [target] desk in
            let device = try await desk.device(target.name)
            let model = try DeviceProfiles.printer(named: device.model, in: configuration.devicesDirectory)
            let (mall, zone) = Self.mall(configuration)
            let id = PrinterDesk.newID()
            let slip = StatusSlip(
                printID: id, mall: mall, kiosk: configuration.kiosk.rawValue, zone: zone,
                now: WallTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)), device: device, model: model,
                queue: try await Self.queue(configuration), kioskSays: await Self.kioskSays(desk, configuration)
            ) { words.catalogue[$0].technician.indonesian }
            let bytes = try PaperPress.bytes("status", slip.fields, configuration, model)
            return try await TechnicianPrint(words: words, patience: target.wait).run(
                bytes, title: "slip", as: id, on: device.name, at: desk)
        }
        if let failure = result.failure { throw failure }
    }

    /// The mall's name and clock; where its bundle cannot be read, what the configuration has.
    private static func mall(_ configuration: Configuration) -> (String, TimeZoneOfIndonesia) {
        do throws(BundleError) {
            let site = try CompiledSite.load(configuration.siteBundle).site
            return (site.name, site.timeZone)
        } catch {
            complain("\(error)")
            return (configuration.site.rawValue, .jakarta)
        }
    }

    private static func kioskSays(_ desk: PrinterDesk, _ configuration: Configuration) async -> (KioskStatus, [TicketStatus])? {
        switch desk {
        case .own: return nil
        case .kiosk: break
        }
        let technician = TechnicianClient(socket: configuration.technicianSocket)
        do {
            return (try await technician.status(), try await technician.tickets())
        } catch {
            complain("\(error)")
            return nil
        }
    }

    private static func queue(_ configuration: Configuration) async throws -> String {
        guard let spooler = try configuration.spooler() else { return "tidak dipakai (print_route: direct)" }
        let name = spooler.queue
        do throws(SpoolerError) {
            guard let queue = try await spooler.inspection() else { return "\(name): tidak ada" }
            if queue.isStopped { return "\(name): dihentikan" }
            return queue.acceptsJobs ? "\(name): siap" : "\(name): tidak menerima"
        } catch {
            complain("\(error)")
            return "\(name): CUPS tidak menjawab"
        }
    }
}

/// `anjungan printer sheet`.
struct PrinterSheet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sheet", abstract: "Print the requirements sheet of a service, for a citizen to take home.",
        discussion: """
            Takes what the site bundle says of the service under `standard`, by the template Kiosk/templates/persyaratan.receipt. \
            Where the site does not say what a service asks for, nothing is printed, and that is said. \
            Exit: 0 printed, 1 not, 64 wrong use.
            """)

    @OptionGroup var options: PrinterOptions

    @Argument(help: "The service, as AGENCY/SERVICE; `anjungan visit --list` names them.")
    var service: String

    @Argument(help: "The printer's name; may be left out where there is one.")
    var name: String?

    @Option(help: "Seconds after which it is taken back.")
    var wait = 60

    func validate() throws {
        guard ServiceKey(service) != nil else { throw ValidationError("the service must be AGENCY/SERVICE; it is “\(service)”.") }
    }

    func run() async throws {
        guard let key = ServiceKey(service) else { preconditionFailure("validated above") }
        let configuration = try options.configuration()
        let words = try PrinterWords(configuration, options.lang)
        let id = PrinterDesk.newID()
        let sheet = try RequirementsSheet(key, of: CompiledSite.load(configuration.siteBundle).site, printID: id)
        let result = try await PrinterDesk.open(configuration) { [name, wait] desk in
            let device = try await desk.device(name)
            let model = try DeviceProfiles.printer(named: device.model, in: configuration.devicesDirectory)
            let bytes = try PaperPress.bytes("persyaratan", sheet.fields, configuration, model)
            return try await TechnicianPrint(words: words, patience: wait).run(bytes, title: "sheet", as: id, on: device.name, at: desk)
        }
        if let failure = result.failure { throw failure }
    }
}

extension PaperPress {
    /// A sheet by a template of the configured folder; what of it is otherwise than the template says is told on standard error.
    fileprivate static func bytes(
        _ template: String, _ fields: Fields, _ configuration: Configuration, _ model: PrinterModel
    ) throws -> [UInt8] {
        let encoded = try PaperPress(template, in: "\(configuration.kioskDirectory)/templates", model: model).encoded(fields)
        for note in encoded.notes { complain("\(template).receipt: \(note)") }
        return encoded.bytes
    }
}
