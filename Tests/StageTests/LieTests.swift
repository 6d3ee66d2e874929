import Conditions
import SyncProtocol
import Testing

@testable import KioskRuntime
@testable import Stage

/// Each witness lies once, and the ledger says so.
@Suite struct LieTests {
    /// Fails unless exactly this is found.
    func expect(
        _ day: HonestDay, lost: Int = 0, doubled: Int = 0, contradictory: Int = 0, because words: String,
        at location: SourceLocation = #_sourceLocation
    ) {
        let ledger = day.ledger
        #expect(ledger.lost == lost, sourceLocation: location)
        #expect(ledger.doubled == doubled, sourceLocation: location)
        #expect(ledger.contradictions == contradictory, sourceLocation: location)
        #expect(ledger.verdictMood == .wrong, sourceLocation: location)
        #expect(ledger.reasons.count == 1, sourceLocation: location)
        #expect(ledger.reasons.first?.english.contains(words) == true, "\(ledger.reasons)", sourceLocation: location)
    }

    @Test func aTicketCalledPrintedWithoutASheet() {
        var day = HonestDay(printed: 3)
        day.sheets.remove(at: 1)
        expect(day, lost: 1, because: "KKA-002: the kiosk calls it printed")
        #expect(day.ledger.paperLine.english == "issued 3 ≠ on paper 2 + void 0 + unknown 0")
        #expect(day.ledger.paperMood == .wrong)
    }

    @Test func halfASheetIsNoSheet() {
        var day = HonestDay(printed: 1)
        day.sheets[0].isWholeTicket = false
        expect(day, lost: 1, because: "KKA-001")
    }

    @Test func twoSheetsOfOnePrint() {
        var day = HonestDay(printed: 2)
        day.putOut(day.tickets[0].prints[0].id, at: 8)
        expect(day, doubled: 1, because: "2 whole sheets of one print")
    }

    @Test func oneNumberForTwoTickets() {
        var day = HonestDay(printed: 2)
        day.tickets[1].number = day.tickets[0].number
        expect(day, doubled: 1, because: "number KKA-001 was given to 2 tickets")
    }

    @Test func aFailedPrintThatCameOut() {
        var day = HonestDay(screen: 1)
        day.putOut(day.tickets[0].prints[0].id, at: 1)
        expect(day, contradictory: 1, because: "KKA-001: the kiosk says it was not printed")
    }

    @Test func aVoidTicketOnPaper() {
        var day = HonestDay(void: 1)
        day.tickets[0].prints[0].outcome = .unknown
        day.putOut(day.tickets[0].prints[0].id, at: 1)
        expect(day, contradictory: 1, because: "KKA-001: the kiosk says it was not printed")
    }

    @Test func paperBeforeTheJournal() {
        var day = HonestDay(printed: 2)
        day.putOut("01KAJ5Z8QF7W3M9V2X4T6B8C99.1", at: 5)
        expect(day, contradictory: 1, because: "on the paper, but not in the journal")
    }

    @Test func aTicketThatTheCentreForgot() {
        var day = HonestDay(printed: 3)
        day.centre = HonestDay.report(TicketCounts(issued: 2, printed: 2), upto: 6)
        expect(day, lost: 1, because: "the centre counts 2 tickets, not 3")
        #expect(day.ledger.centreLine.english == "issued 3 ≠ at the centre 2")
        #expect(day.ledger.centreMood == .wrong)
    }

    @Test func aTicketThatTheCentreCountedTwice() {
        var day = HonestDay(printed: 3)
        day.centre = HonestDay.report(TicketCounts(issued: 4, printed: 4), upto: 6)
        expect(day, doubled: 1, because: "the centre counts 4 tickets, not 3")
    }

    @Test func aTicketInAnotherColumnAtTheCentre() {
        var day = HonestDay(printed: 2, unknown: 1)
        day.centre = HonestDay.report(TicketCounts(issued: 3, printed: 3), upto: 6)
        expect(day, contradictory: 1, because: "kiosk and centre differ in: printed, unknown")
    }

    @Test func anotherHistoryAtTheCentre() {
        var day = HonestDay(printed: 1)
        day.centre.chains[0] = HonestDay.chain(2, hash: HonestDay.hash(99))
        expect(day, contradictory: 1, because: "different histories")
        #expect(day.ledger.centreMood == .wrong)
    }

    @Test func aForkThatTheCentreReports() {
        var day = HonestDay(printed: 1)
        let incident = { (code: DayReport.Incident.Code) in
            DayReport.Incident(
                site: "pekanbaru", kiosk: "mpp-1", epoch: HonestDay.epoch.description, lane: "transactions", code: code, sequence: 2,
                detail: "two of them", first: "", last: "", entries: 1, resolved: nil)
        }
        day.centre.incidents = [incident(.fork), incident(.gap)]
        expect(day, contradictory: 1, because: "the centre reports fork at entry 2: two of them")
    }
}
