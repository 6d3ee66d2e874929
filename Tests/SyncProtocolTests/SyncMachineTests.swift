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
            // A backup that was made meanwhile is believed at the next contact.
            #expect(world.last == .well)
            #expect(world.safe == world.backup)
        }
    }

    @Test func anotherHistoryIsNeverAcknowledgedAndIsReportedFromEverySituation() {
        let starts = (1...SyncWorld.longest).flatMap { fork in
            (fork...SyncWorld.longest).map { SyncWorld(head: SyncWorld.longest, forksAt: fork, centre: $0) }
        }
        for world in walk(starts).values {
            var world = world
            for _ in 0..<30 { world = world.undisturbed }
            guard case .forked = world.last else {
                Issue.record("the fork at \(world.forksAt ?? 0) is not reported: \(world)")
                continue
            }
            #expect(world.machine.acknowledged.sequence < world.forksAt ?? 0)
            #expect(world.aside == world.head, "the other history is kept to its end: \(world)")
        }
    }

    @Test func aKioskWhoseJournalIsOlderThanTheCentresCopyIsToldApart() {
        // A journal restored from a backup: the centre knows entries that this one does not have.
        var machine = SyncMachine(
            chain: SyncWorld.chain, head: SyncWorld.position(1), acknowledged: .start, timing: SyncWorld.timing)
        let answer = Acknowledgement(epoch: SyncWorld.epoch, lane: .transactions, position: SyncWorld.position(3))
        let effects = machine.handle(.answered(answer, own: [:], .init(number: 0), random: 0))
        guard case .report(.forked) = effects.first else {
            Issue.record("\(effects)")
            return
        }
        #expect(machine.acknowledged == .start)
    }

    @Test func whatComesLateHasNoEffect() {
        var machine = SyncMachine(
            chain: SyncWorld.chain, head: SyncWorld.position(2), acknowledged: .start, timing: SyncWorld.timing)
        let first = SyncMachine.AttemptID(number: 0)
        let answer = Acknowledgement(epoch: SyncWorld.epoch, lane: .transactions, position: SyncWorld.position(2))
        #expect(machine.handle(.failed(.away("cut"), first, random: .max)).count == 2)
        let before = machine
        #expect(machine.handle(.answered(answer, own: [2: SyncWorld.hash(2)], first, random: 0)) == [])
        #expect(machine.handle(.failed(.away("cut"), first, random: 0)) == [])
        #expect(machine.handle(.timerFired(.init(number: 99))) == [])
        #expect(machine == before)
    }

    @Test func anEntryRecordedWhileTheLastIsUnderWayGoesNext() {
        var machine = SyncMachine(
            chain: SyncWorld.chain, head: SyncWorld.position(1), acknowledged: .start, timing: SyncWorld.timing)
        #expect(machine.handle(.recorded(SyncWorld.position(2))) == [])
        let answer = Acknowledgement(epoch: SyncWorld.epoch, lane: .transactions, position: SyncWorld.position(1))
        let effects = machine.handle(.answered(answer, own: [1: SyncWorld.hash(1)], .init(number: 0), random: 0))
        #expect(
            effects == [
                .acknowledge(SyncWorld.position(1)), .report(.well), .send(after: SyncWorld.position(1), limit: 500, .init(number: 1)),
            ])
    }

    @Test func anAnswerAboutAnotherChainIsRefused() {
        var machine = SyncMachine(
            chain: SyncWorld.chain, head: SyncWorld.position(1), acknowledged: .start, timing: SyncWorld.timing)
        let answer = Acknowledgement(epoch: SyncWorld.epoch, lane: .telemetry, position: SyncWorld.position(1))
        let effects = machine.handle(.answered(answer, own: [1: SyncWorld.hash(1)], .init(number: 0), random: 0))
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
            chain: SyncWorld.chain, head: SyncWorld.position(1), acknowledged: .start, timing: SyncWorld.timing)
        let effects = machine.handle(.failed(.busy("full", retryAfter: .seconds(20)), .init(number: 0), random: 1 << 63))
        #expect(effects == [.report(.busy("full")), .startTimer(.init(number: 1), .milliseconds(20_500))])
    }

    /// Found by 10,000 kiosks at a real centre: the last two waited for a quarter of an hour after all others were through.
    @Test func whoeverIsTurnedAwayAgainAndAgainWaitsNoLongerThanTheCentreSays() {
        var machine = machine()
        for round in 0..<12 {
            let failure = SyncMachine.Failure.busy("full", retryAfter: .seconds(3), maximumEntries: 125)
            let effects = machine.handle(.failed(failure, .init(number: 2 * round), random: .max))
            guard case .startTimer(let timer, let pause) = effects.last else {
                Issue.record("\(effects)")
                return
            }
            #expect(pause < .seconds(4))
            _ = machine.handle(.timerFired(timer))
        }
    }

    // MARK: Safe, pressure, new epochs

    private func machine(_ head: UInt64 = 3) -> SyncMachine {
        SyncMachine(chain: SyncWorld.chain, head: SyncWorld.position(head), acknowledged: .start, timing: SyncWorld.timing)
    }

    private func answer(_ upto: UInt64, _ change: (inout Acknowledgement) -> Void = { _ in }) -> Acknowledgement {
        var answer = Acknowledgement(epoch: SyncWorld.epoch, lane: .transactions, position: SyncWorld.position(upto))
        change(&answer)
        return answer
    }

    /// Takes one answer to the first call.
    private func effects(_ machine: inout SyncMachine, _ answer: Acknowledgement, head: UInt64 = 3) -> [SyncMachine.Effect] {
        machine.handle(.answered(answer, own: SyncWorld.own(answer, upto: head), .init(number: 0), random: 0))
    }

    private func isSafe(_ effects: [SyncMachine.Effect]) -> Bool {
        effects.contains { if case .markSafe = $0 { true } else { false } }
    }

    @Test func whatABackupHasIsBelievedByItsHashOnlyAndNeverAheadOfWhatIsStored() {
        var sound = machine()
        #expect(
            effects(&sound, answer(3) { $0.safe = .init(SyncWorld.position(2)) }).prefix(2) == [
                .acknowledge(SyncWorld.position(3)), .markSafe(SyncWorld.position(2)),
            ])
        var other = machine()
        let foreign = ChainPosition(sequence: 2, hash: SyncWorld.hash(2, 1))
        #expect(!isSafe(effects(&other, answer(3) { $0.safe = .init(foreign) })), "another history's backup")
        var ahead = machine()
        #expect(!isSafe(effects(&ahead, answer(1) { $0.safe = .init(SyncWorld.position(2)) })))
    }

    @Test func anEntryThatWasPrunedIsStillKnownToBeOnesOwn() {
        var machine = SyncMachine(
            chain: SyncWorld.chain, head: SyncWorld.position(3), acknowledged: SyncWorld.position(3), timing: SyncWorld.timing)
        let effects = machine.handle(.answered(answer(3), own: [:], .init(number: 0), random: 0))
        #expect(effects.first == .report(.well))
    }

    @Test func aBatchHasNoMoreEntriesThanTheCentreAskedFor() {
        var asked = machine()
        let effects = effects(&asked, answer(1) { $0.maximumEntries = 7 })
        #expect(effects.last == .send(after: SyncWorld.position(1), limit: 7, .init(number: 1)))
        #expect(asked.handle(.failed(.busy("", retryAfter: nil, maximumEntries: 0), .init(number: 1), random: 0)).count == 2)
        #expect(asked.limit == 1)
    }

    @Test func whatDoesNotGetThroughAThinLineIsSentInSmallerPiecesAndGrowsAgain() {
        var machine = machine()
        var limits: [Int] = []
        for round in 0..<8 {
            #expect(machine.handle(.failed(.away("cut"), .init(number: 2 * round), random: 0)).count == 2)
            limits.append(machine.limit)
            _ = machine.handle(.timerFired(.init(number: 2 * round + 1)))
        }
        #expect(limits == [250, 125, 62, 31, 16, 16, 16, 16])
        _ = machine.handle(.answered(answer(1), own: [1: SyncWorld.hash(1)], .init(number: 16), random: 0))
        #expect(machine.limit == 32)
    }

    private static func waiting(_ head: UInt64) -> (machine: SyncMachine, slot: Duration) {
        var timing = SyncWorld.timing
        timing.spread = .seconds(60)
        let machine = SyncMachine(
            chain: SyncWorld.chain, head: ChainPosition(sequence: head, hash: SyncWorld.hash(9)), acknowledged: .start, timing: timing)
        return (machine, timing.slot(of: SyncWorld.chain))
    }

    @Test func aKioskThatStartsWithALongBacklogSendsNothingBeforeItsSlot() {
        var (machine, slot) = Self.waiting(900)
        #expect(slot > .zero)
        #expect(machine.start() == [.startTimer(.init(number: 0), slot)])
        #expect(machine.handle(.timerFired(.init(number: 0))) == [.send(after: .start, limit: 500, .init(number: 1))])
        let next = machine.handle(.answered(answer(2), own: [2: SyncWorld.hash(2)], .init(number: 1), random: 0))
        #expect(next.last == .send(after: SyncWorld.position(2), limit: 500, .init(number: 2)), "one slot; then as fast as it goes")
        (machine, slot) = Self.waiting(124)
        #expect(machine.start() == [.send(after: .start, limit: 500, .init(number: 0))], "a short one goes at once")
    }

    @Test func aLongBacklogAfterAnOutageGoesOnInTheKiosksSlot() {
        var (machine, slot) = Self.waiting(3)
        _ = machine.handle(.recorded(ChainPosition(sequence: 900, hash: SyncWorld.hash(9))))
        let effects = effects(&machine, answer(1))
        #expect(effects.last == .startTimer(.init(number: 1), slot))
        #expect(machine.handle(.timerFired(.init(number: 1))).count == 1)
        let next = machine.handle(.answered(answer(2), own: [2: SyncWorld.hash(2)], .init(number: 2), random: 0))
        #expect(next.last == .send(after: SyncWorld.position(2), limit: 500, .init(number: 3)), "once; then as fast as it goes")
    }

    @Test func slotsSpreadTheKiosksOfACountryEvenly() {
        let timing = SyncTiming(spread: .seconds(100))
        var buckets = [Int](repeating: 0, count: 100)
        for site in 1...500 {
            for kiosk in 1...20 {
                var chain = SyncWorld.chain
                (chain.site, chain.kiosk) = (SiteID("mpp-\(site)")!, KioskID("k\(kiosk)")!)
                buckets[Int(timing.slot(of: chain).components.seconds)] += 1
            }
        }
        // 10,000 in 100 seconds: 100 each; five standard deviations are 50.
        #expect(buckets.allSatisfy { (50...150).contains($0) }, "\(buckets)")
    }

    /// The centre was put back behind a backup, and what stood there is pruned here: that is no other history.
    @Test func aCentreBehindItsOwnBackupIsToldToRestoreItAndNothingForks() {
        let start = { (safe: UInt64) in
            SyncMachine(
                chain: SyncWorld.chain, head: SyncWorld.position(3), acknowledged: SyncWorld.position(3), safe: SyncWorld.position(safe),
                timing: SyncWorld.timing)
        }
        var pruned = start(3)
        let effects = pruned.handle(.answered(answer(1), own: [:], .init(number: 0), random: 0))
        guard effects.count == 2, case .report(.refused(let why)) = effects[0] else {
            Issue.record("\(effects)")
            return
        }
        #expect(why.contains("ends at entry 1, but a backup of it had 3") && why.contains("restore its newest backup"), "\(why)")
        #expect(effects[1] == .startTimer(.init(number: 1), SyncWorld.timing.cap))
        #expect(pruned.acknowledged == SyncWorld.position(3), "nothing is taken back by an entry that is not known to be one's own")
        // The backup is there again.
        _ = pruned.handle(.timerFired(.init(number: 1)))
        #expect(pruned.handle(.answered(answer(3), own: [:], .init(number: 2), random: 0)).first == .report(.well))
        // What is there and another one is a fork all the same, and so is what no backup had.
        var other = start(3)
        let foreign = Acknowledgement(epoch: SyncWorld.epoch, lane: .transactions, position: .init(sequence: 1, hash: SyncWorld.hash(1, 1)))
        for (machine, own) in [(start(3), [UInt64(1): SyncWorld.hash(1)]), (start(1), [:])] {
            other = machine
            let answer = own.isEmpty ? answer(2) : foreign
            guard case .report(.forked) = other.handle(.answered(answer, own: own, .init(number: 0), random: 0)).first else {
                Issue.record("no fork")
                return
            }
        }
    }

    @Test func whatTheCentreLostAndTheKioskLetGoOfIsNotSentInVain() {
        var machine = machine()
        let fault = Acknowledgement.Fault(code: .lost, sequence: 2, detail: "restore")
        let lost = answer(1) { $0.fault = fault }
        // What was sent began elsewhere: what the centre misses may be here still.
        let first = effects(&machine, lost)
        #expect(first.first == .acknowledge(SyncWorld.position(1)))
        #expect(machine.handle(.timerFired(.init(number: 1))) == [.send(after: SyncWorld.position(1), limit: 500, .init(number: 2))])
        let effects = machine.handle(.answered(lost, own: SyncWorld.own(lost, upto: 3), .init(number: 2), random: 0))
        guard effects.count == 2, case .report(.refused(let why)) = effects[0] else {
            Issue.record("\(effects)")
            return
        }
        #expect(why.hasPrefix("restore"))
        #expect(effects[1] == .startTimer(.init(number: 3), SyncWorld.timing.cap))
    }

    @Test func theFirstHistoryGoesOnWhileANewEpochIsAskedFor() {
        var machine = machine()
        let effects = effects(&machine, answer(3) { $0.newEpoch = true })
        #expect(effects.first == .acknowledge(SyncWorld.position(3)))
        guard effects.count == 3, case .report(.forked(_, newEpoch: true)) = effects[1] else {
            Issue.record("\(effects)")
            return
        }
    }

    @Test func aCentreThatKeepsNothingFurtherIsNotAskedAtOnceAgain() {
        var machine = machine()
        let fault = Acknowledgement.Fault(code: .changed, sequence: 1, detail: "")
        let told = answer(0) {
            ($0.fault, $0.newEpoch, $0.kept) = (fault, true, .init(SyncWorld.position(2)))
        }
        #expect(effects(&machine, told).last == .send(after: SyncWorld.position(2), limit: 500, .init(number: 1)))
        // A centre that kept nothing new of what was sent behind entry 2.
        let again = machine.handle(.answered(told, own: SyncWorld.own(told, upto: 3), .init(number: 1), random: 0))
        #expect(again.last == .startTimer(.init(number: 2), SyncWorld.timing.cap))
    }
}
