import Conditions
import ESCPOS
import Testing

/// One line is one event and everything it causes.
@Suite struct SessionTranscriptTests {
    typealias Machine = PrinterSessionMachine
    static let cancelled = PrintResult(.failed, reason: .printCancelled, detail: "cancelled before its first byte was sent")

    @Test func aConnectionIsClearedBeforeItCountsAsReady() {
        var machine = Machine(model: Fixture.model(.processID), patience: Fixture.patience, interrupted: false)
        #expect(machine.handle(.started) == [.connect(after: .zero), .report(Fixture.away)])
        #expect(
            machine.handle(.connected) == [
                .send(Fixture.clear + Fixture.recover + Fixture.poll), .startTimer(.poll, .milliseconds(500)),
            ])
        #expect(
            machine.answerPoll() == [
                .send(
                    Fixture.nuls + Fixture.clear + Fixture.recover + Fixture.initialize + Fixture.automatic + Fixture.question),
                .report(PrinterStatus(isReady: false, conditions: [])),
            ])
        #expect(machine.handle(.answered(.queuedStatus(0))) == [.report(Fixture.ready)])
    }

    @Test func halfASheetOfAnEarlierRunIsCutOffFirst() {
        var machine = Machine(model: Fixture.model(.queuedStatus), patience: Fixture.patience, interrupted: true)
        _ = machine.handle(.started)
        _ = machine.handle(.connected)
        let effects = machine.answerPoll()
        #expect(effects.first == .send(Fixture.nuls + Fixture.recover + Fixture.initialize + Fixture.cutOff + Fixture.question))
    }

    @Test func piecesFollowTheCreditsAndTheProcessIDProvesTheEnd() {
        var machine = Machine.ready()
        #expect(machine.handle(.print(Fixture.job(1))) == [.begin(1)])
        #expect(
            machine.handle(.begun(1)) == [
                .send(Fixture.letters(1, 16) + Fixture.question + Fixture.letters(1, 16) + Fixture.question),
                .startTimer(.poll, .milliseconds(500)),
            ])
        #expect(
            machine.handle(.answered(.queuedStatus(0))) == [
                .send(Fixture.letters(1, 8) + [0x1D, 0x56, 1] + Fixture.proof(1) + Fixture.automatic)
            ])
        #expect(machine.handle(.answered(.queuedStatus(0))) == [])
        #expect(machine.handle(.answered(.processID(Array("old!".utf8)))) == [])
        #expect(machine.handle(.answered(.processID(Array("id01".utf8)))) == [.settle(1, PrintResult(.printed))])
        #expect(machine.isFree)
    }

    @Test func withoutProcessIDTheLastCreditProvesThatItWasProcessed() {
        var machine = Machine.printing(.queuedStatus)
        #expect(machine.handle(.answered(.queuedStatus(0))) == [.send(Fixture.letters(1, 8) + [0x1D, 0x56, 1] + Fixture.question)])
        #expect(machine.handle(.answered(.queuedStatus(0))) == [])
        #expect(machine.handle(.answered(.queuedStatus(0))) == [.settle(1, PrintResult(.processed))])
    }

    @Test func aPrinterWithOnlyARealTimeStatusIsAskedAfterTheLastByte() {
        var machine = Machine.ready(.realTimeStatus)
        _ = machine.handle(.print(Fixture.job(1)))
        #expect(
            machine.handle(.begun(1)) == [
                .send(Fixture.job(1).bytes), .reportWritten(1), .startTimer(.poll, .milliseconds(500)),
            ])
        #expect(machine.handle(.written(1)) == [.send(Fixture.poll)])
        #expect(machine.answerPoll() == [.settle(1, PrintResult(.sent))])
    }

    @Test func aWriteOnlyPrinterIsReadyAtOnceAndItsPrintsAreSent() {
        var machine = Machine(model: Fixture.model(.none), patience: Fixture.patience, interrupted: false)
        _ = machine.handle(.started)
        #expect(machine.handle(.connected) == [.send(Fixture.initialize), .report(Fixture.ready)])
        _ = machine.handle(.print(Fixture.job(1)))
        #expect(machine.handle(.begun(1)) == [.send(Fixture.job(1).bytes), .reportWritten(1)])
        #expect(machine.handle(.written(1)) == [.settle(1, PrintResult(.sent))])
    }

    @Test func withoutPaperAJobWaitsUntilThereIsSomeAgain() {
        var machine = Machine.ready()
        _ = machine.handle(.timedOut(.poll))
        #expect(machine.answerPoll([.offline, .paperEnd, .stoppedByPaperEnd]) == [.report(Fixture.empty)])
        #expect(machine.handle(.print(Fixture.job(1))) == [])
        #expect(
            machine.handle(.answered(.automaticStatus(AutomaticStatus([.paperNearEnd]))))
                == [.begin(1), .report(PrinterStatus(isReady: true, conditions: [.mediaLow]))])
    }

    @Test func paperThatRunsOutInTheMiddleIsReportedAndNothingElseHappens() {
        var machine = Machine.printing()
        #expect(machine.handle(.answered(.automaticStatus(AutomaticStatus([.offline, .paperEnd])))) == [.report(Fixture.empty)])
        #expect(machine.handle(.answered(.automaticStatus(AutomaticStatus([])))) == [.report(Fixture.ready)])
        #expect(machine.handle(.answered(.queuedStatus(0))).count == 1)
    }

    @Test func aCancellationBeforeTheFirstByteSendsNothing() {
        var machine = Machine.ready()
        _ = machine.handle(.print(Fixture.job(1)))
        #expect(machine.handle(.cancel(1)) == [])
        #expect(machine.handle(.begun(1)) == [.settle(1, Self.cancelled)])
        #expect(machine.isFree)
    }

    @Test func aCancelledJobIsClearedInRealTimeAndItsHalfSheetCutOff() {
        var machine = Machine.printing()
        #expect(
            machine.handle(.cancel(1)) == [
                .send(Fixture.clear + Fixture.recover + [0x10, 0x04, 1]), .startTimer(.withdrawal, .seconds(5)),
            ])
        #expect(machine.handle(.answered(.unknown([0x37, 0x25, 0]))) == [])
        let cleared = PrintResult(.failed, reason: .printCancelled, detail: "the printer cleared what it had of it")
        #expect(
            machine.handle(.answered(.realTimeStatus(0x12))) == [
                .stopTimer(.withdrawal), .settle(1, cleared),
                .send(Fixture.initialize + Fixture.cutOff + Fixture.automatic + Fixture.question),
                .report(PrinterStatus(isReady: false, conditions: [])),
            ])
        #expect(machine.handle(.answered(.queuedStatus(0))) == [.report(Fixture.ready)])
    }

    @Test func aJobWhoseProofOvertakesTheCancellationWasPrinted() {
        var machine = Machine.printing()
        _ = machine.handle(.answered(.queuedStatus(0)))
        _ = machine.handle(.answered(.queuedStatus(0)))
        _ = machine.handle(.cancel(1))
        #expect(
            machine.handle(.answered(.processID(Array("id01".utf8)))).prefix(2) == [
                .stopTimer(.withdrawal), .settle(1, PrintResult(.printed)),
            ])
    }

    @Test func aCancellationThatAHungPrinterIgnoresEndsInUnknownAndANewConnection() {
        var machine = Machine.printing()
        _ = machine.handle(.cancel(1))
        let effects = machine.handle(.timedOut(.withdrawal))
        #expect(
            effects[0]
                == .settle(
                    1, PrintResult(.unknown, reason: .printInterrupted, detail: "cancelled, but the printer did not say whether it obeyed"))
        )
        #expect(effects.contains(.disconnect))
        #expect(machine.handle(.connected).first == .send(Fixture.clear + Fixture.recover + Fixture.poll))
        _ = machine.answerPoll()
        #expect(machine.status.isReady == false)
    }

    @Test func aPrinterThatCannotClearGetsNoMoreAndTheJobFailedOnceItHasTakenInWhatItHad() {
        var machine = Machine.printing(.queuedStatus)
        #expect(machine.handle(.cancel(1)) == [.startTimer(.withdrawal, .seconds(5))])
        #expect(machine.handle(.answered(.queuedStatus(0))) == [])
        let failed = PrintResult(.failed, reason: .printCancelled, detail: "the rest of it was not sent")
        #expect(machine.handle(.answered(.queuedStatus(0))).prefix(2) == [.stopTimer(.withdrawal), .settle(1, failed)])
    }

    @Test func aConnectionThatEndsInAJobLeavesItUnknownAndTheNextOneCutsTheSheet() {
        var machine = Machine.printing()
        let effects = machine.handle(.disconnected)
        #expect(
            effects == [
                .settle(
                    1, PrintResult(.unknown, reason: .printInterrupted, detail: "the connection ended before the printer had confirmed")),
                .stopTimer(.poll), .stopTimer(.withdrawal), .connect(after: .milliseconds(250)), .report(Fixture.away),
            ])
        _ = machine.handle(.connected)
        #expect(
            machine.answerPoll().first
                == .send(
                    Fixture.nuls + Fixture.clear + Fixture.recover + Fixture.initialize + Fixture.cutOff + Fixture.automatic
                        + Fixture.question))
    }

    @Test func silenceIsReportedAndThenTheConnectionIsGivenUp() {
        var machine = Machine.ready()
        #expect(machine.handle(.timedOut(.poll)) == [.send(Fixture.poll), .startTimer(.poll, .seconds(2))])
        #expect(machine.handle(.timedOut(.poll)) == [.startTimer(.poll, .milliseconds(500)), .report(Fixture.silent)])
        #expect(
            machine.handle(.timedOut(.poll)) == [
                .disconnect, .stopTimer(.poll), .stopTimer(.withdrawal), .connect(after: .milliseconds(250)),
            ])
    }

    @Test func aPrinterThatNeverSaidAWordGetsTheEndOfAPictureFirst() {
        var machine = Machine(model: Fixture.model(.processID), patience: Fixture.patience, interrupted: false)
        _ = machine.handle(.started)
        _ = machine.handle(.connected)
        #expect(machine.handle(.timedOut(.poll)).first == .disconnect)
        #expect(machine.handle(.connected).first == .send(Fixture.nuls))
    }

    @Test func attemptsToConnectBackOffUpToALimit() {
        var machine = Machine(model: Fixture.model(.processID), patience: SessionPatience(), interrupted: false)
        _ = machine.handle(.started)
        let waits = (0..<8).map { _ in machine.handle(.disconnected) }
        #expect(waits == [250, 500, 1000, 2000, 4000, 8000, 8000, 8000].map { [.connect(after: .milliseconds($0))] })
    }

    @Test(
        arguments: [
            ([.offline, .coverOpen], [.coverOpen]),
            ([.offline], [.printerOffline]),
            ([.offline, .error, .cutterError, .recoverableError, .waitingForRecovery], [.cutterError]),
            ([.offline, .error, .unrecoverableError], [.printerError]),
            ([.offline, .paperEnd, .paperNearEnd, .coverOpen], [.mediaEmpty, .coverOpen]),
        ] as [(PrinterFlags, Set<ConditionCode>)])
    func aStatusBecomesTheConditionsThatCauseIt(_ flags: PrinterFlags, _ conditions: Set<ConditionCode>) {
        var machine = Machine.ready()
        _ = machine.handle(.timedOut(.poll))
        #expect(machine.answerPoll(flags) == [.report(PrinterStatus(isReady: false, conditions: conditions))])
    }
}
