import Conditions
import SyncProtocol
import Testing

@testable import KioskRuntime
@testable import Stage

/// What the ledger says of days on which nobody lies, and of days that are not over.
@Suite struct LedgerTests {
    @Test func anHonestDayAddsUpInBothLanguages() {
        let ledger = HonestDay(printed: 20, void: 3, unknown: 2).ledger
        #expect(
            ledger.paperLine
                == Sentence("terbit 25 = di kertas 20 + batal 3 + tidak diketahui 2", "issued 25 = on paper 20 + void 3 + unknown 2"))
        #expect(ledger.centreLine == Sentence("terbit 25 = di pusat 25", "issued 25 = at the centre 25"))
        #expect(ledger.verdictLine == Sentence("hilang 0, ganda 0", "lost 0, doubled 0"))
        #expect([ledger.paperMood, ledger.centreMood, ledger.verdictMood] == [.quiet, .quiet, .quiet])
        #expect(ledger.reasons.isEmpty && ledger.paperNotes.isEmpty && ledger.centreNotes.isEmpty)
    }

    @Test func aDayWithoutTicketsIsTrueToo() {
        let ledger = HonestDay().ledger
        #expect(ledger.paperLine.english == "issued 0 = on paper 0 + void 0 + unknown 0")
        #expect(ledger.centreLine.english == "issued 0 = at the centre 0")
        #expect(ledger.verdictMood == .quiet)
    }

    @Test func screenAndProgressAreNamedOnlyWhileThereIsAny() {
        let ledger = HonestDay(printed: 1, screen: 2, open: 1).ledger
        #expect(ledger.paperLine.english == "issued 4 = on paper 1 + void 0 + unknown 0 + on screen 2 + in progress 1")
        #expect(ledger.paperLine.indonesian == "terbit 4 = di kertas 1 + batal 0 + tidak diketahui 0 + di layar 2 + berjalan 1")
        #expect(ledger.paperMood == .busy, "a visit is under way")
        #expect(ledger.verdictLine.english == "lost 0, doubled 0")
    }

    @Test func whatHasNotArrivedIsNotLost() {
        var day = HonestDay(printed: 23)
        day.issue(.printed, .printed, sheets: 1)
        day.issue(.printed, .printed, sheets: 1)
        day.entriesWait(5)
        let ledger = day.ledger
        #expect(ledger.centreLine == Sentence("23 dari 25 di pusat, 2 sedang dikirim", "23 of 25 at the centre, 2 on their way"))
        #expect(ledger.centreNotes.map(\.english) == ["5 entries wait"])
        #expect(ledger.centreMood == .busy && ledger.verdictMood == .busy)
        #expect(ledger.lost == 0 && ledger.reasons.isEmpty)
    }

    @Test func anOutcomeThatHasNotArrivedIsNoContradiction() {
        var day = HonestDay(printed: 3)
        day.centre = HonestDay.report(TicketCounts(issued: 3, printed: 2, open: 1), upto: 5)
        let ledger = day.ledger
        #expect(ledger.centreLine.english == "issued 3 = at the centre 3")
        #expect(ledger.centreNotes.map(\.english).isEmpty, "the kiosk has been told that all of it is there")
        #expect(ledger.verdictLine.english == "lost 0, doubled 0" && ledger.centreMood == .busy)
    }

    @Test func whoeverIsAwayIsNamedAndKeepsTheLastFigures() {
        var day = HonestDay(printed: 2)
        day.change = {
            ($0.kioskAnswers, $0.paperAnswers, $0.centreAnswers) = (false, false, false)
            $0.networkIsCut = true
        }
        let ledger = day.ledger
        #expect(ledger.paperLine.english == "issued 2 = on paper 2 + void 0 + unknown 0")
        #expect(ledger.paperNotes.map(\.english) == ["kiosk restarting", "emulated printer away"])
        #expect(ledger.centreNotes.map(\.english) == ["network cut", "centre away"])
        #expect([ledger.paperMood, ledger.centreMood, ledger.verdictMood] == [.busy, .busy, .busy])
        #expect(ledger.verdictLine.english == "lost 0, doubled 0")
    }

    @Test func nothingIsClaimedBeforeAnybodyAnswered() {
        let ledger = StageLedger(StageAccounts(kioskAnswers: false, paperAnswers: false, centreAnswers: false))
        #expect(ledger.paperLine.english == "the kiosk has not answered yet")
        #expect(ledger.verdictMood == .busy)
    }

    @Test func aSheetIsNotMissedOnPaperThatWasSeenBeforeItCameOut() {
        var day = HonestDay(printed: 1)
        day.sheets = []
        day.change = { $0.paperIsCurrent = false }
        #expect(day.ledger.lost == 0)
        #expect(day.ledger.paperMood == .busy)
    }

    @Test func ticketsFromBeforeTheEmulatorAreTakenAtTheKiosksWord() {
        var day = HonestDay(printed: 3)
        day.sheets.removeFirst(2)
        day.change = { $0.sheetsKnownSince = HonestDay.time(15) }
        let ledger = day.ledger
        #expect(ledger.onPaper == 3 && ledger.lost == 0)
        #expect(ledger.paperNotes.map(\.english) == ["2 from before this printer was on: the kiosk's word alone"])
        #expect(ledger.paperMood == .quiet)
    }

    @Test func ofAPrinterThatCannotAnswerNoSheetIsDemanded() {
        var day = HonestDay()
        day.issue(.printed, .sent)
        day.issue(.printed, .processed)
        day.allArrives()
        #expect(day.ledger.lost == 0 && day.ledger.onPaper == 2)
    }

    @Test func anUnknownSheetThatDidComeOutIsNoLie() {
        var day = HonestDay(unknown: 1)
        day.putOut(day.tickets[0].prints[0].id, at: 1)
        #expect(day.ledger.verdictMood == .quiet)
    }

    @Test func aSheetOfAPrintThatIsNotSettledYetIsNoLie() {
        var day = HonestDay(screen: 1)
        day.tickets[0].prints.append(.init(id: "\(day.tickets[0].ticket).2", outcome: nil))
        day.putOut("\(day.tickets[0].ticket).2", at: 5)
        #expect(day.ledger.contradictions == 0)
    }

    @Test func whileVisitsRunTheVerdictIsNotFinal() {
        var day = HonestDay(printed: 1)
        day.change = { $0.visitsAreRunning = true }
        #expect(day.ledger.verdictMood == .busy)
    }

    @Test func countsOfOtherKiosksCannotBeCompared() {
        var day = HonestDay(printed: 2)
        day.centre = HonestDay.report(TicketCounts(issued: 5, printed: 5), upto: 4)
        day.centre.chains.append(HonestDay.chain(9, kiosk: "mpp-2"))
        let ledger = day.ledger
        #expect(ledger.doubled == 0 && ledger.centreMood == .busy)
        #expect(ledger.centreLine.english == "issued 2, at the centre 5")
        #expect(ledger.centreNotes.count == 1)
    }

    @Test func theCentresReportOfAnotherDaySaysNothing() {
        var day = HonestDay(printed: 2)
        day.centre.day = "2026-11-21"
        #expect(day.ledger.centreLine.english == "issued 2, the centre has not answered yet")
        #expect(day.ledger.lost == 0 && day.ledger.centreMood == .busy)
    }
}
