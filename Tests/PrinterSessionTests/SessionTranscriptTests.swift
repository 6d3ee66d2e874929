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
            machine.handle(.connected) == [.stopTimer(.progress), .send(Fixture.clear), .startTimer(.poll, .milliseconds(500))])
        #expect(machine.handle(.answered(Fixture.cleared)) == [.send(Fixture.poll)])
        #expect(
            machine.answerPoll() == [
                .send(Fixture.nuls + Fixture.initialize + Fixture.automatic + Fixture.introduction + Fixture.tokenQuestion),
                .startTimer(.progress, .seconds(60)), .report(PrinterStatus(isReady: false, conditions: [])),
            ])
        #expect(machine.handle(.answered(.processID(Array("old!".utf8)))) == [])
        #expect(machine.handle(.answered(.processID(Fixture.token))) == [.stopTimer(.progress), .report(Fixture.ready)])
    }

    @Test func aPrinterInsideAPictureGetsItsEndAndTheOrderAgain() {
        var patience = Fixture.patience
        (patience.pollsForFirstWord, patience.silentPolls) = (2, 2)
        var machine = Machine(model: Fixture.model(.processID), patience: patience, interrupted: false)
        _ = machine.handle(.started)
        _ = machine.handle(.connected)
        #expect(machine.handle(.timedOut(.poll)).first == .send(Fixture.nuls + Fixture.clear + Fixture.poll))
        // Only the second order was heard; the poll behind it says that no more responses come.
        #expect(machine.handle(.answered(Fixture.cleared)) == [])
        #expect(
            machine.answerPoll().first
                == .send(Fixture.nuls + Fixture.initialize + Fixture.automatic + Fixture.introduction + Fixture.tokenQuestion))
    }

    @Test func aPrinterThatAnswersPollsAndNoOrderToForgetIsTakenForOneThatCannot() {
        var patience = Fixture.patience
        patience.pollsForFirstWord = 2
        var machine = Machine(model: Fixture.model(.queuedStatus, clearing: .buffer), patience: patience, interrupted: false)
        _ = machine.handle(.started)
        _ = machine.handle(.connected)
        _ = machine.handle(.timedOut(.poll))
        _ = machine.answerPoll()
        _ = machine.handle(.answered(.queuedStatus(0)))
        _ = machine.handle(.print(Fixture.job(1)))
        _ = machine.answerPoll()
        _ = machine.handle(.begun(1))
        // So a cancellation sends it nothing, and waits for what it has.
        #expect(machine.handle(.cancel(1)) == [.stopTimer(.progress), .startTimer(.withdrawal, .seconds(5))])
    }

    @Test func aPrinterSaysWhoItIsAndAnotherModelThanExpectedIsReportedAndPrints() {
        var machine = Machine(model: Fixture.model(.processID, names: ["TM-T82III"]), patience: Fixture.patience, interrupted: false)
        _ = machine.handle(.started)
        _ = machine.handle(.connected)
        _ = machine.handle(.answered(Fixture.cleared))
        _ = machine.answerPoll()
        _ = machine.handle(.answered(.printerInfo(Array("EPSON".utf8))))
        _ = machine.handle(.answered(.printerInfo(Array("TM-T20II".utf8))))
        #expect(
            machine.handle(.answered(.processID(Fixture.token))) == [
                .stopTimer(.progress), .identified(PrinterIdentity(maker: "EPSON", model: "TM-T20II")),
                .report(PrinterStatus(isReady: true, conditions: [.printerMismatch])),
            ])
        #expect(PrinterIdentity(maker: "EPSON", model: "TM-T82III").fits(Fixture.model(.processID, names: ["TM-T82III"])))
    }

    @Test func halfASheetOfAnEarlierRunIsCutOffFirst() {
        var machine = Machine(model: Fixture.model(.queuedStatus), patience: Fixture.patience, interrupted: true)
        _ = machine.handle(.started)
        _ = machine.handle(.connected)
        let effects = machine.answerPoll()
        #expect(effects.first == .send(Fixture.nuls + Fixture.initialize + Fixture.cutOff + Fixture.question))
    }

    @Test func piecesFollowTheCreditsAndTheProcessIDProvesTheEnd() {
        var machine = Machine.ready()
        #expect(machine.handle(.print(Fixture.job(1))) == [.begin(1)])
        #expect(
            machine.handle(.begun(1)) == [
                .send(Fixture.letters(1, 16) + Fixture.question + Fixture.letters(1, 16) + Fixture.question),
                .startTimer(.progress, Fixture.time(rows: 240)), .startTimer(.poll, .milliseconds(500)),
            ])
        #expect(
            machine.handle(.answered(.queuedStatus(0))) == [
                .send(Fixture.letters(1, 7) + Fixture.question), .startTimer(.progress, Fixture.time(rows: 180)),
            ])
        #expect(
            machine.handle(.answered(.queuedStatus(0))) == [
                .send(Fixture.letters(1, 1) + [0x1D, 0x56, 1] + Fixture.proof(1) + Fixture.automatic),
                .startTimer(.progress, Fixture.time(rows: 620)),
            ])
        #expect(machine.handle(.answered(.queuedStatus(0))).count == 1)
        #expect(machine.handle(.answered(.processID(Array("old!".utf8)))) == [])
        #expect(machine.handle(.answered(.processID(Array("id01".utf8)))) == [.stopTimer(.progress), .settle(1, PrintResult(.printed))])
        #expect(machine.isFree)
    }

    @Test func withoutProcessIDTheLastCreditProvesThatItWasProcessed() {
        var machine = Machine.printing(.queuedStatus)
        #expect(machine.handle(.answered(.queuedStatus(0))).first == .send(Fixture.letters(1, 7) + Fixture.question))
        #expect(
            machine.handle(.answered(.queuedStatus(0))).first == .send(Fixture.letters(1, 1) + [0x1D, 0x56, 1] + Fixture.question))
        #expect(machine.handle(.answered(.queuedStatus(0))).count == 1)
        #expect(machine.handle(.answered(.queuedStatus(0))) == [.stopTimer(.progress), .settle(1, PrintResult(.processed))])
    }

    @Test func aPrinterWithOnlyARealTimeStatusIsAskedAfterTheLastByte() {
        var machine = Machine.ready(.realTimeStatus)
        #expect(machine.handle(.print(Fixture.job(1))) == [.send(Fixture.poll), .startTimer(.poll, .milliseconds(500))])
        #expect(machine.answerPoll() == [.begin(1)])
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
        #expect(machine.handle(.connected) == [.send(Fixture.nuls + Fixture.initialize), .askSignals, .report(Fixture.ready)])
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

    @Test func aPrinterThatDoesNotTellByItselfThatItIsEmptyIsAskedFirst() {
        var machine = Machine.ready(.queuedStatus)
        _ = machine.handle(.print(Fixture.job(1)))
        #expect(machine.answerPoll([.offline, .paperEnd, .stoppedByPaperEnd]) == [.report(Fixture.empty)])
        #expect(machine.handle(.cancel(1)) == [.settle(1, Self.cancelled)])
    }

    @Test func paperThatRunsOutInTheMiddleIsReportedAndNothingElseHappens() {
        var machine = Machine.printing()
        #expect(machine.handle(.answered(.automaticStatus(AutomaticStatus([.offline, .paperEnd])))) == [.report(Fixture.empty)])
        #expect(machine.handle(.answered(.automaticStatus(AutomaticStatus([])))) == [.report(Fixture.ready)])
        #expect(machine.handle(.answered(.queuedStatus(0))).first == .send(Fixture.letters(1, 7) + Fixture.question))
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
                .stopTimer(.progress), .send(Fixture.clear), .startTimer(.withdrawal, .seconds(5)),
            ])
        let cleared = PrintResult(.failed, reason: .printCancelled, detail: "the printer cleared what it had of it")
        #expect(
            machine.handle(.answered(Fixture.cleared)) == [
                .stopTimer(.withdrawal), .settle(1, cleared),
                .send(
                    Fixture.initialize + Fixture.cutOff + Fixture.automatic + Fixture.introduction + [0x1D, 0x28, 0x48, 6, 0, 48, 48]
                        + [0x22, 0x20, 0x20, 0x20]), .startTimer(.progress, .seconds(60)),
                .report(PrinterStatus(isReady: false, conditions: [])),
            ])
        #expect(machine.handle(.answered(.processID([0x22, 0x20, 0x20, 0x20]))).last == .report(Fixture.ready))
    }

    /// A machine that has sent everything of job 1 and knows that all but its last letter is printed.
    static func nearlyDone() -> Machine {
        var machine = Machine.printing()
        for _ in 0..<3 { _ = machine.handle(.answered(.queuedStatus(0))) }
        return machine
    }

    @Test func aTicketOfWhichOnlyTheLastLineIsMissingIsLetOut() {
        var machine = Self.nearlyDone()
        #expect(machine.handle(.cancel(1)) == [.stopTimer(.progress), .startTimer(.withdrawal, .seconds(5))])
        let whole = machine.handle(.answered(.processID(Array("id01".utf8))))
        #expect(whole == [.stopTimer(.withdrawal), .stopTimer(.progress), .settle(1, PrintResult(.printed))])
    }

    @Test func aTicketThatMayBeWholeBelowAJammedKnifeIsUnknownAndNothingMoreComesOut() {
        var machine = Self.nearlyDone()
        _ = machine.handle(.cancel(1))
        let jam = AutomaticStatus([.offline, .cutterError, .recoverableError])
        #expect(machine.handle(.answered(.automaticStatus(jam))).first == .send(Fixture.clear))
        let unknown = PrintResult(.unknown, reason: .printInterrupted, detail: "cancelled; nothing more comes out, but it may be whole")
        #expect(machine.handle(.answered(Fixture.cleared)).dropFirst().first == .settle(1, unknown))
    }

    @Test func aPrinterWhoseAnswersWereLostObeysAndProvesNothing() {
        var machine = Machine.printing()
        // A poll that is never answered: it was switched off and on.
        _ = machine.handle(.timedOut(.poll))
        _ = machine.handle(.cancel(1))
        guard case .settle(1, let result) = machine.handle(.answered(Fixture.cleared))[1] else {
            return #expect(Bool(false), "not settled")
        }
        #expect(result.outcome == .unknown)
    }

    @Test func noiseMakesEveryProofButTheProcessIDWorthless() {
        var machine = Machine.printing(.queuedStatus)
        _ = machine.handle(.answered(.unknown([0xFF])))
        for _ in 0..<3 { _ = machine.handle(.answered(.queuedStatus(0))) }
        guard case .settle(1, let result) = machine.handle(.answered(.queuedStatus(0)))[0] else {
            return #expect(Bool(false), "not settled")
        }
        #expect(result.outcome == .unknown)
    }

    @Test func aPrinterThatIsWellAndNeverConfirmsEndsInUnknown() {
        var machine = Machine.printing()
        _ = machine.handle(.timedOut(.poll))
        _ = machine.answerPoll()
        let effects = machine.handle(.timedOut(.progress))
        #expect(
            effects.first
                == .settle(
                    1,
                    PrintResult(
                        .unknown, reason: .printInterrupted,
                        detail: "the printer is well and does not confirm; it may have been switched off and on")))
    }

    @Test func aPrinterThatStoodStillGetsItsTimeAnew() {
        var machine = Machine.printing()
        _ = machine.handle(.answered(.automaticStatus(AutomaticStatus([.offline, .paperEnd]))))
        _ = machine.handle(.answered(.automaticStatus(AutomaticStatus([]))))
        #expect(machine.handle(.timedOut(.progress)) == [.startTimer(.progress, Fixture.time(rows: 240))])
    }

    @Test func aStuckKnifeIsTriedAgainNowAndThen() {
        var machine = Machine.printing()
        _ = machine.handle(.answered(.automaticStatus(AutomaticStatus([.offline, .cutterError, .recoverableError]))))
        let retries = (0..<8).map { _ in
            let effects = machine.handle(.timedOut(.poll))
            _ = machine.answerPoll([.offline, .error, .cutterError, .recoverableError])
            return effects.contains(.send([0x10, 0x05, 1] + Fixture.poll))
        }
        #expect(retries == [false, false, false, true, false, false, false, true])
    }

    @Test func aBrokenPrinterGivesTheJobBackAtOnce() {
        var machine = Machine.printing()
        let effects = machine.handle(.answered(.automaticStatus(AutomaticStatus([.offline, .unrecoverableError]))))
        #expect(effects.contains(.send(Fixture.clear)))
        guard case .settle(1, let result) = machine.handle(.answered(Fixture.cleared))[1] else {
            return #expect(Bool(false), "not settled")
        }
        #expect(result.outcome == .failed && result.reason == .printerError)
    }

    @Test func aJobWhoseProofOvertakesTheCancellationWasPrinted() {
        var machine = Machine.printing()
        _ = machine.handle(.answered(.queuedStatus(0)))
        _ = machine.handle(.answered(.queuedStatus(0)))
        _ = machine.handle(.cancel(1))
        _ = machine.handle(.answered(.queuedStatus(0)))
        let effects = machine.handle(.answered(.processID(Array("id01".utf8))))
        #expect(effects.contains(.settle(1, PrintResult(.printed))))
        // The order to forget is under way: the next job waits for its response.
        #expect(effects.contains(.send(Fixture.clear)))
        #expect(machine.status.isReady == false)
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
        #expect(machine.handle(.connected)[1] == .send(Fixture.clear))
        _ = machine.handle(.answered(Fixture.cleared))
        _ = machine.answerPoll()
        #expect(machine.status.isReady == false)
    }

    @Test func aPrinterThatCannotClearGetsNoMoreAndTheJobFailedOnceItHasTakenInWhatItHad() {
        var machine = Machine.printing(.queuedStatus)
        #expect(machine.handle(.cancel(1)) == [.stopTimer(.progress), .startTimer(.withdrawal, .seconds(5))])
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
                .stopTimer(.poll), .stopTimer(.withdrawal), .stopTimer(.progress), .connect(after: .milliseconds(250)),
                .report(Fixture.away),
            ])
        _ = machine.handle(.connected)
        _ = machine.handle(.answered(Fixture.cleared))
        guard case .send(let hello) = machine.answerPoll()[0] else { return #expect(Bool(false), "nothing sent") }
        #expect(hello.starts(with: Fixture.nuls + Fixture.initialize + Fixture.cutOff + Fixture.automatic))
    }

    @Test func silenceIsReportedAndThenTheConnectionIsGivenUp() {
        var machine = Machine.ready()
        #expect(machine.handle(.timedOut(.poll)) == [.send(Fixture.poll), .startTimer(.poll, .seconds(2))])
        #expect(machine.handle(.timedOut(.poll)) == [.startTimer(.poll, .milliseconds(500)), .report(Fixture.silent)])
        #expect(
            machine.handle(.timedOut(.poll)) == [
                .disconnect, .stopTimer(.poll), .stopTimer(.withdrawal), .stopTimer(.progress), .connect(after: .milliseconds(250)),
            ])
    }

    @Test func aSilentPrinterThatSpeaksAgainIsPreparedAnewBeforeTheNextJob() {
        var machine = Machine.ready()
        _ = machine.handle(.timedOut(.poll))
        _ = machine.handle(.timedOut(.poll))
        #expect(machine.status == Fixture.silent)
        #expect(machine.handle(.answered(.realTimeStatus(0x12))).contains(.send(Fixture.clear)))
        #expect(machine.status.isReady == false)
    }

    @Test func aPrinterThatOnlyMakesNoiseIsNotResponding() {
        var machine = Machine.ready()
        for _ in 0..<2 {
            _ = machine.handle(.timedOut(.poll))
            _ = machine.handle(.answered(.unknown([0x95, 0x12])))
            // What looks like an answer amid noise is none.
            _ = machine.handle(.answered(.realTimeStatus(0x12)))
        }
        #expect(machine.status == Fixture.silent)
    }

    @Test func aConnectionWithoutAFirstWordIsGivenUp() {
        var machine = Machine(model: Fixture.model(.processID), patience: Fixture.patience, interrupted: false)
        _ = machine.handle(.started)
        _ = machine.handle(.connected)
        #expect(machine.handle(.timedOut(.poll)).first == .disconnect)
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
