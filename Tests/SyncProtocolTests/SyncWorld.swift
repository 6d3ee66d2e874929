import KioskCore

@testable import SyncProtocol

/// A kiosk's machine, its chain, and a centre that may lose its memory, with everything that can happen between them.
struct SyncWorld: Hashable {
    static let longest: UInt64 = 3
    static let epoch = Epoch(octets: [UInt8](repeating: 7, count: 16))!
    static let timing = SyncTiming(base: .seconds(1), cap: .seconds(60), heartbeat: .seconds(30))

    var machine: SyncMachine
    var head: UInt64
    /// How far the centre's copy goes.
    var centre: UInt64 = 0
    /// The centre's copy is another history from this sequence on.
    var forksAt: UInt64?
    var memoryLosses = 1
    var outstanding: Outstanding
    var last: SyncMachine.Report?

    enum Outstanding: Hashable {
        case attempt(after: UInt64, SyncMachine.AttemptID)
        case timer(SyncMachine.TimerID)
    }

    init(head: UInt64, forksAt: UInt64?, centre: UInt64) {
        machine = SyncMachine(
            epoch: Self.epoch, lane: .transactions, head: Self.position(head), acknowledged: .start, timing: Self.timing)
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
        func answer(_ fault: Acknowledgement.Fault.Code?) -> Acknowledgement {
            Acknowledgement(
                epoch: Self.epoch, lane: .transactions, position: ChainPosition(sequence: centre, hash: centreHash(centre)),
                fault: fault.map { .init(code: $0, sequence: after + 1, detail: "") })
        }
        for sequence in (after + 1)..<(min(after + 2, head) + 1) {
            if sequence > centre + 1 { return answer(.gap) }
            if sequence <= centre {
                if centreHash(sequence) != Self.hash(sequence) { return answer(.fork) }
            } else {
                if centreHash(sequence - 1) != Self.hash(sequence - 1) { return answer(.fork) }
                centre = sequence
            }
        }
        return answer(nil)
    }

    /// Carries effects out; checks what every effect must keep to.
    mutating func take(_ effects: [SyncMachine.Effect]) {
        var next: [Outstanding] = []
        for effect in effects {
            switch effect {
            case .send(let after, let attempt): next.append(.attempt(after: after.sequence, attempt))
            case .startTimer(let timer, _): next.append(.timer(timer))
            case .acknowledge(let position):
                precondition(position == Self.position(position.sequence), "acknowledged an entry that is not this journal's")
                precondition(centre >= position.sequence, "acknowledged what the centre does not have")
                precondition(centreHash(position.sequence) == position.hash, "acknowledged another history")
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
        if memoryLosses > 0, centre > 0, forksAt == nil {
            worlds.append(
                changed {
                    $0.memoryLosses -= 1
                    $0.centre -= 1
                })
        }
        switch outstanding {
        case .timer(let timer): worlds.append(changed { $0.take($0.machine.handle(.timerFired(timer))) })
        case .attempt(let after, let attempt):
            worlds.append(answered(after, attempt))
            for failure in [SyncMachine.Failure.away(""), .busy("", retryAfter: .seconds(3)), .refused("")] {
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
            let own = answer.upto <= world.head && answer.upto > 0 ? Self.hash(answer.upto) : nil
            world.take(world.machine.handle(.answered(answer, own: own, attempt, random: 5)))
        }
    }

    private func changed(_ body: (inout SyncWorld) -> Void) -> SyncWorld {
        var world = self
        body(&world)
        return world
    }

    /// What tells two worlds apart for whoever walks them: not the running numbers of attempts and timers.
    var key: Key {
        let (kind, after): (Int, UInt64) =
            switch machine.state {
            case .quiet: (0, 0)
            case .sending(let after, _): (1, after.sequence)
            case .pausing(let after, _): (2, after.sequence)
            case .disputed(let after, _): (3, after.sequence)
            }
        return Key(
            kind: kind, after: after, acknowledged: machine.acknowledged.sequence, failures: min(machine.failures, 3), head: head,
            centre: centre, forksAt: forksAt, memoryLosses: memoryLosses, last: last)
    }

    struct Key: Hashable {
        var kind: Int
        var after, acknowledged: UInt64
        /// More than three are like three.
        var failures: Int
        var head, centre: UInt64
        var forksAt: UInt64?
        var memoryLosses: Int
        var last: SyncMachine.Report?
    }
}
