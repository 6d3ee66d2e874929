import Foundation
import KioskCore
import SiteBundle
import SyncProtocol
import Testing

@testable import CentralServer

/// The manual series by the program itself, with a centre running and without.
@Suite(.serialized, .timeLimit(.minutes(15))) struct ManualProcessTests {
    /// A folder with a compiled site.
    private static func files() throws -> (bench: Bench, bundle: String) {
        let bench = Bench()
        try FileManager.default.createDirectory(atPath: bench.folder, withIntermediateDirectories: true)
        let service = Service(
            id: ServiceID("perizinan")!, name: "Perizinan", prefix: "PZ", identification: .none,
            provenance: Provenance(basis: .sample, source: "test"))
        let agency = Agency(
            id: AgencyID("dpmptsp")!, name: "DPMPTSP", kind: "pemda", provenance: Provenance(basis: .sample, source: "test"),
            services: [service])
        let site = Site(
            id: SiteID("pekanbaru")!, name: "MPP", city: "Kota", place: "", timeZone: .jakarta,
            kiosks: [Kiosk(id: KioskID("mpp-1")!, letter: "A")], agencies: [agency])
        let bundle = "\(bench.folder)/site.json"
        try CompiledSite(site).write(to: bundle)
        return (bench, bundle)
    }

    /// Numbers are printed, handed out and entered; the centre above counts them, too.
    @Test func fromTheSheetToTheCountWhileTheCentreRuns() async throws {
        let (bench, bundle) = try Self.files()
        let city = Bench()
        let above = try CentreProcess(store: city.folder)
        let centre = try CentreProcess(store: bench.folder, more: ["--upstream", "http://\(above.address)/"])
        func series(_ words: String...) throws -> (status: CInt, output: String, errors: String) {
            try CentreProcess.run(["series"] + words + ["--store", bench.folder])
        }
        let sheet = "\(bench.folder)/sheet.html"
        let printed = try series("print", "pekanbaru", "--site-bundle", bundle, "--count", "12", "-o", sheet)
        #expect(printed.status == 0, "\(printed)")
        #expect(printed.output.contains("PZM-001 – PZM-012  dpmptsp/perizinan  sheet "), "\(printed.output)")
        let page = try String(contentsOfFile: sheet, encoding: .utf8)
        #expect(page.components(separatedBy: "<strong>PZM-").count == 13)
        let again = try series("print", "pekanbaru", "--site-bundle", bundle, "-o", sheet)
        #expect(again.status == 1 && again.errors.contains("is there already"), "\(again)")
        let roll = try series("print", "pekanbaru", "--site-bundle", bundle, "--receipt", "--count", "2", "-o", "\(bench.folder)/roll")
        #expect(roll.output.contains("PZM-013 – PZM-014"), "a refused print has used no number: \(roll)")

        let entered = try series("enter", "pekanbaru", "--day", "2026-11-21", "PZM-001-007", "PZM-013", "--served-at", "09:30")
        #expect(entered.status == 0 && entered.output == "8 tickets entered\n", "\(entered)")
        let overlap = try series("enter", "pekanbaru", "--day", "2026-11-21", "PZM-007-008", "--service", "dpmptsp/perizinan")
        #expect(overlap.output == "1 tickets entered, 1 were entered before\n", "\(overlap)")
        let wrong = try series("enter", "pekanbaru", "--day", "2026-11-21", "PZM-009", "PZM-015")
        #expect(wrong.status == 1, "\(wrong)")
        #expect(wrong.errors.contains("PZM-015 is on no sheet") && wrong.errors.contains("Nothing was entered."), "\(wrong.errors)")
        let listed = try series("list", "pekanbaru")
        #expect(listed.output.contains("8 of 12 entered") && listed.output.contains("1 of 2 entered"), "\(listed.output)")

        let live = try await request("GET", "/v1/report?day=2026-11-21", centre.address).decoded(DayReport.self)
        #expect(live.counts == TicketCounts(issued: 9, printed: 9, manual: 9))
        // It goes up by itself; the upper centre only answers.
        while try await request("GET", "/v1/report", above.address).decoded(DayReport.self).chains.first?.upto != 27 {
            try await ContinuousClock().sleep(for: .milliseconds(20))
        }
        #expect(try await request("GET", "/v1/report?day=2026-11-21", above.address).decoded(DayReport.self).counts == live.counts)
        #expect(centre.stop() == 0)
        #expect(above.stop() == 0)

        // Without a running centre, from a table.
        let table = "\(bench.folder)/table.csv"
        try "day;numbers;service;time\n2026-11-21;PZM-008-010;dpmptsp/perizinan;10.15\n2026-11-20;PZM-014;;\n"
            .write(toFile: table, atomically: true, encoding: .utf8)
        let tabled = try series("enter", "pekanbaru", "--file", table)
        #expect(tabled.output == "3 tickets entered, 1 were entered before\n", "\(tabled)")
        let report = try CentreProcess.run(["report", "--day", "2026-11-21", "--json", "--store", bench.folder])
        #expect(try JSONDecoder().decode(DayReport.self, from: Data(report.output.utf8)).counts.manual == 11)
    }

    @Test func whatIsMissingIsSaid() throws {
        let (bench, bundle) = try Self.files()
        func series(_ words: String...) throws -> (status: CInt, output: String, errors: String) {
            try CentreProcess.run(["series"] + words + ["--store", bench.folder])
        }
        let cases: [(words: [String], said: String)] = [
            (["print", "pekanbaru", "-o", "\(bench.folder)/x"], "name the compiled site of pekanbaru with --site-bundle"),
            (["print", "pekanbaru", "--site-bundle", bundle, "-o", "/nonexistent/x"], "No number was used"),
            (
                ["print", "pekanbaru", "--site-bundle", bundle, "--service", "bank/kredit", "-o", "\(bench.folder)/x"],
                "it has dpmptsp/perizinan"
            ),
            (["enter", "pekanbaru", "PZM-1"], "--day"),
            (["enter", "pekanbaru", "--day", "2026-11-21", "7"], "Write numbers as on the tickets"),
            (["enter", "pekanbaru", "--day", "2026-11-21", "PZM-1", "--found"], "--found needs --sheet"),
            (["enter", "pekanbaru", "--file", "/nonexistent"], "cannot be read as text"),
        ]
        for (words, said) in cases {
            let run = try CentreProcess.run(["series"] + words + ["--store", bench.folder])
            #expect(run.status != 0 && run.errors.contains(said), "\(words): \(run)")
        }
        #expect(!FileManager.default.fileExists(atPath: "\(bench.folder)/x"), "a print that was refused leaves no file")
        #expect(try series("list", "pekanbaru").errors.contains("holds no store of a centre"))
    }
}
