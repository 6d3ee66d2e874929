import KioskCore
import Testing

@testable import SyncProtocol

@Suite struct SyncMachineTests {
    private func walk(_ starts: [SyncWorld]) -> [SyncWorld.Key: SyncWorld] {
        var seen: [SyncWorld.Key: SyncWorld] = [:]
        var frontier = starts
        while let world = frontier.popLast() {
            guard seen.updateValue(world, forKey: world.key) == nil else { continue }
            frontier += world.successors.filter { seen[$0.key] == nil }
        }
        return seen
    }

    /// The laws of every effect stand in ``SyncWorld/take(_:)``.
    @Test func fromEverySituationAllEntriesReachTheCentreOnceNothingFailsAnyMore() {
        let situations = walk((0...SyncWorld.longest).map { SyncWorld(head: $0, forksAt: nil, centre: 0) })
        print("sync machine: \(situations.count) situations")
        #expect(situations.count > 200)
        for world in situations.values {
            var world = world
            for _ in 0..<20 where !(world.centre == world.head && world.machine.acknowledged == SyncWorld.position(world.head)) {
                world = world.undisturbed
            }
            #expect(world.centre == world.head)
            #expect(world.machine.acknowledged == SyncWorld.position(world.head))
            world = world.undisturbed
            if case .attempt = world.outstanding { world = world.undisturbed }
            #expect(world.last == .well)
        }
    }

    @Test func anotherHistoryIsNeverAcknowledgedAndIsReportedFromEverySituation() {
        let starts = (1...SyncWorld.longest).flatMap { fork in
            (fork...SyncWorld.longest).map { SyncWorld(head: SyncWorld.longest, forksAt: fork, centre: $0) }
        }
        for world in walk(starts).values {
            var world = world
            for _ in 0..<12 { world = world.undisturbed }
            guard case .forked = world.last else {
                Issue.record("the fork at \(world.forksAt ?? 0) is not reported: \(world)")
                continue
            }
            #expect(world.machine.acknowledged.sequence < world.forksAt ?? 0)
        }
    }

    @Test func aKioskWhoseJournalIsOlderThanTheCentresCopyIsToldApart() {
        // A journal restored from a backup: the centre knows entries that this one does not have.
        var machine = SyncMachine(
            epoch: SyncWorld.epoch, lane: .transactions, head: SyncWorld.position(1), acknowledged: .start, timing: SyncWorld.timing)
        let answer = Acknowledgement(epoch: SyncWorld.epoch, lane: .transactions, position: SyncWorld.position(3))
        let effects = machine.handle(.answered(answer, own: nil, .init(number: 0), random: 0))
        guard case .report(.forked) = effects.first else {
            Issue.record("\(effects)")
            return
        }
        #expect(machine.acknowledged == .start)
    }

    @Test func whatComesLateHasNoEffect() {
        var machine = SyncMachine(
            epoch: SyncWorld.epoch, lane: .transactions, head: SyncWorld.position(2), acknowledged: .start, timing: SyncWorld.timing)
        let first = SyncMachine.AttemptID(number: 0)
        let answer = Acknowledgement(epoch: SyncWorld.epoch, lane: .transactions, position: SyncWorld.position(2))
        #expect(machine.handle(.failed(.away("cut"), first, random: .max)).count == 2)
        let before = machine
        #expect(machine.handle(.answered(answer, own: SyncWorld.hash(2), first, random: 0)) == [])
        #expect(machine.handle(.failed(.away("cut"), first, random: 0)) == [])
        #expect(machine.handle(.timerFired(.init(number: 99))) == [])
        #expect(machine == before)
    }

    @Test func anEntryRecordedWhileTheLastIsUnderWayGoesNext() {
        var machine = SyncMachine(
            epoch: SyncWorld.epoch, lane: .transactions, head: SyncWorld.position(1), acknowledged: .start, timing: SyncWorld.timing)
        #expect(machine.handle(.recorded(SyncWorld.position(2))) == [])
        let answer = Acknowledgement(epoch: SyncWorld.epoch, lane: .transactions, position: SyncWorld.position(1))
        let effects = machine.handle(.answered(answer, own: SyncWorld.hash(1), .init(number: 0), random: 0))
        #expect(
            effects == [
                .acknowledge(SyncWorld.position(1)), .report(.well), .send(after: SyncWorld.position(1), .init(number: 1)),
            ])
    }

    @Test func anAnswerAboutAnotherChainIsRefused() {
        var machine = SyncMachine(
            epoch: SyncWorld.epoch, lane: .transactions, head: SyncWorld.position(1), acknowledged: .start, timing: SyncWorld.timing)
        let answer = Acknowledgement(epoch: SyncWorld.epoch, lane: .telemetry, position: SyncWorld.position(1))
        let effects = machine.handle(.answered(answer, own: SyncWorld.hash(1), .init(number: 0), random: 0))
        guard case .report(.refused) = effects.first else {
            Issue.record("\(effects)")
            return
        }
        #expect(machine.acknowledged == .start)
    }

    @Test func pausesAreFullJitterWithinADoublingWindowUpToTheCap() {
        let timing = SyncTiming(base: .seconds(1), cap: .seconds(900))
        #expect(timing.pause(failures: 1, random: 0) == .zero)
        #expect(timing.pause(failures: 1, random: .max) > .milliseconds(999))
        #expect(timing.pause(failures: 1, random: .max) < .seconds(1))
        #expect(timing.pause(failures: 5, random: 1 << 63) == .seconds(8))
        #expect(timing.pause(failures: 5000, random: .max) < .seconds(900))
        #expect(timing.pause(failures: 5000, random: .max) > .seconds(899))
    }

    @Test func aCentreThatNamesATimeIsNotAskedBefore() {
        var machine = SyncMachine(
            epoch: SyncWorld.epoch, lane: .transactions, head: SyncWorld.position(1), acknowledged: .start, timing: SyncWorld.timing)
        let effects = machine.handle(.failed(.busy("full", retryAfter: .seconds(20)), .init(number: 0), random: 1 << 63))
        #expect(effects == [.report(.refused("full")), .startTimer(.init(number: 1), .milliseconds(20_500))])
    }
}
