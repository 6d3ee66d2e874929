import ArgumentParser
import CentralServer
import Foundation
import KioskCore
import SyncProtocol

/// `anjungan-central report`: one day as a table.
struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Print what the centre knows of one day, also while it runs.",
        discussion:
            "Tickets by agency and service, kiosks with what they have not sent yet, and incidents. Reads the store and changes nothing.")

    @Option(help: ArgumentHelp("The service day; without it today.", valueName: "YYYY-MM-DD"), transform: serviceDay)
    var day: ServiceDay?

    @OptionGroup var place: StorePlace
    @OptionGroup var sites: SiteOptions
    @OptionGroup var alarms: AlarmOptions

    @Flag(help: "Print the JSON of GET /v1/report instead.")
    var json = false

    func run() async throws {
        do {
            let loaded = try sites.load()
            let now = WallTime.now
            let day = day ?? ServiceDay(now, in: sites.zone(of: loaded))
            var report = try StoreReader(directory: place.directory).report(
                day, made: now, names: SiteNames(loaded), alarms: alarms.limits, notices: try NoticeBook.load(directory: place.directory))
            report.refusals = try await DeviceRegister.existing(directory: place.directory, now: now)?.refusals(at: now) ?? []
            if json {
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
                FileHandle.standardOutput.write(try encoder.encode(report) + Data("\n".utf8))
            } else {
                FileHandle.standardOutput.write(Data(ReportTable(report).description.utf8))
            }
        } catch let error as StoreError {
            try refuse(error)
        }
    }
}
