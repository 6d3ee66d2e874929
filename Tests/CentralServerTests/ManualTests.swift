import Foundation
import GRDB
import KioskCore
import ReceiptMarkup
import SyncProtocol
import Testing

@testable import CentralServer

/// Numbers on paper: printed once, entered once, and never those of a kiosk.
@Suite(.timeLimit(.minutes(15))) struct ManualTests {
    private static let site = SiteID("pekanbaru")!
    private static let permits = ServiceKey("dpmptsp/perizinan")!
    private static let cards = ServiceKey("disdukcapil/kartu-keluarga")!

    private func order(_ count: Int, _ series: String = "PZM", _ service: ServiceKey = permits, day: ServiceDay? = nil) -> SheetOrder {
        SheetOrder(site: Self.site, service: service, series: series, count: count, day: day)
    }

    private func entry(
        _ numbers: String, day: ServiceDay = today, service: ServiceKey? = nil, sheet: String? = nil, found: Bool = false
    ) -> ManualEntry {
        ManualEntry(
            site: Self.site, day: day, numbers: ManualNumbers(numbers)!, service: service, sheet: sheet, isFound: found)
    }

    private func refusal(_ store: CentralStore, _ entries: [ManualEntry]) async throws -> String {
        let refusal = await #expect(throws: StoreError.self) { try await store.enter(entries, at: noon) }
        #expect(refusal?.code == .refused)
        return refusal?.detail ?? ""
    }

    // MARK: Printing

    @Test func aSecondPrintGoesOnBehindTheFirstAlsoAfterARestart() async throws {
        let bench = Bench()
        let store = try await bench.open()
        let first = try await store.printSheets([order(24), order(10, "KKM", Self.cards)], at: noon)
        #expect(first.map(\.range) == ["PZM-001 – PZM-024", "KKM-001 – KKM-010"])
        #expect(Set(first.map(\.serial)).count == 2)
        try await store.close()
        let again = try await bench.open()
        #expect(try await again.printSheets([order(6)], at: noon).map(\.range) == ["PZM-025 – PZM-030"])
        #expect(try StoreReader(directory: bench.folder).sheets(of: Self.site).map(\.last) == [10, 24, 30])
    }

    @Test func ordersAreTakenAllOrNone() async throws {
        let bench = Bench()
        let store = try await bench.open()
        await #expect(throws: StoreError(.refused, "")) { try await store.printSheets([order(24), order(0)], at: noon) }
        await #expect(throws: StoreError(.refused, "no kiosk's series is printed")) {
            try await store.printSheets([order(1, "PZA")], at: noon)
        }
        #expect(try StoreReader(directory: bench.folder).sheets(of: Self.site) == [])
    }

    /// The backup is older than the second print, which the restored store cannot know.
    @Test func aRestoredStoreLeavesRoomForWhatItMayHavePrinted() async throws {
        let (bench, target, restored) = (Bench(), Bench(), Bench())
        let store = try await bench.open()
        _ = try await store.printSheets([order(24)], at: noon)
        let backup = try Backup.make(of: bench.folder, in: target.folder, at: noon)
        let lost = try await store.printSheets([order(24)], at: noon)[0]
        _ = try await store.enter([entry("PZM-001-003"), entry("PZM-025-026")], at: noon)
        try await store.close()

        try FileManager.default.createDirectory(atPath: restored.folder, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: backup.path, toPath: restored.database)
        let again = try await restored.open()
        #expect(try await refusal(again, [entry("PZM-025")]).contains("--found --sheet SERIAL --service SERVICE"))
        let found = entry("PZM-025-026", service: Self.permits, sheet: lost.serial, found: true)
        #expect(try await again.enter([found], at: noon) == ManualReceipt(entered: 2, known: 0))
        #expect(try await again.enter([found], at: noon) == ManualReceipt(entered: 0, known: 2))
        let more = entry("PZM-025-030", service: Self.permits, sheet: lost.serial, found: true)
        #expect(try await again.enter([more], at: noon) == ManualReceipt(entered: 4, known: 2))
        #expect(try await again.printSheets([order(5), order(5)], at: noon).map(\.first) == [2001, 2006])
        let other = try await refusal(again, [entry("PZM-001", sheet: lost.serial)])
        #expect(other.contains("printed twice"), "\(other)")

        // It is a writer of another life: the centre above takes both histories.
        let city = try await Bench().open()
        for store in [bench, restored] {
            for chain in try store.look({ try $0.rows("SELECT * FROM chains").map(ChainName.init) }) {
                let entries = try store.entries(of: chain)
                let head = ChainLink(octets: entries[entries.count - 1], sha256)!.position
                #expect(try await city.take(Batch(chain: chain, head: head, entries: entries)).fault == nil)
            }
        }
        #expect(try await city.incidents().map(\.code) == [.number, .number], "both have entered PZM-025 and PZM-026")
    }

    // MARK: Entering

    @Test func whatWasHandedOutCountsBesideAKiosksTickets() async throws {
        let bench = Bench()
        let store = try await bench.open()
        var kiosk = SampleKiosk()
        kiosk.visit(1)
        try await store.take(kiosk.whole)
        _ = try await store.printSheets([order(24), order(24, "KKM", Self.cards)], at: noon)
        #expect(try await store.enter([entry("PZM-001-012"), entry("KKM-1")], at: noon) == ManualReceipt(entered: 13, known: 0))
        let report = try await store.report(today, made: noon)
        #expect(report.counts == TicketCounts(issued: 14, printed: 14, manual: 13))
        #expect(report.agencies.map(\.counts.manual) == [1, 12])
        #expect(report.incidents == [])
        try bench.expectRollupsMatchTickets()
        let table = ReportTable(report).description
        #expect(table.contains("(manual)"), "\(table)")
        #expect(try StoreReader(directory: bench.folder).sheets(of: Self.site).map(\.entered) == [1, 12])
        #expect(try StoreReader(directory: bench.folder).sheets(of: Self.site).map(\.service) == [Self.cards, Self.permits])
        #expect(
            try await store.report(today, made: WallTime(milliseconds: noon.milliseconds + 86_400_000)).alarms.map(\.kiosk) == ["k1"],
            "nobody waits for the centre's own entries")
    }

    @Test func theSameAgainChangesNothingAndAnOverlapIsTold() async throws {
        let bench = Bench()
        let store = try await bench.open()
        _ = try await store.printSheets([order(24)], at: noon)
        let numbers = entry("PZM-001-010")
        #expect(try await store.enter([numbers], at: noon) == ManualReceipt(entered: 10, known: 0))
        let before = try bench.count("entries")
        #expect(try await store.enter([numbers], at: noon) == ManualReceipt(entered: 0, known: 10))
        #expect(try bench.count("entries") == before)
        #expect(try await store.enter([entry("PZM-008-012")], at: noon) == ManualReceipt(entered: 2, known: 3))
        #expect(try await store.enter([entry("PZM-020"), entry("PZM-020")], at: noon) == ManualReceipt(entered: 1, known: 1))
        #expect(try await store.counts() == TicketCounts(issued: 13, printed: 13, manual: 13))
    }

    @Test func whatCannotBeRightIsRefusedWholeWithWhatToDo() async throws {
        let bench = Bench()
        let store = try await bench.open()
        let yesterday = ServiceDay(number: today.number - 1)
        _ = try await store.printSheets([order(24), order(24, "KKM", Self.cards, day: yesterday)], at: noon)
        #expect(try await store.enter([entry("PZM-005", day: yesterday)], at: noon).entered == 1)
        let before = try bench.count("entries")
        var line = entry("PZM-025")
        line.line = 7
        let wrong: [(ManualEntry, String)] = [
            (entry("PZM-020-025"), "PZM-025 is on no sheet"), (line, "line 7: PZM-025"), (entry("XXM-001"), "XXM-001 is on no sheet"),
            (entry("PZM-001", service: Self.cards), "is a number of dpmptsp/perizinan, not of disdukcapil/kartu-keluarga"),
            (entry("KKM-001"), "which is for \(yesterday) only"), (entry("PZM-005"), "was entered for \(yesterday) already"),
            (entry("PZM-001", day: ServiceDay(number: today.number + 1)), "is still to come"),
            (entry("PZM-001", sheet: "00000000"), "printed twice"), (entry("PZM-001", found: true), "needs its serial"),
            (entry("PZM-001-9999"), "up to 2000 numbers"),
        ]
        for (entry, words) in wrong {
            let detail = try await refusal(store, [self.entry("PZM-001"), entry])
            #expect(detail.contains(words), "\(detail)")
        }
        #expect(try bench.count("entries") == before, "the right one before the wrong one was not entered either")
    }

    /// Neither the centre's leases nor any kiosk draws from the series.
    @Test func aKioskWithTheNumberOfASheetIsAnIncident() async throws {
        let bench = Bench()
        let store = try await bench.open()
        var kiosk = SampleKiosk()
        kiosk.append(
            TicketIssued(
                ticket: SampleKiosk.ticket(1), number: "PZM-001", series: "PZM", ordinal: 1, agency: "dpmptsp", service: "perizinan",
                channel: "screen", claim: "", sealed: []))
        try await store.take(kiosk.whole)
        _ = try await store.printSheets([order(24)], at: noon)
        _ = try await store.enter([entry("PZM-001")], at: noon)
        #expect(try await store.incidents().map(\.code) == [.number])
    }

    @Test func whenItWasHandedOutTravelsWithTheTicket() async throws {
        let bench = Bench()
        let store = try await bench.open()
        _ = try await store.printSheets([order(24)], at: noon)
        var entry = entry("PZM-001")
        entry.handed = WallTime(today, clock: "09:30", in: .jakarta)?.milliseconds
        _ = try await store.enter([entry], at: noon)
        let stored = try #require(try bench.look { try $0.row("SELECT body FROM entries ORDER BY seq LIMIT 1")?["body"] as Data? })
        let issued = try JSONDecoder().decode(TicketIssued.self, from: stored)
        #expect(issued.handed.map { WallTime(milliseconds: $0).iso8601 } == "2026-11-22T02:30:00.000Z")
        #expect(issued.channel == "manual")
    }

    // MARK: Words

    @Test(arguments: ["PZM-7", "pzm-007", "PZM-7-7", "PZM-007-PZM-007"]) func numbersAreReadAsTheyStandOnTickets(_ text: String) {
        #expect(ManualNumbers(text).map { [$0.first, $0.last] } == [7, 7])
        #expect(ManualNumbers(text)?.series == "PZM")
    }

    @Test(arguments: ["", "7", "PZ-7", "PZM", "PZM-", "PZM-0", "PZM-9-7", "PZM-1-KKM-7", "PZM-1-2-3", "PZM-+1", "M-1", "PZM-12345678"])
    func whatIsNoManualNumberIsRefused(_ text: String) {
        #expect(ManualNumbers(text) == nil)
    }

    @Test func aTableIsReadWithCommasOrSemicolons() throws {
        for separator in [",", ";"] {
            let text =
                "\u{FEFF}day,numbers,service,time\r\n\"2026-11-22\",PZM-001-037,dpmptsp/perizinan,09.30\r\n\r\n2026-11-21,KKM-1,,\r\n"
            let entries = try ManualTable(text.replacing(",", with: separator)).entries(Self.site, in: .jakarta)
            #expect(entries.map(\.line) == [2, 4])
            #expect(entries.map(\.last) == [37, 1])
            #expect(entries.map(\.service) == [Self.permits, nil])
            #expect(entries[0].handed == WallTime(today, clock: "09:30", in: .jakarta)?.milliseconds)
        }
    }

    @Test(arguments: [
        ("", "line 1"), ("day,number\n", "“number” is no column"), ("numbers\nPZM-1", "at least “day,numbers”"),
        ("day,numbers\n2026-11-22,PZ-1", "line 2: “PZ-1” is no numbers; write it like PZM-001-037"),
        ("day,numbers\n2026-11-22", "line 2: day and numbers are needed"), ("day,numbers\n2026-11-22,PZM-1,x", "3 fields under 2 columns"),
        ("day,numbers,time\n2026-11-22,PZM-1,9h", "“9h” is no time"),
    ])
    func aTableThatIsWrongNamesItsLine(_ text: String, _ words: String) {
        let wrong = #expect(throws: ManualTable.Wrong.self) { try ManualTable(text).entries(Self.site, in: .jakarta) }
        #expect(wrong?.description.contains(words) == true, "\(wrong?.description ?? "")")
    }

    @Test func asAReceiptEachTicketIsCutAndNothingInANameIsMarkup() {
        let site = Site(
            id: Self.site, name: "MPP {code:1} | \"x\"", city: "Kota", place: "", timeZone: .jakarta, kiosks: [], agencies: [])
        let sheet = ManualSheet(
            serial: "7K2Q9XFB", site: Self.site, service: Self.permits, series: "PZM", first: 1, last: 3, day: "2026-11-22")
        let receipt = Receipt(parsing: PrintedSheet(sheet, of: site).receipt)
        #expect(receipt.diagnostics.isEmpty, "\(receipt.diagnostics)")
        let text = receipt.layout(columns: 48).plainText
        #expect(text.contains("MPP {code:1} | \"x\", Kota"), "\(text)")
        #expect(text.contains("22 November 2026"))
        #expect(text.components(separatedBy: "lembar 7K2Q9XFB").count == 4)
        let html = PrintedSheet.html([PrintedSheet(sheet, of: site)])
        #expect(html.contains("MPP {code:1} | &quot;x&quot;"))
        #expect(html.components(separatedBy: "<li>").count == 4)
    }
}
