import Testing

@testable import SmartCard

/// Laws of the slot machine in every state that can be reached, with a reader that may say anything at any time.
@Suite struct SlotWalkTests {
    struct World: Hashable {
        var machine = SlotMachineTests.machine()
        /// Somebody waits for an answer.
        var isAwaited = false
        /// The reader works on a command.
        var isOwed = false
        var faults: Set<String> = []
        /// How it came to this.
        var path: [SlotMachine.Event] = []
        /// What the last ``SlotMachine/Effect/slot(_:)`` said.
        var told: SlotState = .empty

        mutating func receive(_ event: SlotMachine.Event) {
            path.append(event)
            if case .answered(let answer) = event, answer.sequence == machine.sequence {
                // A status ends everything; data ends what was not aborted.
                if case .moreTime = answer.outcome {} else if !isAborting || answer.content == .status { isOwed = false }
            }
            if case .start = event { isOwed = false }
            if case .withdrawn = event { isAwaited = false }
            let wasAwaited = isAwaited
            if case .request = event, !isAwaited { isAwaited = true }
            for effect in machine.handle(event) { take(effect, wasAwaited, event) }
            if machine.isAwaited != isAwaited { faults.insert("somebody waits in vain, or nobody waits") }
            if machine.isUnderWay != isOwed { faults.insert("the machine and the reader differ in whether a command is under way") }
            if machine.slot != told, !machine.isUnderWay { faults.insert("\(machine.slot) is not what was told: \(told)") }
        }

        private var isAborting: Bool { if case .aborting = machine.state { true } else { false } }

        private mutating func take(_ effect: SlotMachine.Effect, _ wasAwaited: Bool, _ event: SlotMachine.Event) {
            switch effect {
            case .send(.abort, _): if !isOwed { faults.insert("nothing to abort") }
            case .send:
                if isOwed { faults.insert("two commands at once") }
                isOwed = true
            case .finish(.failure(.busy)) where wasAwaited: break
            case .finish:
                if !isAwaited { faults.insert("an answer that nobody asked for") }
                isAwaited = false
            case .slot(let state): told = state
            case .resetReader: isOwed = false
            case .wait, .abort: break
            }
        }

        /// The same at another sequence is the same.
        var situation: World {
            var copy = self
            copy.machine.sequence = 0
            copy.path = []
            return copy
        }
    }

    static func alphabet(_ world: World) -> [SlotMachine.Event] {
        let contents: [ReaderAnswer.Content] = [
            .status, .data(SlotMachineTests.plain, chain: 0), .data([], chain: 0x10), .data([1], chain: 1), .data([0x90, 0], chain: 2),
            .parameters(nil), .escape([1]),
        ]
        let answers = contents.flatMap { content in
            [CardPresence.active, .inactive, .absent].map { SlotMachineTests.answer(world.machine, content, .done, $0) }
        }
        let failures = [ReaderError.mute, .unsupported].flatMap { error in
            [CardPresence.inactive, .active].map { SlotMachineTests.answer(world.machine, .data([], chain: 0), .failed(error), $0) }
        }
        let stale = ReaderAnswer(slot: 0, sequence: world.machine.sequence &- 1, card: .absent)
        return answers + failures + [
            SlotMachineTests.answer(world.machine, .data([], chain: 0), .moreTime(2)), .answered(stale), .start, .noticed(isPresent: true),
            .noticed(isPresent: false), .pollDue, .timedOut(sequence: world.machine.sequence),
            .timedOut(sequence: world.machine.sequence &- 1), .request(.exchange([0, 0xD6, 0, 0, 3, 1, 2, 3])), .request(.escape([1])),
            .request(.reset), .withdrawn,
        ]
    }

    static let worlds: [World] = {
        var seen: Set<World> = []
        var all: [World] = []
        var frontier = [World()]
        while !frontier.isEmpty {
            // In the order of their paths, so that a broken law is shown by the shortest.
            let world = frontier.removeFirst()
            guard seen.insert(world.situation).inserted else { continue }
            all.append(world)
            // A law that is broken once need not be broken further; and a bound, lest a mistake fill the memory.
            guard world.faults.isEmpty, all.count < 20_000 else { continue }
            frontier += alphabet(world).map { event in
                var next = world
                next.receive(event)
                if case .exchanging(let card, var exchange) = next.machine.state, case .collecting = exchange.stage {
                    exchange.stage = .collecting([])
                    next.machine.state = .exchanging(card, exchange)
                }
                return next
            }
        }
        return all
    }()

    @Test func theLawsHold() {
        let broken = Self.worlds.filter { !$0.faults.isEmpty }.min { $0.path.count < $1.path.count }
        #expect(broken == nil, "\(broken.map { "\($0.faults) after \($0.path)" } ?? "")")
    }

    /// Whoever waits is told, also by a reader that says nothing any more.
    @Test func silenceAlwaysEndsWithAnAnswer() {
        for var world in Self.worlds {
            for _ in 0..<3 { world.receive(.timedOut(sequence: world.machine.sequence)) }
            #expect(!world.isAwaited && !world.machine.isUnderWay)
        }
    }

    @Test func aReaderThatWasResetAndIsEmptyIsEmpty() {
        for var world in Self.worlds {
            world.receive(.start)
            world.receive(SlotMachineTests.answer(world.machine, .status, .done, .absent))
            #expect(world.machine.state == .empty && world.told == .empty)
        }
    }

    @Test func lateAnswersAndTimesChangeNothing() {
        for world in Self.worlds {
            var machine = world.machine
            let late = machine.sequence &- 1
            #expect(machine.handle(.answered(ReaderAnswer(slot: 0, sequence: late, card: .absent))) == [])
            #expect(machine.handle(.timedOut(sequence: late)) == [])
            #expect(machine == world.machine)
        }
    }

    /// Fails when somebody adds a state or an event, so that they look at the laws again.
    @Test func theStateSpaceIsAsSmallAsWeThink() { #expect(Self.worlds.count == 133) }
}
