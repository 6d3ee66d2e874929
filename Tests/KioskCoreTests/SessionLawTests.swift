import Conditions
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
                case .answered, .timerFired, .printer, .journal, .emergency: break
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
                for touch in [Touch.start, .ok, .yes, .cancel, .language(.english)] {
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
                        case .show, .record, .requestCopy, .print, .recordDelivery, .void, .startTimer: false
                        }
                    })
            }
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
        #expect(Walk.worlds.count == 2364)
    }
}
