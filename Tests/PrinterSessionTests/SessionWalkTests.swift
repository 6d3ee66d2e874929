import Conditions
import ESCPOS
import Testing

/// Laws that hold in every state that machine, printer and paper can reach together.
@Suite struct SessionWalkTests {
    static let worlds: [PrinterModel.Proof: [PaperWorld]] = [
        .processID: walk(.processID, jobs: 2, troubles: 1) + walk(.processID, jobs: 1, troubles: 2),
        .queuedStatus: walk(.queuedStatus, jobs: 1, troubles: 2), .realTimeStatus: walk(.realTimeStatus, jobs: 1, troubles: 2),
        .none: walk(.none, jobs: 2, troubles: 2),
    ]

    static func walk(_ proof: PrinterModel.Proof, jobs: Int, troubles: Int) -> [PaperWorld] {
        var seen: [PaperWorld.Situation: PaperWorld] = [:]
        var frontier = [PaperWorld(proof)]
        while let world = frontier.popLast() {
            guard seen.updateValue(world, forKey: world.situation) == nil else { continue }
            // A violation is not followed further: one sentence says it better than its thousand consequences.
            guard world.violations.isEmpty else { continue }
            for step in world.steps(jobs: jobs, troubles: troubles) {
                var next = world
                next.take(step)
                frontier.append(next)
            }
        }
        return Array(seen.values)
    }

    @Test(arguments: PrinterModel.Proof.allCases)
    func paperAndResultsAgreeInEveryState(_ proof: PrinterModel.Proof) {
        #expect(Set(Self.worlds[proof]!.flatMap(\.violations)) == [])
    }

    @Test(arguments: PrinterModel.Proof.allCases)
    func aCancellationEndsAJobWhateverThePrinterDoes(_ proof: PrinterModel.Proof) {
        for start in Self.worlds[proof]! where start.jobs > 0 && start.settled[start.jobs] == nil {
            var world = start
            world.receive(.cancel(world.jobs))
            if let asked = world.asksLedger { world.receive(.begun(asked)) }
            if world.timers.contains(.withdrawal) { world.receive(.timedOut(.withdrawal)) }
            #expect(world.settled[start.jobs] != nil)
        }
    }

    @Test(arguments: PrinterModel.Proof.allCases)
    func aHealthyPrinterIsAlwaysReadyAgainAndKeepsNothing(_ proof: PrinterModel.Proof) {
        var found: Set<String> = []
        for start in Self.worlds[proof]! {
            var world = start
            world.hasPaper = true
            world.runHealthily()
            if !world.machine.status.isReady { found.insert("not ready: \(world.machine.status)") }
            if !world.buffer.isEmpty { found.insert("something is left in the printer") }
            if world.jobs > 0, world.settled[world.jobs] == nil { found.insert("a job was not settled") }
        }
        #expect(found == [])
    }

    /// Fails when a state or an event is added, so that somebody looks at the laws again.
    @Test func theStateSpaceIsAsLargeAsWeThink() {
        #expect(Self.worlds.mapValues(\.count) == [.processID: 18_236, .queuedStatus: 7_883, .realTimeStatus: 1_293, .none: 1_066])
    }
}

extension PaperWorld {
    /// Lets everything happen that happens by itself, until only a poll would change anything.
    mutating func runHealthily() {
        var quietPolls = 0
        while quietPolls < 8 {
            if !answers.isEmpty, hasConnection {
                take(.deliver)
            } else if !buffer.isEmpty {
                take(.execute)
            } else if wantsConnection {
                receive(.connected)
            } else if let job = asksLedger {
                receive(.begun(job))
            } else if let job = awaitsWriting {
                receive(.written(job))
            } else if timers.contains(.poll) {
                receive(.timedOut(.poll))
                quietPolls += 1
            } else {
                quietPolls = 8
            }
        }
    }
}
