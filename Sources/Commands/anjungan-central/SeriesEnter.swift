import ArgumentParser
import CentralServer
import Foundation
import KioskCore

/// `anjungan-central series enter`: what staff have handed out.
struct SeriesEnter: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enter",
        abstract: "Enter numbers that staff have handed out, so that they count like a kiosk's tickets.",
        discussion: """
            Numbers as they stand on the tickets: PZM-007, or PZM-001-037 for all from the first to the last. Everything that is named \
            is entered, or nothing. What was entered before changes nothing; what was not printed, or is of another service or day, \
            is refused.

            With --file a table of many days and services: the line “day,numbers,service,time”, and under it lines like \
            “2026-11-22,PZM-001-037,dpmptsp/perizinan,09:30”. Service and time may be left empty.
            """)

    @Argument(help: "The site, e.g. pekanbaru.", transform: { try slug($0, SiteID.init) })
    var site: SiteID

    @Argument(
        help: "Numbers, like PZM-007 or PZM-001-037.",
        transform: { text in
            guard let numbers = ManualNumbers(text) else {
                throw ValidationError("Write numbers as on the tickets, like PZM-007 or PZM-001-037; it got “\(text)”.")
            }
            return numbers
        })
    var numbers: [ManualNumbers] = []

    @Option(help: ArgumentHelp("The day on which they were handed out.", valueName: "YYYY-MM-DD"), transform: serviceDay)
    var day: ServiceDay?

    @Option(
        help: "Whose numbers they should be, like dpmptsp/perizinan; refused where they are not.",
        transform: { text in
            guard let key = ServiceKey(text) else { throw ValidationError("Write a service as AGENCY/SERVICE; it got “\(text)”.") }
            return key
        })
    var service: ServiceKey?

    @Option(help: ArgumentHelp("When they were handed out, where that is known.", valueName: "HH:MM"))
    var servedAt: String?

    @Option(help: "The serial of the sheet; refused where they are not on it.")
    var sheet: String?

    @Flag(help: "Take in a sheet that this store does not know, as after the restore of an older backup.")
    var found = false

    @Option(help: ArgumentHelp("A table of entries instead; - reads it from standard input.", valueName: "file.csv"))
    var file: String?

    @OptionGroup var place: StorePlace
    @OptionGroup var sites: SiteOptions

    func validate() throws {
        guard (file == nil) != numbers.isEmpty else { throw ValidationError("Name numbers, or a table with --file; one of the two.") }
        guard file != nil || day != nil else { throw ValidationError("Say with --day on which day the numbers were handed out.") }
        if found, sheet == nil || service == nil { throw ValidationError("--found needs --sheet SERIAL and --service AGENCY/SERVICE.") }
        if file != nil, day != nil || service != nil || servedAt != nil || sheet != nil {
            throw ValidationError("With --file the days, services and times stand in the table.")
        }
    }

    func run() async throws {
        do {
            let entries = try entries(in: sites.zone(of: try sites.load()))
            let desk = try await ManualDesk.open(directory: place.directory)
            let receipt = try await desk.enter(entries)
            try await desk.close()
            say("\(receipt.entered) tickets entered" + (receipt.known > 0 ? ", \(receipt.known) were entered before" : ""))
        } catch let error as ManualTable.Wrong {
            try refuse(error)
        } catch let error as StoreError {
            try refuse("\(error)\nNothing was entered.")
        }
    }

    private func entries(in zone: TimeZoneOfIndonesia) throws -> [ManualEntry] {
        if let file { return try ManualTable(text(of: file)).entries(site, in: zone) }
        guard let day else { return [] }
        let handed = try servedAt.map { text in
            guard let time = WallTime(day, clock: text, in: zone) else {
                try refuse("--served-at takes a time like 09:30; it got “\(text)”")
            }
            return time
        }
        return numbers.map {
            ManualEntry(
                site: site, day: day, numbers: $0, service: service, handed: handed, sheet: sheet?.uppercased(), isFound: found)
        }
    }

    private func text(of file: String) throws -> String {
        let data = file == "-" ? FileHandle.standardInput.readDataToEndOfFile() : FileManager.default.contents(atPath: file)
        guard let data, let text = String(data: data, encoding: .utf8) else {
            try refuse("\(file) cannot be read as text in UTF-8; name the table, or give it to this user")
        }
        return text
    }
}
