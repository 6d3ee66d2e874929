import Conditions
import Secrets
import Testing

@testable import KioskCore

/// Laws that hold in every state the machine can reach, because all of them are walked.
@Suite struct SessionLawTests {
    @Test func nothingIsPrintedThatWasNotJournaledAndNothingTwice() {
        #expect(Walk.worlds.compactMap(\.offence) == [])
    }

    @Test func nothingIsOnItsWayToThePrinterWhenTheNextVisitorStands() {
        for world in Walk.worlds where world.machine.holdsNobody {
            #expect(world.live.isEmpty, "\(world.machine.state)")
        }
    }

    @Test func aPrintIsLiveOnlyWhileTheScreenSaysSo() {
        for world in Walk.worlds {
            switch world.machine.state {
            case .printing(let visitor), .closing(let visitor): #expect(world.live == [visitor.copy])
            case .idle, .choosingAgency, .choosingService, .identifying, .confirming, .recording, .asking, .requestingCopy, .leaving:
                #expect(world.live.isEmpty)
            }
        }
    }

    @Test func anIdleKioskReturnsToTheGreetingFromEverywhere() {
        for world in Walk.worlds {
            var machine = world.machine
            for _ in 0..<4 {
                if case .idle = machine.state { break }
                _ = machine.handle(.timerFired(machine.timer))
                if case .closing(let visitor) = machine.state {
                    _ = machine.handle(.answered(.settled(visitor.copy, .failed), visit: machine.visit))
                }
            }
            #expect(machine.state == .idle, "\(world.machine.state)")
            #expect(machine.language == .indonesian)
        }
    }

    @Test func inAnEmergencyNobodyIsServedNothingIsTouchedAndEverybodyReadsOfIt() {
        for world in Walk.worlds where world.machine.emergency != nil {
            #expect(world.machine.value.screen == .emergency(Samples.emergency))
            #expect(world.machine.value.notice == nil)
            switch world.machine.state {
            case .idle, .closing: break
            case .choosingAgency, .choosingService, .identifying, .confirming, .recording, .printing, .asking, .requestingCopy, .leaving:
                Issue.record("somebody is served in \(world.machine.state)")
            }
            for event in world.possibleEvents {
                switch event {
                case .touched, .rendered:
                    var machine = world.machine
                    #expect(machine.handle(event) == [] && machine == world.machine)
                case .answered, .presented, .timerFired, .printer, .journal, .emergency, .invitations: break
                }
            }
        }
    }

    /// From wherever the citizen was, nothing of them is left once their print is settled.
    @Test func theEndOfAnEmergencyLeadsToTheGreetingOrToTheEndOfAPrint() {
        for world in Walk.worlds where world.machine.emergency != nil {
            var machine = world.machine
            _ = machine.handle(.emergency(nil))
            switch machine.state {
            case .idle: #expect(machine.value.screen == (machine.journalTrouble == nil ? .greeting : .closed))
            case .closing(let visitor): #expect(machine.value.screen == .closing(visitor.face))
            case .choosingAgency, .choosingService, .identifying, .confirming, .recording, .printing, .asking, .requestingCopy, .leaving:
                Issue.record("somebody is served in \(machine.state)")
            }
        }
    }

    @Test func aCitizenCanGoBackFromEveryScreenWhateverThePrinterDoes() {
        for world in Walk.worlds where world.machine.emergency == nil {
            switch world.machine.state {
            case .idle, .closing: continue
            case .choosingAgency, .choosingService, .identifying, .confirming, .recording, .printing, .asking, .requestingCopy, .leaving:
                var machine = world.machine
                _ = machine.handle(.touched(.cancel, visit: machine.visit, revision: machine.revision))
                switch machine.state {
                case .idle: break
                case .closing(let visitor):
                    #expect(world.live == [visitor.copy])
                case .choosingAgency, .choosingService, .identifying, .confirming, .recording, .printing, .asking, .requestingCopy,
                    .leaving:
                    Issue.record("cancel leads from \(world.machine.state) to \(machine.state)")
                }
            }
        }
    }

    /// A print that is being taken back ends in bounded time, as the device layer settles it; the request is repeated until then.
    @Test func theEndOfAVisitAsksForItsPrintUntilItIsSettled() {
        for world in Walk.worlds {
            guard case .closing(let visitor) = world.machine.state else { continue }
            var machine = world.machine
            #expect(machine.handle(.timerFired(machine.timer)).contains(.cancelPrint(visitor.copy, machine.visit)))
        }
    }

    @Test func aStaleTouchChangesNothing() {
        for world in Walk.worlds {
            for (visit, revision) in [
                (world.machine.visit.rawValue - 1, world.machine.revision), (world.machine.visit.rawValue, world.machine.revision - 1),
                (world.machine.visit.rawValue, world.machine.revision + 1),
            ] {
                var machine = world.machine
                for touch in [Touch.start, .ok, .yes, .cancel, .useCard, .language(.english)] {
                    #expect(machine.handle(.touched(touch, visit: VisitID(visit), revision: revision)).isEmpty)
                }
                #expect(machine == world.machine)
            }
        }
    }

    @Test func anOldTimerChangesNothing() {
        for world in Walk.worlds {
            var machine = world.machine
            #expect(machine.handle(.timerFired(.init(machine.timer.rawValue - 1))).isEmpty)
            #expect(machine == world.machine)
        }
    }

    @Test func anAnswerForAnEarlierVisitorShowsNothingToThisOne() {
        let answers: [SessionMachine.Answer] =
            [.recorded(Samples.lateTicket), .recordingFailed(.journalFull), .copyRequested(Samples.firstCopy), .copyRefused(.journalFull)]
            + [.card(Samples.pointer, .resident(nik: Samples.nik)), .verified(nik: Samples.nik), .verified(nik: nil)]
            + PrintOutcome.allCases.map { .settled(Samples.firstCopy, $0) }
        for world in Walk.worlds {
            for answer in answers {
                var machine = world.machine
                let effects = machine.handle(.answered(answer, visit: VisitID(machine.visit.rawValue - 1)))
                #expect(machine == world.machine)
                #expect(
                    effects.allSatisfy {
                        switch $0 {
                        case .abandon, .cancelPrint: true
                        case .show, .record, .lookUp, .requestCopy, .print, .recordDelivery, .void, .startTimer: false
                        }
                    })
            }
        }
    }

    // MARK: Cards and codes

    @Test func nothingOfAVisitorIsLeftAtTheGreetingNorOnceTheJournalHasIt() {
        for world in Walk.worlds {
            let machine = world.machine
            switch machine.state {
            case .idle, .recording, .requestingCopy, .printing, .asking, .leaving, .closing:
                #expect(machine.card == nil && machine.booking == nil, "\(machine.state)")
            case .confirming(_, .some): #expect(machine.card == nil)
            case .confirming(_, nil), .choosingAgency, .choosingService, .identifying: break
            }
        }
    }

    /// What a visitor confirmed is recorded for them, whoever holds a card or a code before the kiosk meanwhile.
    @Test func whatIsConfirmedOnlyBackAndCancelChange() {
        for world in Walk.worlds {
            guard case .confirming = world.machine.state else { continue }
            for event in world.possibleEvents {
                switch event {
                case .presented, .answered(.card, _), .answered(.verified, _), .invitations:
                    var machine = world.machine
                    #expect(machine.handle(event) == [] && machine == world.machine)
                case .answered, .touched, .rendered, .timerFired, .printer, .journal, .emergency: break
                }
            }
        }
    }

    /// A screen says how somebody is known, and how many digits were typed, and nothing else of them.
    @Test func noScreenHoldsACardOrANumber() {
        for world in Walk.worlds {
            let words = "\(world.machine.value)"
            for secret in [Samples.nik, Samples.pointer, Samples.booking.reference!] {
                #expect(secret.withBytes { !words.contains(String(decoding: $0, as: UTF8.self)) })
            }
            #expect(!words.contains("•"), "a screen holds a secret: \(words)")
        }
    }

    @Test func whatReadersAreReadyForChangesOnlyTheInvitation() {
        for world in Walk.worlds {
            var machine = world.machine
            let effects = machine.handle(.invitations([.card, .code]))
            var shown = world.machine.value
            (shown.invitations, shown.revision) = ([.card, .code], shown.revision + 1)
            #expect(effects == [.show(shown)])
            #expect(machine.state == world.machine.state && machine.card == world.machine.card)
        }
    }

    /// While the centre is asked the citizen may type, and a visit that waits for it alone there is none.
    @Test func whoeverIsAskedForANIKMayTypeItWhateverTheCardDoes() {
        for world in Walk.worlds where world.machine.emergency == nil {
            guard case .identifying(let service, _, _) = world.machine.state else { continue }
            var machine = world.machine
            func touch(_ touch: Touch) { _ = machine.handle(.touched(touch, visit: machine.visit, revision: machine.revision)) }
            for _ in 0..<NIK.length { touch(.erase) }
            for digit in "1471114101900001".utf8 { touch(.digit(digit - 0x30)) }
            touch(.ok)
            #expect(machine.state == .confirming(service, .typed(Samples.nik)))
        }
    }

    @Test func whoeverWaitsIsTimed() {
        for world in Walk.worlds {
            var machine = world.machine
            guard machine.state != .idle else { continue }
            let effects = machine.handle(.timerFired(machine.timer))
            #expect(!effects.isEmpty, "\(world.machine.state) waits for ever")
        }
    }

    /// Fails when somebody adds a state or an event, so that they look at the laws again.
    @Test func theStateSpaceIsAsSmallAsWeThink() {
        #expect(Walk.worlds.count == 5918)
    }
}
