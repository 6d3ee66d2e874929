import CUPSPrinting
import Testing

@testable import Stage

/// What is said of the second lane, whatever CUPS says.
@Suite struct StockTests {
    private static func sheet(_ number: Int, _ id: String?, isWhole: Bool = true, isFinished: Bool = true) -> PaperAccount.Sheet {
        PaperAccount.Sheet(
            number: number, printID: id, isWholeTicket: isWhole, startedAt: HonestDay.time(number),
            finishedAt: isFinished ? HonestDay.time(number + 1) : nil)
    }

    private static func findings(
        _ jobs: [(String, SpoolerJob.State)], _ sheets: [PaperAccount.Sheet], printer: String = "ready", handed: [String]? = nil
    ) -> StockFindings {
        var names: [String] = []
        for job in jobs where !names.contains(job.0) { names.append(job.0) }
        let account = StockAccount(
            handed: handed ?? names, refused: [], jobs: jobs.map { StockAccount.Job(name: $0.0, state: $0.1) })
        return StockFindings(
            account, paper: PaperAccount(sheets: sheets, printer: .init(state: printer, faults: [], revision: 1), events: []))
    }

    @Test func aLaneThatDoesWhatItSaysIsQuiet() {
        let found = Self.findings([("A.1", .completed), ("B.1", .completed)], [Self.sheet(1, "A.1"), Self.sheet(2, "B.1")])
        #expect(found.mood == .quiet)
        #expect(
            found.words.english == "Stock CUPS: CUPS says completed 2 of 2, whole on paper 2; lost 0, doubled 0, pieces 0")
        #expect(
            found.words.indonesian == "CUPS biasa: kata CUPS selesai 2 dari 2, utuh di kertas 2; hilang 0, ganda 0, sepotong 0")
    }

    @Test func aJobThatIsCalledCompletedWithoutASheetIsLostOnlyOnceThePrinterIsAtRest() {
        let waiting = Self.findings([("A.1", .completed)], [], printer: "paper-out")
        #expect(waiting.mood == .busy)
        #expect(waiting.words.english.contains("not there yet 1"))
        let lost = Self.findings([("A.1", .completed)], [])
        #expect(lost.mood == .wrong)
        #expect(lost.words.english.contains("lost 1"))
        #expect(lost.notes.map(\.english) == ["1 called completed without a whole sheet"])
    }

    @Test func aJobThatCUPSHasForgottenIsLostToo() {
        let found = Self.findings([], [], handed: ["A.1"])
        #expect(found.missing == ["A.1"])
        #expect(found.untrue == 0, "CUPS says nothing of it")
    }

    @Test func sheetsTwiceAndPiecesAreCounted() {
        let found = Self.findings(
            [("A.1", .completed), ("A.1", .completed), ("B.1", .aborted)],
            [Self.sheet(1, "A.1"), Self.sheet(2, "A.1"), Self.sheet(3, "B.1", isWhole: false), Self.sheet(4, nil, isWhole: false)])
        #expect((found.doubled, found.pieces, found.missing) == (1, 2, ["B.1"]))
        #expect(found.completed == 1)
        #expect(found.mood == .wrong)
    }

    @Test func aPieceThatHangsOnTheNextTicketIsAPieceAndTheNextOneWhole() {
        var sheet = Self.sheet(1, "A.1")
        sheet.printIDs = ["A.1", "B.1"]
        let found = Self.findings([("A.1", .completed), ("B.1", .completed)], [sheet])
        #expect((found.whole, found.pieces, found.missing) == (1, 1, ["A.1"]))
    }

    @Test func aJobUnderWayIsNotMissing() {
        let found = Self.findings([("A.1", .processing)], [Self.sheet(1, "A.1", isWhole: false, isFinished: false)], printer: "printing")
        #expect((found.missing, found.underWay, found.pieces) == ([], 1, 0))
        #expect(found.mood == .busy)
    }

    @Test func sheetsOfOtherJobsAreNotItsOwn() {
        let found = Self.findings([("A.1", .completed)], [Self.sheet(1, "Z.1")])
        #expect((found.whole, found.missing) == (0, ["A.1"]))
    }

    @Test func theOtherLaneChangesNoVerdictOnOurs() {
        let day = HonestDay(printed: 2)
        #expect(day.ledger.stock == nil)
        var accounts = day.ledger.accounts
        accounts.stock = StockAccount(handed: ["A.1"], refused: [], jobs: [])
        accounts.stockPaper = PaperAccount(sheets: [], printer: .init(state: "ready", faults: [], revision: 1), events: [])
        let ledger = StageLedger(accounts)
        #expect(ledger.stock?.mood == .wrong)
        #expect((ledger.lost, ledger.doubled, ledger.verdictMood) == (0, 0, StageLedger.Mood.quiet))
    }
}
