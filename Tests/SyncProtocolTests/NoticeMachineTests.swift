import KioskCore
import SyncProtocol
import Testing

@Suite struct NoticeMachineTests {
    typealias Machine = NoticeMachine
    private static let timing = SyncTiming(base: .milliseconds(400), cap: .seconds(30))
    private static let half = UInt64(1) << 63
    private static let quiet = Notices(tag: "quiet")
    private static let alarm = Notices(tag: "alarm", emergency: Emergency(since: 7))

    private static func attempt(_ effects: [Machine.Effect]) -> Machine.AttemptID? {
        switch effects.last {
        case .ask(_, let attempt): attempt
        case .take(_, let attempt): attempt
        case .startTimer, nil: nil
        }
    }

    private static func timer(_ effects: [Machine.Effect]) -> Machine.TimerID? {
        if case .startTimer(let timer, _) = effects.last { timer } else { nil }
    }

    @Test func allIsWantedFirstThenOnlyWhatIsNew() throws {
        var machine = Machine(timing: Self.timing)
        let first = try #require(Self.attempt(machine.start()))
        #expect(machine.start() == [.ask(known: nil, first)])
        #expect(machine.handle(.answered(Self.alarm, first, random: Self.half)) == [.take(Self.alarm, first)])
        let pause = machine.handle(.taken(first, random: Self.half))
        let timer = try #require(Self.timer(pause))
        #expect(pause == [.startTimer(timer, .milliseconds(200))])
        let again = machine.handle(.timerFired(timer))
        let second = try #require(Self.attempt(again))
        #expect(again == [.ask(known: "alarm", second)])
        let same = machine.handle(.answered(Self.alarm, second, random: Self.half))
        #expect(same == [.startTimer(try #require(Self.timer(same)), .milliseconds(200))], "an answer that says nothing new is not taken")
    }

    /// What could not be done is asked for again, with longer and longer pauses; what could not be asked, too.
    @Test func whatFailedIsTriedAgainLaterAndLater() throws {
        var machine = Machine(timing: Self.timing)
        var attempt = try #require(Self.attempt(machine.start()))
        var pauses: [Duration] = []
        for round in 0..<8 {
            var effects: [Machine.Effect]
            if round % 2 == 0 {
                _ = machine.handle(.answered(Self.alarm, attempt, random: Self.half))
                effects = machine.handle(.notTaken(attempt, random: Self.half))
            } else {
                effects = machine.handle(.failed(attempt, random: Self.half))
            }
            guard case .startTimer(let timer, let pause) = effects.last else {
                Issue.record("no pause")
                return
            }
            pauses.append(pause)
            effects = machine.handle(.timerFired(timer))
            attempt = try #require(Self.attempt(effects))
            #expect(effects == [.ask(known: nil, attempt)])
        }
        #expect(pauses == [200, 400, 800, 1600, 3200, 6400, 12_800, 15_000].map(Duration.milliseconds))
    }

    /// Every state that it can reach, with every event: it always goes on, it has one thing under way, and what is late changes nothing.
    @Test func fromEveryStateItGoesOnAndNothingLateCounts() throws {
        struct Situation: Hashable {
            var machine: Machine
            var effects: [Machine.Effect]
        }
        let start = Machine(timing: Self.timing)
        var frontier = [Situation(machine: start, effects: start.start())]
        var walked = 0
        var old: [Machine.Event] = []
        for _ in 0..<7 {
            var next: [Situation] = []
            for situation in frontier {
                walked += 1
                #expect(situation.effects.count == 1, "one thing is under way")
                for late in old where !Self.answers(situation.effects, with: Self.half).contains(late) {
                    var machine = situation.machine
                    #expect(machine.handle(late) == [] && machine == situation.machine)
                }
                for event in Self.answers(situation.effects, with: Self.half) {
                    var machine = situation.machine
                    let effects = machine.handle(event)
                    #expect(effects.count == 1)
                    next.append(Situation(machine: machine, effects: effects))
                }
            }
            old += frontier.flatMap { Self.answers($0.effects, with: Self.half) }
            frontier = Array(Set(next))
        }
        #expect(walked > 20)
    }

    private static func answers(_ effects: [Machine.Effect], with random: UInt64) -> [Machine.Event] {
        switch effects.last {
        case .ask(_, let attempt):
            [.answered(quiet, attempt, random: random), .answered(alarm, attempt, random: random), .failed(attempt, random: random)]
        case .take(_, let attempt): [.taken(attempt, random: random), .notTaken(attempt, random: random)]
        case .startTimer(let timer, _): [.timerFired(timer)]
        case nil: []
        }
    }
}
