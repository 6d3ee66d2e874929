import Conditions
import ESCPOS
import Testing

/// A printer that answers nothing, on a line whose own wires say how it is.
@Suite struct SignalTests {
    typealias Machine = PrinterSessionMachine

    /// Connected; its wires have said that all is well.
    private static func wired() -> Machine {
        var machine = Machine(model: Fixture.model(.none), patience: Fixture.patience, interrupted: false)
        _ = machine.handle(.started)
        _ = machine.handle(.connected)
        _ = machine.handle(.signalled([]))
        return machine
    }

    @Test func theFirstAnswerBeginsThePolls() {
        var machine = Machine(model: Fixture.model(.none), patience: Fixture.patience, interrupted: false)
        _ = machine.handle(.started)
        #expect(machine.handle(.connected).contains(.askSignals))
        #expect(machine.handle(.signalled([])) == [.startTimer(.poll, .milliseconds(500))])
        #expect(machine.handle(.timedOut(.poll)) == [.askSignals, .startTimer(.poll, .seconds(2))])
        #expect(machine.handle(.signalled([])) == [])
    }

    @Test func paperThatIsOutBeforeAJobKeepsItUntilThereIsSome() {
        var machine = Self.wired()
        #expect(machine.handle(.print(Fixture.job(1))) == [.askSignals])
        #expect(machine.handle(.signalled([.paperEnd])) == [.report(Fixture.empty)])
        #expect(machine.handle(.timedOut(.poll)) == [.askSignals, .startTimer(.poll, .milliseconds(500))])
        #expect(machine.handle(.signalled([.paperEnd])) == [])
        #expect(machine.handle(.signalled([])) == [.begin(1), .report(Fixture.ready)])
        #expect(
            machine.handle(.begun(1)) == [.send(Fixture.job(1).bytes), .reportWritten(1), .startTimer(.poll, .milliseconds(500))])
    }

    @Test func aJobThatWaitsForPaperIsGivenBackWhole() {
        var machine = Self.wired()
        _ = machine.handle(.print(Fixture.job(1)))
        _ = machine.handle(.signalled([.paperEnd]))
        #expect(machine.handle(.cancel(1)) == [.settle(1, SessionTranscriptTests.cancelled)])
    }

    @Test func paperThatEndsWhileTheLedgerWritesKeepsEveryByteBack() {
        var machine = Self.wired()
        _ = machine.handle(.print(Fixture.job(1)))
        #expect(machine.handle(.signalled([])) == [.begin(1)])
        #expect(machine.handle(.signalled([.paperEnd])) == [.report(Fixture.empty)])
        #expect(machine.handle(.begun(1)) == [])
        #expect(machine.handle(.signalled([])).first == .send(Fixture.job(1).bytes))
    }

    @Test(
        arguments: [
            (.paperEnd, .mediaEmpty), ([.paperEnd, .offline], .mediaEmpty), (.offline, .printerOffline), (.error, .printerError),
        ] as [(PrinterFlags, ConditionCode)])
    func anIdlePrinterTellsItAndTellsItsEnd(_ flags: PrinterFlags, _ code: ConditionCode) {
        var machine = Self.wired()
        #expect(machine.handle(.signalled(flags)) == [.report(PrinterStatus(isReady: false, conditions: [code]))])
        #expect(machine.handle(.signalled([])) == [.report(Fixture.ready)])
    }

    @Test func aWriteThatStallsIsExplainedAndGoesOn() {
        var machine = Self.wired()
        _ = machine.handle(.print(Fixture.job(1)))
        _ = machine.handle(.signalled([]))
        _ = machine.handle(.begun(1))
        #expect(machine.handle(.timedOut(.poll)) == [.askSignals, .startTimer(.poll, .milliseconds(500))])
        #expect(machine.handle(.signalled([.paperEnd])) == [.report(Fixture.empty)])
        #expect(machine.handle(.signalled([])) == [.report(Fixture.ready)])
        #expect(machine.handle(.written(1)) == [.settle(1, PrintResult(.sent))])
    }

    @Test func whatWasSaidOnAnEarlierConnectionCountsNoMore() {
        var machine = Self.wired()
        _ = machine.handle(.print(Fixture.job(1)))
        _ = machine.handle(.disconnected)
        // This line says nothing: the job does not wait for a word.
        #expect(machine.handle(.connected).contains(.begin(1)))
    }

    @Test(arguments: [PrinterModel.Proof.processID, .queuedStatus, .realTimeStatus])
    func aPrinterThatAnswersForItselfIsBelievedAlone(_ proof: PrinterModel.Proof) {
        for start in [Machine.ready(proof), Machine.printing(proof)] {
            for flags in [[], PrinterFlags.paperEnd] {
                var machine = start
                #expect(machine.handle(.signalled(flags)) == [])
                #expect(machine == start)
            }
        }
        var empty = Machine.ready(proof)
        _ = empty.handle(.timedOut(.poll))
        #expect(empty.answerPoll([.offline, .paperEnd]) == [.report(Fixture.empty)])
        #expect(empty.handle(.signalled([])) == [])
        #expect(empty.status == Fixture.empty)
    }
}
