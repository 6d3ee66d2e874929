import Testing

@testable import SmartCard

@Suite struct SlotMachineTests {
    typealias Effect = SlotMachine.Effect

    /// T=0 only, 3B 02 14 50.
    static let plain: [UInt8] = [0x3B, 0x02, 0x14, 0x50]
    /// T=0 and T=1, TA1 96, IFSC 254, CRC.
    static let both: [UInt8] = [0x3B, 0xD5, 0x96, 0x02, 0x80, 0x71, 0xFE, 0x65, 0x01, 0x4F, 0x73, 0x45, 0x49, 0x44, 0x5E]

    static func machine(_ level: ExchangeLevel = .extendedAPDU, _ features: ReaderFeatures = [.choosesVoltage, .negotiatesParameters])
        -> SlotMachine
    {
        SlotMachine(ReaderDescription(features: features, level: level, messageLength: 14))
    }

    /// The answer to the command that is under way.
    static func answer(
        _ machine: SlotMachine, _ content: ReaderAnswer.Content, _ outcome: ReaderAnswer.Outcome = .done, _ card: CardPresence = .active
    ) -> SlotMachine.Event {
        .answered(ReaderAnswer(slot: 0, sequence: machine.sequence, card: card, outcome: outcome, content: content))
    }

    /// The commands among the effects, with the patience that the reader gets.
    static func commands(_ effects: [Effect]) -> [ReaderCommand] {
        effects.compactMap { if case .send(let command, _) = $0 { command } else { nil } }
    }

    static func finished(_ effects: [Effect]) -> [Result<[UInt8], SlotFailure>] {
        effects.compactMap { if case .finish(let result) = $0 { result } else { nil } }
    }

    /// A card with this ATR is in the slot and ready.
    static func ready(_ machine: SlotMachine, _ atr: [UInt8] = plain) -> SlotMachine {
        var machine = machine
        _ = machine.handle(.start)
        _ = machine.handle(answer(machine, .status, .done, .inactive))
        _ = machine.handle(answer(machine, .data(atr, chain: 0)))
        while case .activating(let activation) = machine.state {
            switch activation.step {
            case .selection(_, let selection): _ = machine.handle(answer(machine, .data(selection.request, chain: 0)))
            case .parameters(_, let parameters): _ = machine.handle(answer(machine, .parameters(parameters)))
            case .power: Issue.record("power is asked for again")
            }
        }
        return machine
    }

    // MARK: Scenarios

    @Test func aCardThatIsPutInIsActivatedAtOnce() throws {
        var machine = Self.machine()
        #expect(Self.commands(machine.handle(.start)) == [.slotStatus])
        #expect(machine.handle(Self.answer(machine, .status, .done, .absent)) == [])
        let effects = machine.handle(.noticed(isPresent: true))
        #expect(effects.first == .slot(.activating) && Self.commands(effects) == [.powerOn(nil)])
        let atr = try AnswerToReset(decoding: Self.plain)
        #expect(
            Self.commands(machine.handle(Self.answer(machine, .data(Self.plain, chain: 0))))
                == [.setParameters(CardParameters(.t0, rate: .slowest, of: atr))])
        #expect(
            machine.handle(Self.answer(machine, .parameters(nil))) == [.slot(.ready(CardInformation(answer: atr, transmission: .t0)))])
    }

    @Test func voltagesAreTriedFromFiveVoltsDown() {
        var machine = Self.machine(.extendedAPDU, [])
        _ = machine.handle(.start)
        #expect(Self.commands(machine.handle(Self.answer(machine, .status, .done, .inactive))) == [.powerOn(.five)])
        #expect(Self.commands(machine.handle(Self.answer(machine, .data([], chain: 0), .failed(.mute), .inactive))) == [.powerOn(.three)])
        #expect(
            Self.commands(machine.handle(Self.answer(machine, .data([], chain: 0), .failed(.mute), .inactive))) == [.powerOn(.oneEight)])
        #expect(machine.handle(Self.answer(machine, .data([], chain: 0), .failed(.mute), .inactive)) == [.slot(.failed(.mute))])
    }

    /// A reader that does nothing by itself: PPS by T=0 first, the card's rate, the parameters, then the size of blocks.
    @Test func theHostNegotiatesWhereTheReaderDoesNot() throws {
        var machine = SlotMachine(ReaderDescription(features: .choosesVoltage, level: .tpdu))
        _ = machine.handle(.start)
        _ = machine.handle(Self.answer(machine, .status, .done, .inactive))
        var t1: [UInt8] = [0x3B, 0x90, 0x13, 0x81, 0x31, 0xFE, 0x45]
        t1.append(t1.dropFirst().reduce(0, ^))
        #expect(Self.commands(machine.handle(Self.answer(machine, .data(t1, chain: 0)))) == [.transfer([0xFF, 0x11, 0x13, 0xFD])])
        let parameters = try CardParameters(.t1, rate: #require(BitRate(rawValue: 0x13)), of: AnswerToReset(decoding: t1))
        #expect(
            Self.commands(machine.handle(Self.answer(machine, .data([0xFF, 0x11, 0x13, 0xFD], chain: 0)))) == [.setParameters(parameters)])
        _ = machine.handle(Self.answer(machine, .parameters(parameters)))
        #expect(Self.commands(machine.handle(.request(.exchange([0, 0xB0, 0, 0, 0])))) == [.transfer([0, 0xC1, 1, 0xFE, 0x3E])])
        #expect(
            Self.commands(machine.handle(Self.answer(machine, .data([0, 0xE1, 1, 0xFE, 0x1E], chain: 0))))
                == [.transfer([0, 0, 5, 0, 0xB0, 0, 0, 0, 0xB5])])
        #expect(
            Self.finished(machine.handle(Self.answer(machine, .data([0, 0, 2, 0x90, 0, 0x92], chain: 0)))) == [.success([0x90, 0])])
    }

    /// The reader is too slow for the card's rate; and where the card answers PPS wrongly, it is reset and left as it begins.
    @Test func aRateThatDoesNotWorkIsNotUsed() throws {
        let atr = try AnswerToReset(decoding: Self.both)
        let slow = [ReaderCommand.setParameters(CardParameters(.t0, rate: .slowest, of: atr))]
        var machine = SlotMachine(ReaderDescription(fastestRate: 115_200, features: .choosesVoltage, level: .tpdu))
        _ = machine.handle(.start)
        _ = machine.handle(Self.answer(machine, .status, .done, .inactive))
        #expect(Self.commands(machine.handle(Self.answer(machine, .data(Self.both, chain: 0)))) == slow)
        machine = SlotMachine(ReaderDescription(features: .choosesVoltage, level: .tpdu))
        _ = machine.handle(.start)
        _ = machine.handle(Self.answer(machine, .status, .done, .inactive))
        #expect(Self.commands(machine.handle(Self.answer(machine, .data(Self.both, chain: 0)))) == [.transfer([0xFF, 0x10, 0x96, 0x79])])
        #expect(Self.commands(machine.handle(Self.answer(machine, .data([0xFF, 0x10, 0x95, 0x7A], chain: 0)))) == [.powerOn(nil)])
        #expect(Self.commands(machine.handle(Self.answer(machine, .data(Self.both, chain: 0)))) == slow)
    }

    @Test func longCommandsAndAnswersGoInSeveralMessages() {
        var machine = Self.ready(Self.machine())
        let command: [UInt8] = [0, 0xD6, 0, 0, 5, 1, 2, 3, 4, 5]
        #expect(Self.commands(machine.handle(.request(.exchange(command)))) == [.transfer([0, 0xD6, 0, 0], level: 1)])
        #expect(Self.commands(machine.handle(Self.answer(machine, .data([], chain: 0x10)))) == [.transfer([5, 1, 2, 3], level: 3)])
        #expect(Self.commands(machine.handle(Self.answer(machine, .data([], chain: 0x10)))) == [.transfer([4, 5], level: 2)])
        #expect(Self.commands(machine.handle(Self.answer(machine, .data([7, 8], chain: 1)))) == [.transfer([], level: 0x10)])
        #expect(Self.commands(machine.handle(Self.answer(machine, .data([9], chain: 3)))) == [.transfer([], level: 0x10)])
        #expect(Self.finished(machine.handle(Self.answer(machine, .data([0x90, 0], chain: 2)))) == [.success([7, 8, 9, 0x90, 0])])
    }

    @Test(
        arguments: [
            ([0, 0xA4, 0, 0], [0, 0xA4, 0, 0, 0]), ([0, 0xB0, 0, 0, 8], [0, 0xB0, 0, 0, 8]),
            ([0, 0xA4, 4, 0, 1, 9, 0], [0, 0xA4, 4, 0, 1, 9]),
        ] as [([UInt8], [UInt8])])
    func t0HasItsThirdParameterAlwaysAndNeverALengthBehindData(_ command: [UInt8], _ sent: [UInt8]) {
        var machine = Self.ready(Self.machine(.tpdu))
        #expect(Self.commands(machine.handle(.request(.exchange(command)))) == [.transfer(sent)])
    }

    @Test func aCardThatAsksForTimeGetsIt() {
        var machine = Self.ready(Self.machine())
        let effects = machine.handle(.request(.exchange([0, 0xA4, 0, 0])))
        guard case .wait(let once, _)? = effects.last else {
            Issue.record("nothing is waited for")
            return
        }
        #expect(machine.handle(Self.answer(machine, .data([], chain: 0), .moreTime(5))) == [.wait(once * 5, sequence: machine.sequence)])
    }

    @Test func whatIsTakenAwayInTheMiddleIsSaidAtOnceAndTheLateAnswerIsDropped() {
        var machine = Self.ready(Self.machine())
        _ = machine.handle(.request(.exchange([0, 0xA4, 0, 0])))
        #expect(machine.handle(.noticed(isPresent: false)) == [.finish(.failure(.removed)), .slot(.empty)])
        #expect(machine.handle(Self.answer(machine, .data([0x90, 0], chain: 0))) == [])
        #expect(machine.slot == .empty)
        #expect(Self.commands(machine.handle(.noticed(isPresent: true))) == [.powerOn(nil)])
    }

    @Test func aReaderThatHangsIsAbortedAndThenReset() {
        var machine = Self.ready(Self.machine())
        _ = machine.handle(.request(.exchange([0, 0xA4, 0, 0])))
        let hung = machine.sequence
        #expect(
            machine.handle(.timedOut(sequence: hung))
                == [.abort(sequence: hung), .send(.abort, sequence: hung), .wait(.seconds(3), sequence: hung)])
        #expect(
            machine.handle(.timedOut(sequence: hung))
                == [.finish(.failure(.timedOut)), .slot(.failed(.readerHangs)), .resetReader])
        #expect(Self.commands(machine.handle(.start)) == [.slotStatus])
    }

    /// The data that was aborted comes late, then the end of the abortion: only that counts.
    @Test func afterAnAbortTheCardBeginsAnew() {
        var machine = Self.ready(Self.machine())
        _ = machine.handle(.request(.exchange([0, 0xA4, 0, 0])))
        _ = machine.handle(.withdrawn)
        #expect(machine.handle(Self.answer(machine, .data([0x90, 0], chain: 0))) == [])
        #expect(Self.commands(machine.handle(Self.answer(machine, .status))) == [.powerOn(nil)])
    }

    @Test func polledReadersSeeCardsComeAndGo() {
        var machine = Self.machine()
        _ = machine.handle(.start)
        _ = machine.handle(Self.answer(machine, .status, .done, .absent))
        #expect(Self.commands(machine.handle(.pollDue)) == [.slotStatus])
        #expect(machine.handle(.pollDue) == [])
        #expect(Self.commands(machine.handle(Self.answer(machine, .status, .done, .inactive))) == [.powerOn(nil)])
        machine = Self.ready(Self.machine())
        _ = machine.handle(.pollDue)
        #expect(machine.handle(Self.answer(machine, .status)) == [])
        _ = machine.handle(.pollDue)
        #expect(machine.handle(Self.answer(machine, .status, .done, .absent)) == [.slot(.empty)])
    }
}
