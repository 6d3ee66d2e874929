import SeededRandomness
import Testing

@testable import DeviceEmulators
@testable import SmartCard

/// ISO/IEC 7816-3, clause 11 and the scenarios of annex A.
@Suite struct T1MachineTests {
    static func machine(_ fieldSize: Int = 32, reader: Int = 254, cardKnows: Bool = true) -> T1Machine {
        T1Machine(BlockParameters(fieldSize: fieldSize), fieldSize: reader, cardKnows: cardKnows)
    }

    static func sent(_ block: T1Block, waiting: UInt8 = 0) -> [T1Machine.Effect] { [.send(block.octets(.lrc), waiting: waiting)] }

    static func came(_ block: T1Block) -> T1Machine.Event { .received(block.octets(.lrc)) }

    static func i(_ number: UInt8, _ octets: [UInt8], more: Bool = false) -> T1Block { .information(number: number, more: more, octets) }
    static func r(_ number: UInt8, _ fault: T1Block.Fault? = nil) -> T1Block { .ready(number: number, fault: fault) }

    // MARK: Transcripts. One line is one event and everything it causes.

    @Test func numbersAlternate() {
        var machine = Self.machine()
        #expect(machine.handle(.transmit([1])) == Self.sent(Self.i(0, [1])))
        #expect(machine.handle(Self.came(Self.i(0, [0x90, 0]))) == [.finish([0x90, 0])])
        #expect(machine.handle(.transmit([2])) == Self.sent(Self.i(1, [2])))
        #expect(machine.handle(Self.came(Self.i(1, [0x90, 0]))) == [.finish([0x90, 0])])
    }

    @Test func theCardIsToldHowMuchTheReaderTakes() {
        var machine = Self.machine(cardKnows: false)
        #expect(machine.handle(.transmit([1])) == Self.sent(.request(.fieldSize(254))))
        #expect(machine.handle(.received([0x00, 0xE1, 0x01, 0xFE, 0x1E])) == Self.sent(Self.i(0, [1])))
        #expect(machine.readerFieldSize == 254)
    }

    @Test func longCommandsAndAnswersGoInChains() {
        var machine = Self.machine(2)
        #expect(machine.handle(.transmit([1, 2, 3])) == Self.sent(Self.i(0, [1, 2], more: true)))
        #expect(machine.handle(Self.came(Self.r(1))) == Self.sent(Self.i(1, [3])))
        #expect(machine.handle(Self.came(Self.i(0, [7], more: true))) == Self.sent(Self.r(1)))
        #expect(machine.handle(Self.came(Self.i(1, [8]))) == [.finish([7, 8])])
    }

    @Test func aCardMayAskForTimeAndForSmallerBlocks() {
        var machine = Self.machine(3)
        #expect(machine.handle(.transmit([1, 2, 3, 4, 5])) == Self.sent(Self.i(0, [1, 2, 3], more: true)))
        #expect(machine.handle(Self.came(.request(.fieldSize(1)))) == Self.sent(.response(.fieldSize(1))))
        #expect(machine.handle(Self.came(Self.r(1))) == Self.sent(Self.i(1, [4], more: true)))
        #expect(machine.handle(Self.came(Self.r(0))) == Self.sent(Self.i(0, [5])))
        #expect(machine.handle(Self.came(.request(.waitingTime(9)))) == Self.sent(.response(.waitingTime(9)), waiting: 9))
        #expect(machine.handle(Self.came(Self.i(0, [7]))) == [.finish([7])])
    }

    /// The answer was damaged: it is asked for again. The command had not arrived: it goes again.
    @Test func damagedBlocksGoAgain() {
        var machine = Self.machine()
        _ = machine.handle(.transmit([1]))
        #expect(machine.handle(.received([0, 0, 1, 7, 0])) == Self.sent(Self.r(0, .check)))
        #expect(machine.handle(Self.came(Self.r(0, .check))) == Self.sent(Self.i(0, [1])))
        #expect(machine.handle(Self.came(Self.i(0, [7]))) == [.finish([7])])
    }

    @Test func whoStaysSilentIsResynchronisedAndThenGivenUp() {
        var machine = Self.machine()
        _ = machine.handle(.transmit([1]))
        #expect(machine.handle(.lost(.other)) == Self.sent(Self.r(0, .other)))
        #expect(machine.handle(.lost(.other)) == Self.sent(Self.r(0, .other)))
        for _ in 0..<3 { #expect(machine.handle(.lost(.other)) == Self.sent(.request(.resynchronise))) }
        #expect(machine.handle(.lost(.other)) == [.fail(.mute)])
        #expect(machine.handle(.transmit([2])) == [.fail(.mute)])
    }

    @Test func afterAResynchronisationTheCommandBeginsAnewOnce() {
        var machine = Self.machine()
        _ = machine.handle(.transmit([1]))
        for _ in 0..<3 { _ = machine.handle(.lost(.other)) }
        #expect(machine.handle(Self.came(.response(.resynchronise))) == Self.sent(Self.i(0, [1])))
        for _ in 0..<3 { _ = machine.handle(.lost(.other)) }
        #expect(machine.handle(Self.came(.response(.resynchronise))) == [.fail(.unreliable)])
    }

    @Test func aCardMayEndTheCommand() {
        var machine = Self.machine(1)
        _ = machine.handle(.transmit([1, 2]))
        #expect(machine.handle(Self.came(.request(.abort))) == Self.sent(.response(.abort)))
        #expect(machine.handle(Self.came(Self.r(1))) == [.fail(.abortedByCard)])
        #expect(machine.handle(.transmit([3])) == Self.sent(Self.i(1, [3])))
    }

    @Test func aCardMayEndItsAnswerAndGiveAnother() {
        var machine = Self.machine()
        _ = machine.handle(.transmit([1]))
        #expect(machine.handle(Self.came(Self.i(0, [7], more: true))) == Self.sent(Self.r(1)))
        #expect(machine.handle(Self.came(.request(.abort))) == Self.sent(.response(.abort)))
        #expect(machine.handle(Self.came(Self.i(1, [0x6F, 0]))) == [.finish([0x6F, 0])])
        #expect(machine.handle(.transmit([2])) == Self.sent(Self.i(1, [2])))
    }

    @Test func aCardThatDoesNotKnowTheSizeIsSpokenToInSmallBlocks() {
        var machine = Self.machine(cardKnows: false)
        for _ in 0..<1 { _ = machine.handle(.transmit([1])) }
        for _ in 0..<2 { #expect(machine.handle(Self.came(Self.r(0, .other))) == Self.sent(.request(.fieldSize(254)))) }
        #expect(machine.handle(Self.came(Self.r(0, .other))) == Self.sent(.request(.resynchronise)))
        #expect(machine.handle(Self.came(.response(.resynchronise))) == Self.sent(Self.i(0, [1])))
        #expect(machine.readerFieldSize == 32)
    }

    // MARK: Randomised: a line that damages and swallows blocks.

    @Test func whateverTheLineDoesTheAnswerIsRightOrThereIsNone() {
        var (generator, seed) = SeededGenerator.announced("whateverTheLineDoes")
        var (answered, failed) = (0, 0)
        for round in 0..<500 {
            let check = BlockCheck.allCases.randomElement(using: &generator)!
            let size = [1, 2, 7, 32, 254].randomElement(using: &generator)!
            let faults = [0.0, 0.02, 0.1, 0.3].randomElement(using: &generator)!
            var card = CardLine(ReversingCard(fieldSize: size, check: check))
            card.waitingTimes = Int.random(in: 0...1, using: &generator)
            _ = card.reset()
            var machine = T1Machine(
                BlockParameters(fieldSize: size, check: check), fieldSize: [32, 254].randomElement(using: &generator)!, cardKnows: false)
            for _ in 0..<3 {
                let command = ReversingCard.command(Int.random(in: 0...300, using: &generator), &generator)
                switch Self.converse(&machine, &card, command, faults, &generator) {
                case .finish(let answer):
                    answered += 1
                    #expect(answer == ReversingCard.answer(to: command), "round \(round) of seed \(seed)")
                    #expect((card.card as? ReversingCard)?.executed.last == command)
                case .fail(let failure):
                    failed += 1
                    #expect(faults > 0, "round \(round) of seed \(seed): \(failure) on a sound line")
                case .send: Issue.record("round \(round) of seed \(seed) does not end")
                }
            }
        }
        #expect(answered > 700 && failed > 5, "answered \(answered), failed \(failed); seed \(seed)")
    }

    /// One command over a line with faults; the last effect, a `send` where it does not end.
    static func converse(
        _ machine: inout T1Machine, _ card: inout CardLine, _ command: [UInt8], _ faults: Double, _ generator: inout SeededGenerator
    ) -> T1Machine.Effect {
        var effect = machine.handle(.transmit(command))[0]
        for _ in 0..<20_000 {
            guard case .send(let block, _) = effect else { return effect }
            let there = damage(block, faults, &generator)
            let back = there.flatMap { damage(card.block($0), faults, &generator) }
            effect = machine.handle(back.map { .received($0) } ?? .lost(.other))[0]
        }
        return effect
    }

    private static func damage(_ block: [UInt8], _ faults: Double, _ generator: inout SeededGenerator) -> [UInt8]? {
        guard Double.random(in: 0..<1, using: &generator) < faults else { return block }
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: return nil
        case 1: return Array(block.dropLast(Int.random(in: 1...block.count, using: &generator)))
        case _:
            var damaged = block
            damaged[Int.random(in: 0..<block.count, using: &generator)] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            return damaged
        }
    }

    // MARK: Laws, in every state that can be reached.

    static let worlds: [T1Machine] = {
        var seen: [T1Machine: T1Machine] = [:]
        var frontier = [machine(1, reader: 33, cardKnows: false), machine(1, reader: 33)]
        let blocks: [T1Block] =
            [0, 1].flatMap { number in [i(number, [7]), i(number, [7], more: true), r(number), r(number, .check)] }
            + [T1Block.Supervision.resynchronise, .fieldSize(1), .fieldSize(33), .abort, .waitingTime(2)]
            .flatMap { [T1Block.request($0), .response($0)] }
        let alphabet: [T1Machine.Event] = [.transmit([1, 2]), .lost(.check), .received([1])] + blocks.map(came)
        while let world = frontier.popLast() {
            guard seen.updateValue(world, forKey: situation(world)) == nil else { continue }
            frontier += alphabet.map { event in
                var next = world
                _ = next.handle(event)
                return situation(next)
            }
        }
        return Array(seen.values)
    }()

    /// How long the answer is already makes no other situation.
    private static func situation(_ world: T1Machine) -> T1Machine {
        guard case .receiving(var receiving) = world.state else { return world }
        receiving.answer = []
        return world.with(.receiving(receiving))
    }

    @Test func everyBlockThatIsSentIsFollowedByExactlyOneEffect() {
        for world in Self.worlds {
            for event in [T1Machine.Event.lost(.other), Self.came(Self.r(0)), .transmit([1])] {
                var machine = world
                let effects = machine.handle(event)
                switch (world.state, event) {
                case (.idle, .transmit), (.dead, .transmit): #expect(effects.count == 1)
                case (.idle, _), (.dead, _): #expect(effects.isEmpty)
                case (_, _): #expect(effects.count == 1)
                }
            }
        }
    }

    @Test func silenceAlwaysComesToAnEnd() {
        for world in Self.worlds {
            var machine = world
            for _ in 0..<20 { _ = machine.handle(.lost(.other)) }
            #expect(machine.state == .idle || machine.state == .dead)
        }
    }

    @Test func aSecondCommandIsRefusedWhileOneIsUnderWay() {
        for world in Self.worlds where world.state != .idle && world.state != .dead {
            var machine = world
            #expect(machine.handle(.transmit([9])) == [.fail(.busy)])
            #expect(machine == world)
        }
    }

    /// Fails when somebody adds a state or an event, so that they look at the laws again.
    @Test func theStateSpaceIsAsSmallAsWeThink() { #expect(Self.worlds.count == 857) }
}

extension T1Machine {
    func with(_ state: State) -> T1Machine {
        var copy = self
        copy.state = state
        return copy
    }
}
