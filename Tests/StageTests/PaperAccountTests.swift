import FoundationEssentials
import Testing

@testable import Stage

/// Reads what the emulator's page really writes.
@Suite struct PaperAccountTests {
    static func account(revision: Int = 5, first: Int = 1, sheets: String = "") throws -> PaperAccount {
        let json = """
            {"events":[{"at":"2026-11-22T03:00:0\(first).000Z","event":"connected","number":\(first)}],
             "printer":{"buffer_bytes":4096,"buffered_bytes":0,"dots":576,"dots_per_millimetre":8,"faults":["cover-open"],"knife_rows":120,
             "metres_left":79.9,"model":"emulated-80","name":"Emulated printer 80 mm","near_end":false,"revision":\(revision),
             "roll_metres":80,"running_sheet":2,"state":"cover-open"},"sheets":[\(sheets)]}
            """
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(PaperAccount.self, from: Data(json.utf8))
    }

    static func sheet(_ number: Int, _ text: String, cut: Bool = true, finished: String = "\"2026-11-22T03:00:08.000Z\"") -> String {
        """
        {"codes":[],"cut":\(cut),"finished_at":\(finished),"millimetres":73.5,"number":\(number),"picture":true,"print_id":"A.1",
         "rows":588,"started_at":"2026-11-22T03:00:07.000Z","text":"\(text)"}
        """
    }

    @Test func aWholeTicketIsCutAndReadsToItsLastLine() throws {
        let sheets = [
            Self.sheet(1, "A.1\\nBerlaku sampai 23.59 hari ini"), Self.sheet(2, "A.1\\nBerlaku sampai", cut: false, finished: "null"),
            Self.sheet(3, "A.1\\nMPP Pek"),
        ]
        let account = try Self.account(sheets: sheets.joined(separator: ","))
        #expect(account.sheets.map(\.isWholeTicket) == [true, false, false])
        #expect(account.sheets.map(\.printID) == ["A.1", "A.1", "A.1"])
        #expect(account.sheets[1].finishedAt == nil)
        #expect(account.printer.faults == ["cover-open"])
    }

    @Test func sheetsAreKnownFromTheFirstEventOn() throws {
        let early = try Self.account()
        #expect(early.sheetsKnownSince(before: nil) == "2026-11-22T03:00:01.000Z")
        let later = try Self.account(revision: 9, first: 6)
        #expect(later.sheetsKnownSince(before: (early, "2026-11-22T03:00:01.000Z")) == "2026-11-22T03:00:01.000Z")
        #expect(later.sheetsKnownSince(before: nil) == "2026-11-22T03:00:06.000Z", "whoever comes late knows less")
    }

    @Test func anotherEmulatorKnowsOnlyItsOwnSheets() throws {
        let old = try Self.account(revision: 90)
        let new = try Self.account(revision: 2, first: 3)
        #expect(new.sheetsKnownSince(before: (old, "2026-11-22T03:00:01.000Z")) == "2026-11-22T03:00:03.000Z")
    }

    @Test func sheetsThatAreNotKeptAnyMoreAreNotDemanded() throws {
        let account = try Self.account(sheets: Self.sheet(4, "Berlaku"))
        #expect(account.sheetsKnownSince(before: nil) == "2026-11-22T03:00:07.000Z")
    }
}
