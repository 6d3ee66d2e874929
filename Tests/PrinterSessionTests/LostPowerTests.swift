import Conditions
import Testing

@testable import ESCPOS

/// What a printer says that lost power for a moment behind a line that stays up.
@Suite struct LostPowerTests {
    typealias Machine = PrinterSessionMachine
    static let proof = Machine.Event.answered(.processID(Array("id01".utf8)))

    /// The outcome that `effects` settle job 1 with.
    private static func outcome(_ effects: [Machine.Effect]) -> PrintOutcome? {
        effects.compactMap { if case .settle(1, let result) = $0 { result.outcome } else { nil } }.first
    }

    @Test func anEndThatIsProvenWhileAnEarlierPieceIsNotIsUnknown() {
        var machine = Machine.printing()
        for _ in 0..<2 { _ = machine.handle(.answered(.queuedStatus(0))) }
        #expect(Self.outcome(machine.handle(Self.proof)) == .unknown)
    }

    @Test func anEndThatIsProvenAfterEveryPieceIsPrinted() {
        var machine = Machine.printing()
        for _ in 0..<3 { _ = machine.handle(.answered(.queuedStatus(0))) }
        #expect(Self.outcome(machine.handle(Self.proof)) == .printed)
    }

    @Test func aProofWaitsForThePollThatWasUnderWay() {
        var machine = Machine.printing()
        for _ in 0..<3 { _ = machine.handle(.answered(.queuedStatus(0))) }
        #expect(machine.handle(.timedOut(.poll)).contains(.send(Fixture.poll)))
        #expect(Self.outcome(machine.handle(Self.proof)) == nil)
        #expect(Self.outcome(machine.answerPoll()) == .printed)
    }

    @Test func aProofWhosePollIsNeverAnsweredIsUnknown() {
        var machine = Machine.printing()
        for _ in 0..<3 { _ = machine.handle(.answered(.queuedStatus(0))) }
        _ = machine.handle(.timedOut(.poll))
        #expect(machine.handle(Self.proof) == [.startTimer(.progress, Fixture.patience.pollBehindProof)])
        #expect(Self.outcome(machine.handle(.timedOut(.progress))) == .unknown)
    }
}
