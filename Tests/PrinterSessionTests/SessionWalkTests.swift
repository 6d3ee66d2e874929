import Conditions
import Testing

@testable import ESCPOS

/// Laws that hold in every state that machine, printer and paper can reach together.
@Suite struct SessionWalkTests {
    /// What profiles differ in, as far as the machine is concerned.
    enum Profile: String, CaseIterable, CustomTestStringConvertible {
        case processIDAndClearing, processID, queuedStatusAndClearing, queuedStatus, realTimeStatusAndClearing, realTimeStatus, writeOnly

        var model: PrinterModel {
            switch self {
            case .processIDAndClearing: Fixture.model(.processID, clearing: .buffer)
            case .processID: Fixture.model(.processID, clearing: .recovery)
            case .queuedStatusAndClearing: Fixture.model(.queuedStatus, clearing: .buffer)
            case .queuedStatus: Fixture.model(.queuedStatus, clearing: PrinterModel.Clearing.none)
            case .realTimeStatusAndClearing: Fixture.model(.realTimeStatus, clearing: .buffer)
            case .realTimeStatus: Fixture.model(.realTimeStatus, clearing: .recovery)
            case .writeOnly: Fixture.model(.none, clearing: PrinterModel.Clearing.none)
            }
        }

        var testDescription: String { rawValue }
    }

    static let worlds = Dictionary(
        uniqueKeysWithValues: Profile.allCases.map { profile in
            (
                profile,
                profile == .processIDAndClearing || profile == .writeOnly
                    ? walk(profile.model, jobs: 2, troubles: 1) + walk(profile.model, jobs: 1, troubles: 2)
                    : walk(profile.model, jobs: 1, troubles: 2)
            )
        })

    static func walk(_ model: PrinterModel, jobs: Int, troubles: Int) -> [PaperWorld] {
        var seen: [PaperWorld.Situation: PaperWorld] = [:]
        var frontier = [PaperWorld(model)]
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

    @Test(arguments: Profile.allCases)
    func paperAndResultsAgreeInEveryState(_ profile: Profile) {
        #expect(Set(Self.worlds[profile]!.flatMap(\.violations)) == [])
    }

    @Test(arguments: Profile.allCases)
    func aCancellationEndsAJobWhateverThePrinterDoes(_ profile: Profile) {
        for start in Self.worlds[profile]! where start.jobs > 0 && start.settled[start.jobs] == nil {
            var world = start
            world.receive(.cancel(world.jobs))
            if let asked = world.asksLedger { world.receive(.begun(asked)) }
            if world.timers.contains(.withdrawal) { world.receive(.timedOut(.withdrawal)) }
            #expect(world.settled[start.jobs] != nil)
        }
    }

    @Test(arguments: Profile.allCases)
    func aHealthyPrinterIsAlwaysReadyAgainAndKeepsNothing(_ profile: Profile) {
        var found: Set<String> = []
        // Most worlds soon come to what another has come to before, and end as that one did.
        var known: Set<PaperWorld.Situation> = []
        for start in Self.worlds[profile]! {
            var world = start
            (world.hasPaper, world.troubles) = (true, 0)
            guard world.runHealthily(unless: { !known.insert($0.situation).inserted }) else { continue }
            if !world.machine.status.isReady { found.insert("not ready: \(world.machine.status)") }
            if !world.buffer.isEmpty { found.insert("something is left in the printer") }
            if world.jobs > 0, world.settled[world.jobs] == nil { found.insert("a job was not settled") }
        }
        #expect(found == [])
    }

    /// Fails when a state or an event is added, so that somebody looks at the laws again.
    @Test func theStateSpaceIsAsLargeAsWeThink() {
        #expect(
            Self.worlds.mapValues(\.count) == [
                .processIDAndClearing: 47_396, .processID: 10_832, .queuedStatusAndClearing: 23_294, .queuedStatus: 16_453,
                .realTimeStatusAndClearing: 3_482, .realTimeStatus: 1_888, .writeOnly: 2_507,
            ])
    }
}

extension PaperWorld {
    /// Lets everything happen that happens by itself, until only a poll would change anything.
    ///
    /// Returns false without the rest of it where nothing but a poll is left to come and this `isKnown`.
    mutating func runHealthily(unless isKnown: (Self) -> Bool) -> Bool {
        var quietPolls = 0
        var patienceEnded = false
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
            } else if asksSignals, machine.talk.hasStatus {
                receive(.signalled(signals))
            } else if timers.contains(.poll) {
                if quietPolls == 0, !patienceEnded, isKnown(self) { return false }
                receive(.timedOut(.poll))
                quietPolls += 1
            } else {
                quietPolls = 8
            }
            // Where nothing else comes, patience ends.
            if quietPolls == 8, !patienceEnded, let timer = timers.subtracting([.poll]).first {
                patienceEnded = true
                receive(.timedOut(timer))
                quietPolls = 0
            }
        }
        return true
    }
}
