import KioskCore
import Secrets
import Testing

@testable import KioskRuntime

/// One line is one screen and the step it causes.
@Suite struct VisitScriptTests {
    static let service = ServiceKey("disdukcapil/kartu-keluarga")!
    var script = VisitScript(service: service, nik: Secret("1471114101900001".utf8), reply: .leave)
    var revision = 0

    mutating func shown(_ kind: ScreenMessage.Body.Kind, visit: Int = 7, _ change: (inout ScreenMessage.Body) -> Void = { _ in })
        -> VisitScript.Step
    {
        revision += 1
        var body = ScreenMessage.Body(kind)
        body.items = [.init(id: "disdukcapil", name: ""), .init(id: "kartu-keluarga", name: "")]
        change(&body)
        return script.shown(ScreenMessage(visit: visit, revision: revision, language: .indonesian, screen: body))
    }

    mutating func toConfirmation() {
        #expect(shown(.greeting) == .say(.touch(.start)))
        #expect(shown(.agencies) == .say(.touch(.agency(Self.service.agency))))
        #expect(shown(.services) == .say(.touch(.service(Self.service.service))))
        for (entered, digit) in "1471114101900001".utf8.enumerated() {
            #expect(shown(.identify) { $0.entered = entered } == .say(.touch(.digit(digit - 0x30))))
        }
        #expect(shown(.identify) { $0.entered = 16 } == .say(.touch(.ok)))
        #expect(shown(.confirm) == .say(.touch(.ok)))
        #expect(shown(.recording) == .wait)
    }

    @Test mutating func aWholeVisitEndsWithTheNumberAndThePaper() {
        toConfirmation()
        #expect(shown(.printing) { $0.number = "KKA-001" } == .wait)
        let step = shown(.ticket) { ($0.number, $0.paper) = ("KKA-001", .printed) }
        #expect(step == .finished(.init(number: "KKA-001", outcome: .printed)))
    }

    @Test mutating func whatTheKioskDoesNotOfferIsRefused() {
        #expect(shown(.greeting) == .say(.touch(.start)))
        #expect(shown(.agencies) { $0.items = [] } == .finished(.init(number: nil, outcome: .refused)))
    }

    @Test mutating func aWrongNIKEndsTheVisit() {
        _ = shown(.greeting)
        #expect(shown(.identify) { ($0.entered, $0.problem) = (16, .date) } == .finished(.init(number: nil, outcome: .refused)))
    }

    @Test mutating func somebodyElsesVisitIsWaitedFor() {
        #expect(shown(.ticket, visit: 6) == .wait)
        #expect(shown(.closing, visit: 6) == .wait)
        #expect(shown(.greeting, visit: 7) == .say(.touch(.start)))
    }

    @Test mutating func aTouchThatCameTooLateIsRepeated() {
        #expect(shown(.greeting) == .say(.touch(.start)))
        #expect(shown(.greeting) == .say(.touch(.start)), "a notice changed the greeting before the touch arrived")
        #expect(shown(.agencies) == .say(.touch(.agency(Self.service.agency))))
        #expect(shown(.agencies) == .say(.touch(.agency(Self.service.agency))))
    }

    @Test mutating func aNumberThatWasShownCountsWhenTheVisitEndsWithoutPaper() {
        toConfirmation()
        _ = shown(.trouble) { $0.number = "KKA-001" }
        #expect(shown(.greeting, visit: 8) == .finished(.init(number: "KKA-001", outcome: .screen)))
    }

    @Test mutating func theSameScreenTwiceIsAnsweredOnce() {
        let message = ScreenMessage(visit: 7, revision: 1, language: .indonesian, screen: .init(.greeting))
        #expect(script.shown(message) == .say(.touch(.start)))
        #expect(script.shown(message) == .wait)
    }

    @Test mutating func nobodyHereCanSayWhetherPaperCame() {
        toConfirmation()
        #expect(shown(.askPaper) { $0.number = "KKA-001" } == .finished(.init(number: "KKA-001", outcome: .unknown)))
    }
}
