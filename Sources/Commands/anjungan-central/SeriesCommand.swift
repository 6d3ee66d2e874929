import ArgumentParser
import CentralServer
import Foundation
import KioskCore
import LocalFiles

/// `anjungan-central series`: numbers on paper for the hours without a kiosk.
struct SeriesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "series",
        abstract: "Print numbers that staff hand out when no kiosk can, and enter them afterwards.",
        discussion: """
            The numbers are those of a service with the letter \(ManualSeries.letter), which no kiosk has: \(example). They go on from day to \
            day and are never printed twice. All of it works while the centre runs, too.
            """,
        subcommands: [SeriesPrint.self, SeriesEnter.self, SeriesList.self])

    static let example = TicketNumber(series: ManualSeries.series("PZ"), ordinal: 1).description
}

private let keyHelp = "A service, like dpmptsp/perizinan"

private func serviceKey(_ text: String) throws -> ServiceKey {
    guard let key = ServiceKey(text) else { throw ValidationError("Write a service as AGENCY/SERVICE; it got “\(text)”.") }
    return key
}

/// `anjungan-central series print`: the sheets.
struct SeriesPrint: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "print",
        abstract: "Make sheets of numbered tickets, to be kept at the counters.",
        discussion: """
            Writes pages of A4 with 24 tickets each, which any browser prints, or with --receipt a file for a thermal printer \
            (“lp -d ticket FILE”). The numbers count as printed from then on, whether the file is used or not: a second print goes on \
            behind them. Print a file once, and throw away what is left of a sheet that was lost in parts.
            """)

    @Argument(help: "The site, e.g. pekanbaru.", transform: { try slug($0, SiteID.init) })
    var site: SiteID

    @Option(name: .long, help: "\(keyHelp); may be repeated. Without it every service of the site.", transform: serviceKey)
    var service: [ServiceKey] = []

    @Option(help: "How many numbers of each service.")
    var count = 24

    @Option(
        help: ArgumentHelp("The only day on which they are good; without it staff write the day.", valueName: "YYYY-MM-DD"),
        transform: serviceDay)
    var day: ServiceDay?

    @Flag(help: "Write ReceiptLine for a thermal printer instead of pages.")
    var receipt = false

    @Option(name: .shortAndLong, help: "The file to write; it must not be there yet.")
    var output: String

    @OptionGroup var place: StorePlace
    @OptionGroup var sites: SiteOptions

    func validate() throws {
        guard (1...SheetOrder.largest).contains(count) else {
            throw ValidationError("--count takes 1 to \(SheetOrder.largest); it got \(count).")
        }
    }

    func run() async throws {
        let site = try chosen()
        guard !FileManager.default.fileExists(atPath: output) else {
            try refuse("\(output) is there already; print a sheet once, and write new ones into another file")
        }
        // Whether it can be written is known before numbers are used up.
        do throws(FileFailure) {
            try WholeFile.write([], to: output, mode: 0o644)
        } catch {
            try refuse("\(error); choose another --output. No number was used")
        }
        do throws(StoreError) {
            let orders = try orders(of: site)
            let desk = try await ManualDesk.open(directory: place.directory)
            let sheets = try await desk.print(orders)
            try await desk.close()
            try write(sheets, of: site)
        } catch {
            unlink(output)
            try refuse(error)
        }
    }

    private func chosen() throws -> Site {
        let loaded = try sites.load()
        guard let found = loaded.first(where: { $0.id == site }) else {
            try refuse("name the compiled site of \(site) with --site-bundle FILE; “anjungan site check \(site)” compiles it")
        }
        return found
    }

    private func orders(of site: Site) throws(StoreError) -> [SheetOrder] {
        if let kiosk = site.kiosks.first(where: { $0.letter == ManualSeries.letter }) {
            throw StoreError(
                .refused,
                "the kiosk \(kiosk.id) has the letter \(ManualSeries.letter), which stands in printed numbers; give it another in site.yaml"
            )
        }
        let all = site.agencies.flatMap { agency in agency.services.map { ServiceKey(agency.id, $0.id) } }
        var orders: [SheetOrder] = []
        for key in service.isEmpty ? all : service {
            guard let service = site.service(key) else {
                let known = all.map(\.description).joined(separator: ", ")
                throw StoreError(.refused, "\(site.id) has no service \(key); it has \(known)")
            }
            orders.append(
                SheetOrder(site: site.id, service: key, series: ManualSeries.series(service.prefix), count: count, day: day))
        }
        return orders
    }

    private func write(_ sheets: [ManualSheet], of site: Site) throws(StoreError) {
        let printed = sheets.map { PrintedSheet($0, of: site) }
        let text = receipt ? printed.map(\.receipt).joined() : PrintedSheet.html(printed)
        do throws(FileFailure) {
            try WholeFile.write(Array(text.utf8), to: output, mode: 0o644)
        } catch {
            throw StoreError(.readOnly, "\(error). The numbers count as printed; print again, into another file")
        }
        for sheet in sheets { say("\(sheet.range)  \(sheet.service)  sheet \(sheet.serial)") }
        say("Print \(output) once. What was handed out of it: anjungan-central series enter \(site.id) --day YYYY-MM-DD NUMBERS…")
    }
}

/// `anjungan-central series list`: what was printed and what of it was entered.
struct SeriesList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show the sheets that were printed for a site, and how much of each was entered.")

    @Argument(help: "The site, e.g. pekanbaru.", transform: { try slug($0, SiteID.init) })
    var site: SiteID

    @OptionGroup var place: StorePlace

    @Flag(help: "Print a JSON list instead.")
    var json = false

    func run() throws {
        do throws(StoreError) {
            let sheets = try StoreReader(directory: place.directory).sheets(of: site)
            if json { return say(try listing(sheets)) }
            for sheet in sheets {
                let day = sheet.day.map { "for \($0) only" } ?? "for any day"
                say(
                    "\(sheet.range)  \(sheet.service)  sheet \(sheet.serial)  \(day)  \(sheet.entered) of \(sheet.last - sheet.first + 1) entered"
                )
            }
            if sheets.isEmpty { say("No sheet was printed for \(site). “anjungan-central series print \(site)” makes them.") }
        } catch {
            try refuse(error)
        }
    }

    private func listing(_ sheets: [ManualSheet]) throws(StoreError) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(sheets), as: UTF8.self)
        } catch {
            throw StoreError(.failed, "the sheets do not fit into JSON: \(error)")
        }
    }
}
