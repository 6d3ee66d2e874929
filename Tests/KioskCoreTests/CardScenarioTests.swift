import Conditions
import Secrets
import Testing

@testable import KioskCore

/// Transcripts of visits with a card or a code.
@Suite struct CardScenarioTests {
    typealias Effect = SessionMachine.Effect

    static let visit = VisitID(10)
    var machine = SessionMachine(site: Samples.site, firstVisit: visit)
    let other = Secret([0x04, 0x11, 0x22, 0x33])

    mutating func touch(_ touches: Touch...) -> [Effect] {
        touches.flatMap { machine.handle(.touched($0, visit: machine.visit, revision: machine.revision)) }.filter(\.isDeed)
    }

    mutating func present(_ presentation: Presentation) -> [Effect] { machine.handle(.presented(presentation)).filter(\.isDeed) }

    mutating func answer(_ finding: SessionMachine.CardFinding, of pointer: Secret = Samples.pointer) -> [Effect] {
        machine.handle(.answered(.card(pointer, finding), visit: machine.visit)).filter(\.isDeed)
    }

    func asking(_ pointer: Secret = Samples.pointer) -> Effect { .lookUp(pointer, within: Patience().lookUp, machine.visit) }

    /// To the keypad of a service that asks for a NIK.
    mutating func toKeypad() {
        #expect(touch(.start, .agency(Samples.disdukcapil), .service(Samples.familyCard.service)) == [])
    }

    @Test mutating func aTapAtTheKeypadAsksTheCentreAndLeadsToTheConfirmation() {
        toKeypad()
        #expect(present(.card(Samples.pointer)) == [asking()])
        #expect(machine.value.remark == .cardAsked)
        #expect(answer(.resident(nik: Samples.nik)) == [])
        #expect(machine.value.screen == .confirm(Samples.familyCard, identified: .card))
        #expect(touch(.ok) == [.record(Samples.familyCard, Particulars(identity: .card(Samples.nik)), Self.visit)])
    }

    @Test mutating func aTapAtTheGreetingStartsAVisitAndIsUsedWhereAServiceAsks() {
        #expect(present(.card(Samples.pointer)) == [], "nobody asks the centre before a service does")
        #expect(machine.value.screen == .agencies)
        #expect(machine.value.remark == .cardHeld)
        #expect(touch(.agency(Samples.disdukcapil), .service(Samples.familyCard.service)) == [asking()])
        #expect(answer(.resident(nik: Samples.nik)) == [])
        #expect(machine.value.screen == .confirm(Samples.familyCard, identified: .card))
    }

    @Test mutating func aCardIsForgottenWithItsVisit() {
        _ = present(.card(Samples.pointer))
        _ = touch(.cancel)
        toKeypad()
        #expect(machine.value.remark == nil)
    }

    @Test mutating func withTheCentreAwayTheVisitGoesOnWithTheSealedCardOrATypedNIK() {
        toKeypad()
        _ = present(.card(Samples.pointer))
        #expect(answer(.unanswered) == [])
        #expect(machine.value.remark == .cardUnanswered)
        #expect(touch(.useCard) == [])
        #expect(machine.value.screen == .confirm(Samples.familyCard, identified: .reference))
        #expect(touch(.ok) == [.record(Samples.familyCard, Particulars(identity: .reference(Samples.pointer)), Self.visit)])
    }

    @Test mutating func whoTypesAfterAllGivesTheNIKAndNotTheCard() {
        toKeypad()
        _ = present(.card(Samples.pointer))
        _ = answer(.unanswered)
        for digit in "1471114101900001".utf8 { _ = touch(.digit(digit - 0x30)) }
        _ = touch(.ok)
        #expect(touch(.ok) == [.record(Samples.familyCard, Particulars(identity: .typed(Samples.nik)), Self.visit)])
    }

    @Test(arguments: [SessionMachine.CardFinding.unknown, .resident(nik: Secret("147".utf8))])
    mutating func aCardThatNobodyEnrolledIsSaidToBeOneAndCannotGoOn(_ finding: SessionMachine.CardFinding) {
        toKeypad()
        _ = present(.card(Samples.pointer))
        #expect(answer(finding) == [])
        #expect(machine.value.remark == .cardUnknown)
        #expect(touch(.useCard) == [])
        #expect(machine.value.screen == .identify(Samples.familyCard, entered: 0, problem: nil))
    }

    @Test mutating func aCardWithoutANumberOfItsOwnIsNotAskedAbout() {
        toKeypad()
        #expect(present(.anonymousCard) == [])
        #expect(machine.value.remark == .cardUnusable)
    }

    @Test mutating func whatWasTypedBeforeTheAnswerStands() {
        toKeypad()
        _ = touch(.digit(1))
        _ = present(.card(Samples.pointer))
        #expect(machine.value.screen == .identify(Samples.familyCard, entered: 1, problem: nil))
    }

    @Test mutating func theAnswerForACardThatWasReplacedIsForNobody() {
        toKeypad()
        #expect(present(.card(Samples.pointer)) == [asking()])
        #expect(present(.card(Samples.pointer)) == [], "it is being asked about")
        #expect(present(.card(other)) == [asking(other)])
        #expect(answer(.resident(nik: Samples.nik)) == [])
        #expect(machine.value.remark == .cardAsked)
        #expect(answer(.unknown, of: other) == [])
        #expect(machine.value.remark == .cardUnknown)
    }

    @Test mutating func backFromTheConfirmationLeavesNoCardBehind() {
        toKeypad()
        _ = present(.card(Samples.pointer))
        _ = answer(.resident(nik: Samples.nik))
        #expect(touch(.back) == [])
        #expect(machine.value.screen == .identify(Samples.familyCard, entered: 0, problem: nil))
        #expect(machine.value.remark == nil)
    }

    @Test mutating func aBookingAtTheGreetingLeadsToItsService() {
        #expect(present(.booking(Samples.booking)) == [])
        #expect(machine.value.screen == .identify(Samples.familyCard, entered: 0, problem: nil))
        _ = present(.card(Samples.pointer))
        _ = answer(.resident(nik: Samples.nik))
        let all = Particulars(identity: .card(Samples.nik), booking: Samples.booking.reference)
        #expect(touch(.ok) == [.record(Samples.familyCard, all, Self.visit)])
    }

    @Test mutating func aBookingOfAServiceThatAsksNothingLeadsToItsConfirmation() {
        _ = present(.booking(Booking(service: Samples.information)))
        #expect(machine.value.screen == .confirm(Samples.information, identified: nil))
        #expect(touch(.ok) == [.record(Samples.information, .none, Self.visit)])
    }

    @Test mutating func aBookingIsNotTakenAlongToAnotherService() {
        _ = present(.booking(Samples.booking))
        #expect(
            touch(.back, .back, .agency(Samples.polresta), .service(Samples.information.service), .ok)
                == [.record(Samples.information, .none, Self.visit)])
    }

    @Test(arguments: [Presentation.unknownCode, .booking(Samples.otherMall)])
    mutating func anotherCodeIsPolitelyRefusedAndForgotten(_ code: Presentation) {
        #expect(present(code) == [])
        #expect(machine.value.screen == .greeting)
        #expect(machine.value.remark == .codeRefused)
        _ = machine.handle(.timerFired(machine.timer))
        #expect(machine.value.remark == nil)
    }

    @Test mutating func aVerifiedDocumentLeadsToTheConfirmationAndIsMarkedAsSuch() {
        #expect(machine.verifies == nil, "nobody is asked who they are")
        toKeypad()
        #expect(machine.verifies == Self.visit)
        _ = machine.handle(.answered(.verified(nik: Samples.nik), visit: Self.visit))
        #expect(machine.value.screen == .confirm(Samples.familyCard, identified: .verified))
        #expect(touch(.ok) == [.record(Samples.familyCard, Particulars(identity: .verified(Samples.nik)), Self.visit)])
    }

    @Test mutating func aDocumentThatDoesNotProveItselfIsRefusedAndTypingIsLeft() {
        toKeypad()
        _ = machine.handle(.answered(.verified(nik: nil), visit: Self.visit))
        #expect(machine.value.remark == .cardRefused)
        #expect(touch(.useCard) == [])
    }

    @Test mutating func aKioskThatIsClosedIgnoresCardsAndCodes() {
        _ = machine.handle(.journal(.journalFull))
        for presentation in Samples.presentations { #expect(machine.handle(.presented(presentation)) == []) }
        #expect(machine.value.screen == .closed)
    }
}

@Suite struct BookingTests {
    @Test func aCodeNamesItsServiceAndPerhapsItsReference() {
        #expect(Booking(code: Secret("ANJUNGAN:disdukcapil/kartu-keluarga".utf8)) == Booking(service: Samples.familyCard))
        #expect(Booking(code: Secret("ANJUNGAN:disdukcapil/kartu-keluarga:B-17".utf8)) == Samples.booking)
    }

    @Test(arguments: [
        "", "ANJUNGAN:", "ANJUNGAN:disdukcapil", "ANJUNGAN:a/b:", "anjungan:disdukcapil/kartu-keluarga", "8991234567890",
        "ANJUNGAN:disdukcapil/kartu-keluarga:x y", "ANJUNGAN:disdukcapil/kartu-keluarga:a:b",
        "ANJUNGAN:disdukcapil/kartu-keluarga:" + String(repeating: "9", count: 41), "https://example.id/ANJUNGAN:disdukcapil/ktp",
    ])
    func whatIsNoBookingIsNotTakenForOne(_ text: String) {
        #expect(Booking(code: Secret(text.utf8)) == nil)
    }
}
