import Conditions
import SeededRandomness
import Testing

@testable import SmartCard

@Suite struct ReaderMachineTests {
    typealias Effect = ReaderMachine.Effect

    /// A reader of APDUs.
    static func description(slots: Int = 1, busy: Int = 1) -> ReaderDescription {
        ReaderDescription(slots: slots, features: [.choosesVoltage, .negotiatesParameters], level: .extendedAPDU, busySlots: busy)
    }

    static func opened(_ description: ReaderDescription = description(), notices: Bool = true) -> (ReaderMachine, [Effect]) {
        var machine = ReaderMachine()
        #expect(machine.handle(.started) == [.connect(after: .zero)])
        let effects = machine.handle(.opened(classDescriptor: description.octets, hasNotices: notices))
        return (machine, effects)
    }

    /// What was sent: slot and message type.
    static func sent(_ effects: [Effect]) -> [[UInt8]] {
        effects.compactMap { if case .send(let octets) = $0 { [octets[5], octets[0]] } else { nil } }
    }

    static func status(_ machine: ReaderMachine, _ slot: Int, _ card: CardPresence) -> ReaderMachine.Event {
        .message(ReaderAnswer(slot: UInt8(slot), sequence: machine.desks[slot].machine.sequence, card: card).octets)
    }

    @Test func aReaderIsReadyOnceItHasSaidWhatItsSlotsHold() {
        var (machine, effects) = Self.opened(Self.description(slots: 2))
        // One busy slot: the second is asked when the first has answered.
        #expect(Self.sent(effects) == [[0, 0x65]] && machine.condition == .readerAbsent)
        effects = machine.handle(Self.status(machine, 0, .absent))
        #expect(Self.sent(effects) == [[1, 0x65]] && machine.condition == .readerAbsent)
        effects = machine.handle(Self.status(machine, 1, .absent))
        #expect(effects.contains(.report) && machine.condition == nil && machine.slots == [.empty, .empty])
    }

    /// `Devices/readers` says which readers are otherwise than they say.
    @Test func aQuirkyReaderIsServedAsItReallyIs() {
        func open(_ quirks: ReaderQuirks) -> (ReaderDescription, [Effect]) {
            var machine = ReaderMachine(quirks: quirks)
            _ = machine.handle(.started)
            let said = ReaderDescription(fastestRate: 115_200, level: .shortAPDU, messageLength: 263)
            let effects = machine.handle(.opened(classDescriptor: said.octets, hasNotices: true))
            return (machine.description, effects)
        }
        let (plain, asked) = open([])
        #expect(plain.level == .shortAPDU && plain.messageLength == 263 && plain.fastestRate == 115_200)
        #expect(Self.sent(asked) == [[0, 0x65]] && !asked.contains(.start(.poll, ReaderMachine.pollingTime)))
        #expect(open(.chainsLongAPDUs).0.level == .extendedAPDU)
        #expect(open(.understatesMessageLength).0.messageLength == 270)
        #expect(open(.slowRateOnly).0.fastestRate == 9600)
        #expect(Self.sent(open(.powersOffAtOpen).1) == [[0, 0x63]])
        #expect(open(.noInterrupts).1.contains(.start(.poll, ReaderMachine.pollingTime)))
    }

    @Test(
        arguments: [
            (.absent, .readerAbsent, 60), (.notAllowed, .readerNotAllowed, 2), (.busy, .readerBusy, 2), (.unusable, .readerUnusable, 10),
        ] as [(ReaderMachine.Loss, ConditionCode, Int)])
    func whatKeepsItFromOpeningIsSaidAndItIsTriedAgain(_ loss: ReaderMachine.Loss, _ code: ConditionCode, _ seconds: Int) {
        var machine = ReaderMachine()
        _ = machine.handle(.started)
        #expect(machine.handle(.closed(loss, detail: "why")) == [.report, .connect(after: .seconds(seconds))])
        #expect(machine.condition == code && machine.detail == "why")
        _ = machine.handle(.opened(classDescriptor: Self.description().octets, hasNotices: true))
        _ = machine.handle(Self.status(machine, 0, .absent))
        #expect(machine.condition == nil && machine.detail.isEmpty)
    }

    @Test func aReaderThatFailsAgainAndAgainIsLeftAloneLongerEachTime() {
        var machine = ReaderMachine()
        _ = machine.handle(.started)
        var pauses: [Duration] = []
        for _ in 0..<10 {
            _ = machine.handle(.opened(classDescriptor: Self.description().octets, hasNotices: true))
            for effect in machine.handle(.closed(.lost, detail: "")) { if case .connect(let pause) = effect { pauses.append(pause) } }
        }
        #expect(pauses.prefix(3) == [.milliseconds(250), .milliseconds(500), .seconds(1)])
        #expect(pauses.last == .seconds(30))
        _ = machine.handle(.opened(classDescriptor: Self.description().octets, hasNotices: true))
        _ = machine.handle(.due(.trust))
        #expect(machine.handle(.closed(.lost, detail: "")).contains(.connect(after: .milliseconds(250))))
    }

    @Test func oneThatAnswersNothingIsResetAndSaidToHang() {
        var (machine, _) = Self.opened()
        #expect(machine.handle(.due(.answer(slot: 0))).contains(.abort(slot: 0, sequence: 1)))
        let effects = machine.handle(.due(.answer(slot: 0)))
        #expect(effects.last == .resetDevice && machine.condition == .readerHangs)
        #expect(machine.handle(.closed(.closed, detail: "reset")).contains(.connect(after: .milliseconds(250))))
        #expect(machine.condition == .readerHangs)
    }

    @Test func sixtyFourMessagesThatAnswerNothingAreBorneInASecondAndNoMore() {
        var (machine, _) = Self.opened()
        _ = machine.handle(Self.status(machine, 0, .absent))
        #expect(machine.handle(.message([1])) == [.start(.calm, .seconds(1))])
        for _ in 1..<64 { #expect(machine.handle(.message([1])) == []) }
        _ = machine.handle(.due(.calm))
        for _ in 0..<64 { _ = machine.handle(.notice([0x50, 0])) }
        #expect(machine.condition == nil)
        #expect(machine.handle(.notice([0x50, 0])).last == .resetDevice && machine.condition == .readerBabbles)
        // What it says until the reset is not listened to.
        #expect(machine.handle(.message([1])) == [])
    }

    @Test func withoutNoticesItIsAskedTwiceASecondAndElseNever() {
        let (_, told) = Self.opened()
        #expect(!told.contains(.start(.poll, .milliseconds(500))))
        var (machine, asked) = Self.opened(notices: false)
        #expect(asked.contains(.start(.poll, .milliseconds(500))))
        _ = machine.handle(Self.status(machine, 0, .absent))
        let effects = machine.handle(.due(.poll))
        #expect(Self.sent(effects) == [[0, 0x65]] && effects.contains(.start(.poll, .milliseconds(500))))
    }

    @Test func whatIsNoReaderIsGivenUp() {
        var machine = ReaderMachine()
        _ = machine.handle(.started)
        #expect(machine.handle(.opened(classDescriptor: [54, 0x21], hasNotices: true)).last == .disconnect)
        #expect(machine.condition == .readerUnusable)
    }

    @Test func theEndIsToldOnceWhateverWasGoingOn() {
        var idle = ReaderMachine()
        #expect(idle.handle(.shutDown) == [.ended])
        var (machine, _) = Self.opened()
        _ = machine.handle(.request(.escape([1]), id: 7, slot: 0))
        let effects = machine.handle(.shutDown)
        #expect(effects.contains(.finish(id: 7, .failure(.noReader("this program is ending")))) && effects.last == .disconnect)
        #expect(machine.handle(.closed(.closed, detail: "")) == [.ended])
        #expect(machine.handle(.shutDown) == [] && machine.handle(.closed(.closed, detail: "")) == [])
    }

    /// Whatever happens in whatever order: each request is answered once, cards come and go in turn, no more slots are busy than may be.
    @Test func lawsHoldOnRandomWalks() {
        var (generator, _) = SeededGenerator.announced("ReaderMachineTests")
        for _ in 0..<300 {
            let busy = Int.random(in: 1...2, using: &generator)
            var walk = Walk(Self.opened(Self.description(slots: 2, busy: busy)).0, busy)
            for _ in 0..<150 { walk.step(&generator) }
            walk.end()
            #expect(walk.faults.isEmpty, "\(walk.faults)")
        }
    }

    struct Walk {
        var machine: ReaderMachine
        let busy: Int
        var open: Set<Int> = []
        var next = 0
        var cards: Set<Int> = []
        var faults: Set<String> = []

        init(_ machine: ReaderMachine, _ busy: Int) {
            self.machine = machine
            self.busy = busy
        }

        mutating func step(_ generator: inout SeededGenerator) {
            let slot = Int.random(in: 0...1, using: &generator)
            let sequence = machine.desks.indices.contains(slot) ? machine.desks[slot].machine.sequence : 0
            let presence = [CardPresence.active, .inactive, .absent].randomElement(using: &generator) ?? .absent
            let tag: [UInt8] = [0x3B, 0x80, 0x80, 0x01, 0x01]
            let contents: [ReaderAnswer.Content] = [
                .status, .data(tag, chain: 0), .data([4, 3, 2, 1, 0x90, 0], chain: 0), .data([0x61, 4], chain: 0), .parameters(nil),
                .escape([1]),
            ]
            let content = contents.randomElement(using: &generator) ?? .status
            switch Int.random(in: 0..<20, using: &generator) {
            case 0..<8: take(.message(ReaderAnswer(slot: UInt8(slot), sequence: sequence, card: presence, content: content).octets))
            case 8: take(.message([0x80, 1, 2]))
            case 9:
                take(
                    .notice(
                        ReaderNotice.slots([
                            .init(isPresent: presence != .absent, hasChanged: true), .init(isPresent: true, hasChanged: false),
                        ]).octets))
            case 10: take(.due(.answer(slot: slot)))
            case 11: take(.stalled)
            case 12..<16: request(slot, &generator)
            case 16: if let id = open.randomElement(using: &generator) { take(.withdrawn(id: id)) }
            case 17: take(.due(.calm))
            case 18: take(.closed(.lost, detail: ""))
            case _: take(.opened(classDescriptor: ReaderMachineTests.description(slots: 2, busy: busy).octets, hasNotices: true))
            }
        }

        private mutating func request(_ slot: Int, _ generator: inout SeededGenerator) {
            next += 1
            open.insert(next)
            let command = CommandAPDU(0, 0xB0, 0, 0, expected: 4)
            let requests: [ReaderRequest] = [.command(command), .exchange(command.octets), .escape([1]), .reset]
            take(.request(requests.randomElement(using: &generator) ?? .reset, id: next, slot: slot))
        }

        mutating func end() {
            take(.shutDown)
            take(.closed(.closed, detail: ""))
            if !open.isEmpty { faults.insert("somebody waits in vain") }
            if !cards.isEmpty { faults.insert("a card has not gone") }
        }

        private mutating func take(_ event: ReaderMachine.Event) {
            for effect in machine.handle(event) {
                switch effect {
                case .finish(let id, _): if open.remove(id) == nil { faults.insert("an answer that nobody waits for") }
                case .card(_, let slot): if !cards.insert(slot).inserted { faults.insert("a second card without the first one's end") }
                case .removed(let slot): if cards.remove(slot) == nil { faults.insert("a card goes that did not come") }
                case .connect, .disconnect, .resetDevice, .send, .abort, .start, .stop, .report, .ended: break
                }
            }
            if machine.busy > busy { faults.insert("more slots are busy than may be") }
            if machine.busy != machine.desks.count(where: \.isUnderWay) { faults.insert("busy slots are counted wrongly") }
            if machine.desks.contains(where: { $0.isUnderWay && !$0.machine.isUnderWay }) { faults.insert("a slot stays busy") }
        }
    }
}
