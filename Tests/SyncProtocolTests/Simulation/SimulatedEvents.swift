import KioskCore

@testable import SyncProtocol

extension SimulatedWorld {
    /// One exchange of one chain of one kiosk's run.
    struct Exchange {
        var kiosk: Int
        var chain: Int
        var run: Int
        var attempt: SyncMachine.AttemptID
    }

    enum Event: CustomStringConvertible {
        case append(Int)
        case timer(kiosk: Int, chain: Int, run: Int, SyncMachine.TimerID)
        case request(Exchange, Batch, Told)
        case answer(Exchange, Acknowledgement)
        case failure(Exchange, SyncMachine.Failure)
        case commit(SimulatedCentre, run: Int)
        case kioskCrash(Int)
        case kioskStart(Int)
        case clockJump(Int)
        case copyDisk(Int)
        case restoreDisk(Int)
        case clone(Int)
        case centreCrash, centreStart, restoreCentre, copyCentre, putBackCentre
        case backup
        case backupDone(SimulatedCentre, begun: Int, run: Int)
        case prune

        var description: String {
            switch self {
            case .request(let exchange, let batch, _): "request \(exchange) \(batch.entries.count)"
            case .answer(let exchange, let answer): "answer \(exchange) \(answer.upto) \(answer.fault?.code.rawValue ?? "")"
            case .commit: "commit"
            case .backupDone: "backup done"
            case .append(let kiosk): "append \(kiosk)"
            case .timer(let kiosk, let chain, _, let timer): "timer \(kiosk) \(chain) \(timer)"
            case .failure(let exchange, _): "failure \(exchange)"
            case .kioskCrash(let kiosk): "crash \(kiosk)"
            case .kioskStart(let kiosk): "start \(kiosk)"
            case .clockJump(let kiosk): "jump \(kiosk)"
            case .copyDisk(let kiosk): "copy \(kiosk)"
            case .restoreDisk(let kiosk): "restore \(kiosk)"
            case .clone(let kiosk): "clone \(kiosk)"
            case .centreCrash: "centre crash"
            case .centreStart: "centre start"
            case .restoreCentre: "restore centre"
            case .copyCentre: "copy centre"
            case .putBackCentre: "put centre back"
            case .backup: "backup"
            case .prune: "prune"
            }
        }
    }

    mutating func handle(_ event: Event) {
        switch event {
        case .append(let kiosk): append(kiosk)
        case .timer(let kiosk, let chain, let run, let timer):
            guard kiosks[kiosk].isUp, kiosks[kiosk].run == run else { return }
            perform(kiosk, chain, kiosks[kiosk].machines[chain].handle(.timerFired(timer)))
        case .request(let exchange, let batch, let told): receive(exchange, batch, told)
        case .answer(let exchange, let answer): hear(exchange, answer)
        case .failure(let exchange, let failure):
            guard isAlive(exchange) else { return }
            let bits = UInt64.random(in: 0 ... .max, using: &random)
            perform(
                exchange.kiosk, exchange.chain,
                kiosks[exchange.kiosk].machines[exchange.chain].handle(.failed(failure, exchange.attempt, random: bits)))
        case .commit(let state, let run): if isCentreUp, run == centreRun { centre = state }
        case .kioskCrash(let kiosk): stop(kiosk)
        case .kioskStart(let kiosk): start(kiosk)
        case .clockJump(let kiosk): kiosks[kiosk].clock += Int64.random(in: -400_000_000_000...400_000_000_000, using: &random)
        case .copyDisk(let kiosk): kiosks[kiosk].copy = kiosks[kiosk].journal
        case .restoreDisk(let kiosk): restoreDisk(kiosk)
        case .clone(let kiosk): clone(kiosk)
        case .centreCrash:
            (isCentreUp, centreRun) = (false, centreRun + 1)
            queue.add(.centreStart, at: now + Int.random(in: 100...40_000, using: &random))
        case .centreStart: isCentreUp = true
        case .restoreCentre: restoreCentre()
        case .copyCentre: folderCopy = centre
        case .putBackCentre: putBackCentre()
        case .backup:
            // One that has less than the last is refused: the store was put back.
            guard bug == .backupOfAPutBackStore || centre.isAhead(of: backup) else { return }
            queue.add(.backupDone(centre, begun: now, run: centreRun), at: now + Int.random(in: 10...5000, using: &random))
        case .backupDone(let copy, let begun, let run):
            // Of two at a time the one counts as the last that was begun last.
            guard run == centreRun, begun > backupBegun else { return }
            (backup, backupBegun) = (copy, begun)
            centre.takeReceipt(of: bug == .safeByTheLiveStore ? centre : copy)
        case .prune: for index in kiosks.indices { prune(index) }
        }
    }

    func isAlive(_ exchange: Exchange) -> Bool { kiosks[exchange.kiosk].isUp && kiosks[exchange.kiosk].run == exchange.run }

    // MARK: Kiosks

    private mutating func append(_ index: Int) {
        if isChaos { queue.add(.append(index), at: now + Int.random(in: 200...20_000, using: &random)) }
        guard kiosks[index].isUp, isChaos else { return }
        let isPoison = happens(faults.poison)
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            nextNumber += 1
            let last = kiosks[index].journal.chains.count - 1
            kiosks[index].journal.chains[last].append(nextNumber, wall: kiosks[index].clock + Int64(now), isPoison: isPoison)
            owed.insert(nextNumber)
            let head = kiosks[index].journal.chains[last].head
            perform(index, last, kiosks[index].machines[last].handle(.recorded(head)))
        }
    }

    mutating func start(_ index: Int) {
        guard !kiosks[index].isUp else { return }
        kiosks[index].isUp = true
        kiosks[index].run += 1
        (kiosks[index].machines, kiosks[index].reports) = ([], [])
        for chain in kiosks[index].journal.chains.indices { startMachine(index, chain) }
    }

    private mutating func startMachine(_ index: Int, _ chain: Int) {
        let stored = kiosks[index].journal.chains[chain]
        let machine = SyncMachine(
            chain: stored.name, head: stored.head, acknowledged: stored.acknowledged, safe: bug == .safeForgotten ? .start : stored.safe,
            timing: Self.timing)
        kiosks[index].machines.append(machine)
        kiosks[index].reports.append(nil)
        perform(index, chain, machine.start())
    }

    private mutating func stop(_ index: Int) {
        kiosks[index].isUp = false
        queue.add(.kioskStart(index), at: now + Int.random(in: 100...20_000, using: &random))
    }

    private mutating func restoreDisk(_ index: Int) {
        guard let copy = kiosks[index].copy else { return }
        let before = numbers(of: index)
        stop(index)
        kiosks[index].journal = copy
        forgive(before)
    }

    private mutating func clone(_ index: Int) {
        var twin = kiosks[index]
        twin.isUp = false
        kiosks.append(twin)
        start(kiosks.count - 1)
        queue.add(.append(kiosks.count - 1), at: now + 1)
    }

    private mutating func prune(_ index: Int) {
        let kept = backup?.numbers ?? []
        for chain in kiosks[index].journal.chains.indices {
            let stored = kiosks[index].journal.chains[chain]
            let limit = bug == .prunedBeforeSafe ? stored.acknowledged : stored.safe
            let count = max(0, Int(limit.sequence) - stored.pruned)
            for entry in stored.entries.prefix(count) where !kept.contains(entry.number) {
                violate("entry \(entry.number) was pruned and no backup has it")
            }
            kiosks[index].journal.chains[chain].entries.removeFirst(min(count, stored.entries.count))
            kiosks[index].journal.chains[chain].pruned += min(count, stored.entries.count)
        }
    }

    mutating func perform(_ index: Int, _ chain: Int, _ effects: [SyncMachine.Effect]) {
        for effect in effects {
            let stored = kiosks[index].journal.chains[chain]
            switch effect {
            case .send(let position, let limit, let attempt):
                let exchange = Exchange(kiosk: index, chain: chain, run: kiosks[index].run, attempt: attempt)
                let after = bug == .gapIgnored ? max(position.sequence, stored.acknowledged.sequence) : position.sequence
                post(exchange, stored.batch(after: ChainPosition(sequence: after, hash: .none), limit: min(limit, 4)))
            case .acknowledge(let position):
                if !stored.isOwn(position) { violate("kiosk \(index) acknowledged \(position.sequence), which is not its own") }
                if bug == .gapIgnored, position.sequence < stored.acknowledged.sequence { continue }
                kiosks[index].journal.chains[chain].acknowledged = position
            case .markSafe(let position):
                if !stored.isOwn(position) || position.sequence > stored.acknowledged.sequence {
                    violate("kiosk \(index) called \(position.sequence) safe, which is not its own or not acknowledged")
                }
                if position.sequence > stored.safe.sequence { kiosks[index].journal.chains[chain].safe = position }
            case .startTimer(let timer, let duration):
                queue.add(
                    .timer(kiosk: index, chain: chain, run: kiosks[index].run, timer), at: now + max(1, Int(duration / .milliseconds(1))))
            case .report(let report):
                kiosks[index].reports[chain] = report
                if case .forked = report, !faults.clone, !faults.restoredDisk { violate("kiosk \(index) cries fork where there is none") }
                if Self.isTraced { print("  kiosk \(index) chain \(chain): \(report)") }
                if case .forked(_, newEpoch: true) = report, chain == kiosks[index].journal.chains.count - 1 { beginEpoch(index) }
            }
        }
    }

    private mutating func beginEpoch(_ index: Int) {
        let name = self.chain(kiosks[index].id)
        kiosks[index].journal.chains.append(.init(name: name))
        startMachine(index, kiosks[index].journal.chains.count - 1)
    }

    // MARK: Network and centre

    private mutating func post(_ exchange: Exchange, _ batch: Batch) {
        let stored = kiosks[exchange.kiosk].journal.chains[exchange.chain]
        let told = Told(acknowledged: stored.acknowledged.sequence, safe: min(stored.safe.sequence, stored.acknowledged.sequence))
        queue.add(.failure(exchange, .away("no answer")), at: now + Self.patience)
        for _ in 0..<(happens(faults.duplication) ? 2 : 1) where !happens(faults.loss) {
            queue.add(.request(exchange, batch, told), at: now + Int.random(in: 5...(isChaos ? 4000 : 50), using: &random))
        }
    }

    private mutating func receive(_ exchange: Exchange, _ batch: Batch, _ told: Told) {
        guard isCentreUp else {
            queue.add(.failure(exchange, .away("refused")), at: now + 5)
            return
        }
        if happens(3) {
            queue.add(.failure(exchange, .busy("busy", retryAfter: .seconds(1), maximumEntries: 2)), at: now + 5)
            return
        }
        var state = centre
        let answer = state.take(batch, told, bug)
        if Self.isTraced { print("  centre: \(batch.entries.map { Self.number($0) }) -> \(answer.summary)") }
        if bug == .answeredBeforeCommit {
            queue.add(.commit(state, run: centreRun), at: now + 3000)
        } else {
            centre = state
        }
        for _ in 0..<(happens(faults.duplication) ? 2 : 1) where !happens(faults.loss) {
            queue.add(.answer(exchange, answer), at: now + Int.random(in: 5...(isChaos ? 4000 : 50), using: &random))
        }
    }

    private mutating func hear(_ exchange: Exchange, _ answer: Acknowledgement) {
        guard isAlive(exchange) else { return }
        let stored = kiosks[exchange.kiosk].journal.chains[exchange.chain]
        var own: [UInt64: EntryHash] = [:]
        for sequence in answer.sequences { own[sequence] = stored.hash(at: sequence) }
        if bug == .anyHashTrusted {
            for mark in [.init(answer.position), answer.safe, answer.kept] { if let mark { own[mark.upto] = mark.hash } }
        }
        let bits = UInt64.random(in: 0 ... .max, using: &random)
        perform(
            exchange.kiosk, exchange.chain,
            kiosks[exchange.kiosk].machines[exchange.chain].handle(.answered(answer, own: own, exchange.attempt, random: bits)))
    }

    /// Until somebody restores the newest backup, as the centre and its kiosks ask.
    private mutating func putBackCentre() {
        guard let folderCopy else { return }
        let before = centre.numbers
        centreRun += 1
        centre = folderCopy
        forgive(before)
        queue.add(.restoreCentre, at: now + Int.random(in: 5000...100_000, using: &random))
    }

    private mutating func restoreCentre() {
        let before = centre.numbers
        centreRun += 1
        centre = backup ?? SimulatedCentre()
        forgive(before)
    }
}
