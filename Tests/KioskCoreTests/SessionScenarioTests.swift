import Conditions
import Testing

@testable import KioskCore

/// Transcripts: one line is one event and everything it causes.
@Suite struct SessionScenarioTests {
    typealias Effect = SessionMachine.Effect

    static let visit = VisitID(10)
    static let patience = Patience()
    var machine = SessionMachine(site: Samples.site, firstVisit: visit)

    /// Touches what is on the screen now; returns the effects without the timers and screens.
    mutating func touch(_ touches: Touch...) -> [Effect] {
        touches.flatMap { machine.handle(.touched($0, visit: machine.visit, revision: machine.revision)) }.filter(\.isDeed)
    }

    mutating func answer(_ answer: SessionMachine.Answer) -> [Effect] {
        machine.handle(.answered(answer, visit: machine.visit)).filter(\.isDeed)
    }

    mutating func toPrinting() {
        #expect(
            touch(.start, .agency(Samples.polresta), .service(Samples.information.service), .ok)
                == [.record(Samples.information, .none, machine.visit)])
        #expect(answer(.recorded(Samples.ticket)) == [.print(Samples.ticket, Samples.firstCopy, machine.visit)])
    }

    var face: TicketFace { TicketFace(number: Samples.ticket.number, service: Samples.information, copy: 1) }

    @Test mutating func aTicketIsJournaledThenPrintedThenTaken() {
        toPrinting()
        #expect(machine.value.screen == .printing(face))
        #expect(answer(.settled(Samples.firstCopy, .printed)) == [.recordDelivery(Samples.ticket.id, .paper)])
        #expect(machine.value.screen == .ticket(face, paper: .printed, canRetry: false))
        #expect(touch(.done) == [])
        #expect(machine.value.screen == .greeting)
        #expect(machine.visit == VisitID(11))
    }

    @Test mutating func aServiceThatAsksForANIKGetsItSealedAndTheScreenGetsDots() {
        #expect(touch(.start, .agency(Samples.disdukcapil), .service(Samples.familyCard.service)) == [])
        for digit in "1471114101900001".utf8 { #expect(touch(.digit(digit - 0x30)) == []) }
        #expect(machine.value.screen == .identify(Samples.familyCard, entered: 16, problem: nil))
        #expect(touch(.digit(1)) == [], "a seventeenth digit is not taken")
        #expect(touch(.ok) == [])
        #expect(machine.value.screen == .confirm(Samples.familyCard, identified: .typed))
        #expect(touch(.ok) == [.record(Samples.familyCard, Particulars(identity: .typed(Samples.nik)), Self.visit)])
    }

    @Test mutating func aWrongNIKIsNamedAndStays() {
        _ = touch(.start, .agency(Samples.disdukcapil), .service(Samples.familyCard.service), .digit(1), .ok)
        #expect(machine.value.screen == .identify(Samples.familyCard, entered: 1, problem: .length))
        _ = touch(.erase)
        #expect(machine.value.screen == .identify(Samples.familyCard, entered: 0, problem: nil))
    }

    @Test mutating func paperOutKeepsTheNumberAndTheTicketComesWhenPaperIsBack() {
        toPrinting()
        #expect(machine.handle(.printer(.mediaEmpty)).filter(\.isDeed) == [])
        #expect(machine.value.screen == .trouble(face))
        #expect(machine.value.notice == .mediaEmpty)
        #expect(
            machine.handle(.rendered(visit: machine.visit, revision: machine.revision)) == [.recordDelivery(Samples.ticket.id, .screen)])
        #expect(machine.handle(.printer(nil)).filter(\.isDeed) == [])
        #expect(answer(.settled(Samples.firstCopy, .printed)) == [], "the screen has shown it: it counts already")
        #expect(machine.value.screen == .ticket(face, paper: .printed, canRetry: false))
    }

    @Test mutating func whoLeavesWithTheNumberTakesThePrintAlong() {
        toPrinting()
        _ = machine.handle(.printer(.mediaEmpty))
        _ = machine.handle(.rendered(visit: machine.visit, revision: machine.revision))
        #expect(touch(.done) == [.cancelPrint(Samples.firstCopy, Self.visit)])
        #expect(machine.value.screen == .closing(face))
        #expect(answer(.settled(Samples.firstCopy, .failed)) == [])
        #expect(machine.value.screen == .greeting)
    }

    @Test mutating func aTicketThatNobodySawIsVoid() {
        toPrinting()
        _ = machine.handle(.printer(.mediaEmpty))
        #expect(machine.handle(.timerFired(machine.timer)).filter(\.isDeed) == [.cancelPrint(Samples.firstCopy, Self.visit)])
        #expect(answer(.settled(Samples.firstCopy, .failed)) == [.void(Samples.ticket.id)])
    }

    @Test mutating func afterUnknownTheCitizenIsAskedAndGetsACopyWithTheSameTicketID() {
        toPrinting()
        #expect(answer(.settled(Samples.firstCopy, .unknown)) == [])
        #expect(machine.value.screen == .askPaper(face))
        #expect(touch(.no) == [.requestCopy(Samples.ticket.id, Self.visit)])
        let second = PrintCopy(Samples.ticket.id, number: 2)
        #expect(answer(.copyRequested(second)) == [.print(Samples.ticket, second, Self.visit)])
        #expect(answer(.settled(second, .printed)) == [.recordDelivery(Samples.ticket.id, .paper)])
    }

    @Test mutating func whoHasThePaperAfterUnknownSaysSo() {
        toPrinting()
        _ = answer(.settled(Samples.firstCopy, .unknown))
        #expect(touch(.yes) == [.recordDelivery(Samples.ticket.id, .paper)])
        #expect(machine.value.screen == .ticket(face, paper: .printed, canRetry: false))
    }

    @Test mutating func aFailedPrintLeavesTheNumberAndAnotherTry() {
        toPrinting()
        #expect(answer(.settled(Samples.firstCopy, .failed)) == [])
        #expect(machine.value.screen == .ticket(face, paper: .none, canRetry: true))
        #expect(touch(.retry) == [.requestCopy(Samples.ticket.id, Self.visit)])
    }

    @Test mutating func aFullJournalClosesTheKioskBeforeItAcceptsAnything() {
        _ = machine.handle(.journal(.journalFull))
        #expect(machine.value.screen == .closed)
        #expect(touch(.start) == [])
        #expect(machine.value.screen == .closed)
        _ = machine.handle(.journal(nil))
        #expect(machine.value.screen == .greeting)
    }

    @Test mutating func aTicketJournaledAfterItsVisitorLeftIsVoidAndNeverPrinted() {
        _ = touch(.start, .agency(Samples.polresta), .service(Samples.information.service), .ok, .cancel)
        #expect(machine.value.screen == .greeting)
        #expect(
            machine.handle(.answered(.recorded(Samples.lateTicket), visit: Self.visit)) == [.abandon(Samples.lateTicket.id)])
    }

    @Test mutating func englishLastsAsLongAsTheVisit() {
        _ = touch(.start, .language(.english))
        #expect(machine.value.language == .english)
        _ = touch(.cancel)
        #expect(machine.value.language == .indonesian)
    }

    @Test mutating func englishChosenAtTheGreetingIsForgottenWhenNobodyComes() {
        _ = touch(.language(.english))
        #expect(machine.value.language == .english)
        _ = machine.handle(.timerFired(machine.timer))
        #expect(machine.value.language == .indonesian)
    }

    @Test mutating func whoGetsNoPaperReadsWhy() {
        toPrinting()
        _ = answer(.settled(Samples.firstCopy, .failed))
        _ = machine.handle(.printer(.mediaEmpty))
        #expect(machine.value.notice == .mediaEmpty)
        #expect(machine.value.screen == .ticket(face, paper: .none, canRetry: false))
    }

    @Test mutating func anAgencyWithoutServicesLeadsNowhere() {
        _ = touch(.start, .agency(Samples.empty))
        #expect(machine.value.screen == .agencies)
    }
}

extension SessionMachine.Effect {
    /// Not a screen and not a timer.
    var isDeed: Bool {
        switch self {
        case .show, .startTimer: false
        case .record, .lookUp, .requestCopy, .print, .cancelPrint, .recordDelivery, .void, .abandon: true
        }
    }
}
