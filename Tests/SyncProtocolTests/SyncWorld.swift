import KioskCore

@testable import SyncProtocol

/// A kiosk's machine, its chain, and a centre that may lose its memory, with everything that can happen between them.
struct SyncWorld: Hashable {
    static let longest: UInt64 = 3
    static let epoch = Epoch(octets: [UInt8](repeating: 7, count: 16))!
    static let chain = ChainName(site: SiteID("pekanbaru")!, kiosk: KioskID("k1")!, epoch: epoch, lane: .transactions)
    static let timing = SyncTiming(base: .seconds(1), cap: .seconds(60), heartbeat: .seconds(30))

    var machine: SyncMachine
    var head: UInt64
    /// How far the centre's copy goes.
    var centre: UInt64 = 0
    /// The centre's copy is another history from this sequence on.
    var forksAt: UInt64?
    /// How far the centre's backup goes, and how far the machine believes it.
    var backup: UInt64 = 0
    var safe: UInt64 = 0
    /// How far the centre keeps the kiosk's own history apart.
    var aside: UInt64 = 0
    var memoryLosses = 1
    var outstanding: Outstanding
    var last: SyncMachine.Report?

    enum Outstanding: Hashable {
        case attempt(after: UInt64, SyncMachine.AttemptID)
        case timer(SyncMachine.TimerID)
    }

    init(head: UInt64, forksAt: UInt64?, centre: UInt64) {
        machine = SyncMachine(
            chain: Self.chain, head: Self.position(head), acknowledged: .start, timing: Self.timing)
        self.head = head
        self.forksAt = forksAt
        self.centre = centre
        outstanding = .timer(.init(number: -1))
        take(machine.start())
    }

    /// Entry hashes are made of the sequence; another history has other ones.
    static func hash(_ sequence: UInt64, _ history: UInt8 = 0) -> EntryHash {
        sequence == 0 ? .none : EntryHash(octets: [UInt8](repeating: UInt8(sequence), count: 31) + [history + 1])!
    }

    static func position(_ sequence: UInt64) -> ChainPosition { ChainPosition(sequence: sequence, hash: hash(sequence)) }

    func centreHash(_ sequence: UInt64) -> EntryHash { Self.hash(sequence, forksAt.map { sequence >= $0 } == true ? 1 : 0) }

    /// What a centre does with a batch of at most two entries behind `after`.
    mutating func receive(after: UInt64) -> Acknowledgement {
        let last = min(after + 2, head)
        var fault: Acknowledgement.Fault.Code?
        for sequence in (after + 1)..<(last + 1) {
            if sequence > centre + 1 {
                fault = after > 0 && after == aside ? .fork : .gap
            } else if sequence <= centre {
                if centreHash(sequence) != Self.hash(sequence) { fault = .fork }
            } else if centreHash(sequence - 1) != Self.hash(sequence - 1) {
                fault = .fork
            } else {
                centre = sequence
            }
            if fault != nil { break }
        }
        var answer = Acknowledgement(
            epoch: Self.epoch, lane: .transactions, position: ChainPosition(sequence: centre, hash: centreHash(centre)),
            fault: fault.map { .init(code: $0, sequence: after + 1, detail: "") })
        if fault == .fork { aside = max(aside, last) }
        let hasHead = head <= aside || head <= centre && centreHash(head) == Self.hash(head)
        if last > after && fault != .gap || last == after && head > 0 && hasHead { answer.kept = .init(Self.position(last)) }
        if aside > 0 { answer.newEpoch = true }
        if backup > 0 { answer.safe = .init(ChainPosition(sequence: backup, hash: centreHash(backup))) }
        return answer
    }

    /// Carries effects out; checks what every effect must keep to.
    mutating func take(_ effects: [SyncMachine.Effect]) {
        var next: [Outstanding] = []
        for effect in effects {
            switch effect {
            case .send(let after, let limit, let attempt):
                precondition((1...Batch.maximumEntries).contains(limit))
                next.append(.attempt(after: after.sequence, attempt))
            case .startTimer(let timer, _): next.append(.timer(timer))
            case .acknowledge(let position):
                precondition(position == Self.position(position.sequence), "acknowledged an entry that is not this journal's")
                precondition(centre >= position.sequence, "acknowledged what the centre does not have")
                precondition(centreHash(position.sequence) == position.hash, "acknowledged another history")
            case .markSafe(let position):
                precondition(position == Self.position(position.sequence), "called an entry safe that is not this journal's")
                precondition(backup >= position.sequence && position.sequence > safe, "called safe what no backup has")
                precondition(machine.acknowledged.sequence >= position.sequence, "safe is ahead of acknowledged")
                safe = position.sequence
            case .report(let report): last = report
            }
        }
        precondition(next.count <= 1, "two things are under way at once: \(effects)")
        if let next = next.first { outstanding = next }
    }
}

extension SyncWorld {
    /// Everything that can happen next.
    var successors: [SyncWorld] {
        var worlds: [SyncWorld] = []
        if head < Self.longest {
            worlds.append(
                changed {
                    $0.head += 1
                    $0.take($0.machine.handle(.recorded(Self.position($0.head))))
                })
        }
        if memoryLosses > 0, centre > backup, forksAt == nil {
            worlds.append(
                changed {
                    $0.memoryLosses -= 1
                    $0.centre -= 1
                })
        }
        if centre > backup { worlds.append(changed { $0.backup = $0.centre }) }
        switch outstanding {
        case .timer(let timer): worlds.append(changed { $0.take($0.machine.handle(.timerFired(timer))) })
        case .attempt(let after, let attempt):
            worlds.append(answered(after, attempt))
            for failure in [SyncMachine.Failure.away(""), .busy("", retryAfter: .seconds(3), maximumEntries: 1), .refused("")] {
                worlds.append(changed { $0.take($0.machine.handle(.failed(failure, attempt, random: .max))) })
            }
            // The centre took the batch, and its answer was lost.
            worlds.append(
                changed {
                    _ = $0.receive(after: after)
                    $0.take($0.machine.handle(.failed(.away(""), attempt, random: 0)))
                })
        }
        return worlds
    }

    /// The next thing when nothing fails any more.
    var undisturbed: SyncWorld {
        switch outstanding {
        case .timer(let timer): changed { $0.take($0.machine.handle(.timerFired(timer))) }
        case .attempt(let after, let attempt): answered(after, attempt)
        }
    }

    private func answered(_ after: UInt64, _ attempt: SyncMachine.AttemptID) -> SyncWorld {
        changed { world in
            let answer = world.receive(after: after)
            world.take(world.machine.handle(.answered(answer, own: Self.own(answer, upto: world.head), attempt, random: 5)))
        }
    }

    /// The hashes of a journal's own entries that an answer names.
    static func own(_ answer: Acknowledgement, upto head: UInt64) -> [UInt64: EntryHash] {
        Dictionary(uniqueKeysWithValues: answer.sequences.filter { $0 <= head }.map { ($0, hash($0)) })
    }

    private func changed(_ body: (inout SyncWorld) -> Void) -> SyncWorld {
        var world = self
        body(&world)
        return world
    }

    /// What tells two worlds apart for whoever walks them: not the running numbers of attempts and timers, nor the size of batches,
    /// on which nothing else depends.
    var key: Key {
        let (kind, after): (Int, UInt64) =
            switch machine.state {
            case .quiet: (0, 0)
            case .sending(let after, _): (1, after.sequence)
            case .pausing(let after, _): (2, after.sequence)
            case .disputed(let after, _): (3, after.sequence)
            }
        return Key(
            kind: kind, after: after, acknowledged: machine.acknowledged.sequence, failures: min(machine.failures, 3),
            isCall: machine.isCall,
            head: head, centre: centre, backup: backup, safe: safe, aside: aside, forksAt: forksAt, memoryLosses: memoryLosses, last: last)
    }

    struct Key: Hashable {
        var kind: Int
        var after, acknowledged: UInt64
        /// More than three are like three.
        var failures: Int
        var isCall: Bool
        var head, centre, backup, safe, aside: UInt64
        var forksAt: UInt64?
        var memoryLosses: Int
        var last: SyncMachine.Report?
    }
}
