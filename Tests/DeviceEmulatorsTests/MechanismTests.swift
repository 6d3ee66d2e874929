import DeviceEmulators
import ESCPOS
import ReceiptMarkup
import Testing

/// One line is one thing done to the printer, and everything it says to it.
@Suite struct MechanismTests {
    static let outOfPaper: PrinterFlags = [.offline, .paperEnd, .paperNearEnd, .stoppedByPaperEnd]

    // MARK: Proof of printing

    @Test func theProcessIDIsAnsweredOnlyWhenAllBeforeItIsPrintedAndCut() {
        var bench = Bench()
        #expect(bench.send(.words("A"), .lineFeed, .feedLines(3), .knife, .proof) == [])
        #expect(bench.wait(119) == [])
        #expect(bench.wait(100) == [])
        #expect(bench.mechanism.finishedSheets.isEmpty)
        #expect(bench.wait(1) == [.proof])
        #expect(bench.texts == ["A"])
    }

    @Test func aQueuedStatusWaitsForThePaperAndARealTimeStatusDoesNot() {
        var bench = Bench()
        #expect(bench.send(.words("A"), .lineFeed, .transmitStatus(1), .realTimeStatus(1)) == [.status(.printer, [])])
        #expect(bench.wait(29) == [])
        #expect(bench.wait(1) == [.queuedStatus(0)])
    }

    @Test func aPrinterWithoutPaperIsOfflineAndNeverAnswersAQueuedQuestion() {
        var bench = Bench()
        #expect(bench.set(.paperOut, true) == [])
        #expect(bench.send(.transmitStatus(1), .proof) == [])
        #expect(bench.finish() == [])
        #expect(bench.send(.realTimeStatus(4)) == [.status(.paper, [.paperEnd, .paperNearEnd])])
        #expect(bench.send(.realTimeStatus(2)) == [.status(.offlineCause, .stoppedByPaperEnd)])
        #expect(bench.set(.paperOut, false) == [.queuedStatus(0), .proof])
    }

    // MARK: Stalls and recovery

    @Test func paperThatEndsInsideATicketStallsItAndNewPaperGoesOnByItself() {
        var bench = Bench()
        #expect(bench.send(.words("A"), .lineFeed, .words("B"), .lineFeed, .feedLines(3), .knife, .proof) == [])
        #expect(bench.wait(30) == [])
        #expect(bench.set(.paperOut, true) == [])
        #expect(bench.wait(10_000) == [])
        #expect(bench.set(.paperOut, false) == [])
        #expect(bench.finish() == [.proof])
        #expect(bench.texts == ["A\nB"])
    }

    @Test func aBrokenLineIsPrintedAnewOnANewRollAndStandsOnOnePieceOnly() {
        var bench = Bench()
        #expect(bench.send(.words("A"), .lineFeed, .words("B"), .lineFeed, .feedLines(3), .knife) == [])
        #expect(bench.wait(40) == [])
        #expect(bench.set(.paperOut, true) == [])
        #expect(bench.loadRoll() == [])
        #expect(bench.finish() == [])
        #expect(bench.texts == ["A", "B"])
        #expect(bench.mechanism.finishedSheets.map(\.isCut) == [false, true])
        #expect(bench.mechanism.finishedSheets.map(\.rows) == [90 + 40, 30 + 90])
    }

    @Test func anOpenCoverStallsUntilItIsClosed() {
        var bench = Bench()
        #expect(bench.send(.automaticStatus(.all)) == [.automatic([])])
        #expect(bench.set(.coverOpen, true) == [.automatic([.offline, .coverOpen])])
        #expect(bench.send(.words("A"), .lineFeed, .proof) == [])
        #expect(bench.finish() == [])
        #expect(bench.set(.coverOpen, false) == [.automatic([])])
        #expect(bench.finish() == [.proof])
    }

    @Test func aHeldSheetStopsAtItsLineHoweverMuchTimePassesAndStillAnswers() {
        var bench = Bench()
        #expect(bench.mechanism.hold(atLines: 2, at: .zero) == [])
        #expect(bench.send(.words("A"), .lineFeed, .words("B"), .lineFeed, .words("C"), .lineFeed, .proof) == [])
        #expect(bench.wait(100_000) == [])
        #expect(bench.mechanism.isHeld)
        #expect(bench.mechanism.runningSheet?.text == "A\nB")
        #expect(bench.send(.realTimeStatus(1)) == [.status(.printer, [])])
        #expect(bench.mechanism.hold(atLines: nil, at: bench.mechanism.now) == [])
        #expect(bench.wait(30) == [.proof])
        #expect(bench.mechanism.runningSheet?.text == "A\nB\nC")
    }

    @Test func aRollThatRunsOutStopsAtItsLastRow() {
        var bench = Bench { $0.rollMetres = 0.005 }
        #expect(bench.send(.automaticStatus(.all)) == [.automatic(.paperNearEnd)])
        #expect(bench.send(.words("A"), .lineFeed, .words("B"), .lineFeed, .proof) == [])
        #expect(bench.finish() == [.automatic(Self.outOfPaper)])
        #expect(bench.mechanism.runningSheet?.rows == 90 + 40)
        #expect(bench.mechanism.runningSheet?.text == "A")
        #expect(bench.mechanism.metresLeft == 0)
        #expect(bench.set(.paperOut, false) == [.automatic(.paperNearEnd)])
        #expect(bench.finish().last == .proof)
    }

    @Test func aJammedKnifeWaitsForARecoveryAndThenCuts() {
        var bench = Bench()
        let jam: PrinterFlags = [.offline, .error, .recoverableError, .cutterError, .waitingForRecovery]
        #expect(bench.set(.cutterJam, true) == [])
        #expect(bench.send(.words("A"), .lineFeed, .feedLines(3), .knife, .proof) == [])
        #expect(bench.finish() == [])
        #expect(bench.send(.realTimeStatus(3)) == [.status(.errorCause, jam)])
        #expect(bench.send(.realTimeRequest(1)) == [])
        #expect(bench.finish() == [])
        #expect(bench.set(.cutterJam, false) == [])
        #expect(bench.send(.realTimeRequest(1)) == [])
        #expect(bench.finish() == [.proof])
        #expect(bench.texts == ["A"])
    }

    // MARK: Forgetting

    @Test func clearedDataIsNeverPrintedAndItsProcessIDNeverAnswered() {
        var bench = Bench()
        #expect(bench.set(.paperOut, true) == [])
        #expect(bench.send(.words("A"), .lineFeed, .knife, .proof) == [])
        #expect(bench.send(.clearBuffers) == [.unknown([0x37, 0x25, 0x00])])
        #expect(bench.mechanism.bufferedBytes == 0)
        #expect(bench.set(.paperOut, false) == [])
        #expect(bench.finish() == [])
        #expect(bench.mechanism.runningSheet == nil)
        #expect(bench.mechanism.finishedSheets.isEmpty)
    }

    @Test func whatFollowsAClearingInTheSameBreathIsPrinted() {
        var bench = Bench()
        #expect(bench.set(.coverOpen, true) == [])
        #expect(bench.send(.words("A"), .lineFeed, .clearBuffers, .words("B"), .lineFeed, .proof) == [.unknown([0x37, 0x25, 0x00])])
        #expect(bench.set(.coverOpen, false) == [])
        #expect(bench.finish() == [.proof])
        #expect(bench.mechanism.runningSheet?.text == "B")
    }

    @Test func aRecoveryThatClearsIsIgnoredWhileAllIsWell() {
        var bench = Bench()
        #expect(bench.send(.words("A"), .lineFeed, .realTimeRequest(2), .proof) == [])
        #expect(bench.finish() == [.proof])
        #expect(bench.set(.paperOut, true) == [])
        #expect(bench.send(.words("B"), .lineFeed, .realTimeRequest(2), .proof) == [])
        #expect(bench.set(.paperOut, false) == [])
        #expect(bench.finish() == [.proof])
        #expect(bench.mechanism.runningSheet?.text == "A\nB")
    }

    @Test func aRecoveryFromAJamForgetsWhatStandsBehindTheCut() {
        var bench = Bench()
        #expect(bench.set(.cutterJam, true) == [])
        #expect(bench.send(.words("A"), .lineFeed, .knife, .words("B"), .lineFeed, .proof) == [])
        #expect(bench.finish() == [])
        #expect(bench.send(.realTimeRequest(2)) == [])
        #expect(bench.finish() == [])
        #expect(bench.mechanism.runningSheet?.text == "A")
    }

    @Test(arguments: [PrinterModel.Clearing.recovery, .none])
    func aPrinterThatCannotClearPrintsOn(_ clearing: PrinterModel.Clearing) {
        var model = PrinterModel.test
        model.clearing = clearing
        var bench = Bench(model)
        #expect(bench.send(.words("A"), .lineFeed, .clearBuffers, .proof) == [])
        #expect(bench.finish() == [.proof])
        #expect(bench.mechanism.runningSheet?.text == "A")
    }

    @Test func aPrinterThatLooksForOrdersInPicturesFindsThem() {
        var model = PrinterModel.test
        let picture = Command.raster(DotImage(width: 24, height: 1, bits: [0x10, 0x04, 0x01]), scale: .normal)
        var sane = Bench(model)
        #expect(sane.send(picture) == [])
        model.quirks = [.realTimeInData]
        var quirky = Bench(model)
        #expect(quirky.send(picture) == [.status(.printer, [])])
    }

    @Test func aCommandLeftUnfinishedWaitsForItsRestAndNULsEndIt() {
        var bench = Bench()
        let strip = Command.raster(DotImage(width: 576, height: 4, bits: Array(repeating: 0xFF, count: 288)), scale: .normal)
        #expect(bench.send(bytes: Array(strip.bytes.prefix(100))) == [])
        #expect(bench.send(.realTimeStatus(1)) == [])
        #expect(bench.finish() == [])
        #expect(bench.send(bytes: Array(repeating: 0, count: 1000)) == [])
        #expect(bench.send(.initialize, .proof) == [])
        #expect(bench.finish() == [.proof])
        #expect(bench.mechanism.runningSheet?.rows == 90 + 4)
    }

    // MARK: Power and firmware

    @Test func aPowerLossForgetsEverythingButThePaper() {
        var bench = Bench()
        #expect(bench.send(.automaticStatus(.all)) == [.automatic([])])
        #expect(bench.send(.size(width: 2, height: 2), .words("A"), .lineFeed, .words("B"), .lineFeed, .proof) == [])
        #expect(bench.wait(60) == [])
        #expect(bench.set(.powerOff, true) == [])
        #expect(bench.send(.realTimeStatus(1)) == [])
        #expect(bench.set(.powerOff, false) == [])
        #expect(bench.mechanism.bufferedBytes == 0)
        #expect(bench.send(.words("C"), .lineFeed, .feedLines(3), .knife) == [])
        #expect(bench.finish() == [])
        #expect(bench.texts == ["A\nC"])
        #expect(bench.mechanism.powerLosses == 1)
    }

    @Test func aHungPrinterSaysNothingAndHearsEverythingLater() {
        var bench = Bench()
        #expect(bench.set(.hang, true) == [])
        #expect(bench.send(.realTimeStatus(1), .words("A"), .lineFeed, .proof) == [])
        #expect(bench.mechanism.acceptsInput == false)
        #expect(bench.finish() == [])
        #expect(bench.set(.hang, false) == [.status(.printer, [])])
        #expect(bench.finish() == [.proof])
    }

    @Test func switchingOffAndOnEndsAHang() {
        var bench = Bench()
        #expect(bench.set(.hang, true) == [])
        #expect(bench.set(.powerOff, true) == [])
        #expect(bench.set(.powerOff, false) == [])
        #expect(bench.send(.realTimeStatus(1)) == [.status(.printer, [])])
    }

    @Test func aReversedRollConfirmsEverythingAndStaysWhite() {
        var bench = Bench()
        #expect(bench.set(.reversedRoll, true) == [])
        #expect(bench.send(.words("A"), .lineFeed, .feedLines(3), .knife, .proof) == [])
        #expect(bench.finish() == [.proof])
        #expect(bench.texts == [""])
        #expect(bench.mechanism.dots(ofSheet: 1)?.bits.allSatisfy { $0 == 0 } == true)
        #expect(bench.mechanism.finishedSheets.first?.millimetres == 15.0)
    }

    @Test func aFadedRollConfirmsEverythingAndNothingCanBeRead() {
        var bench = Bench()
        #expect(bench.set(.fadedRoll, true) == [])
        #expect(bench.send(.words("A"), .lineFeed, .feedLines(3), .knife, .proof) == [])
        #expect(bench.finish() == [.proof])
        #expect(bench.texts == [""])
        let ink = bench.mechanism.dots(ofSheet: 1)?.bits.reduce(0) { $0 + $1.nonzeroBitCount } ?? 0
        #expect((1...20).contains(ink))
        #expect(bench.loadRoll() == [])
        #expect(bench.mechanism.faults == [])
    }

    @Test func aHotHeadStandsStillUntilItHasCooledDown() {
        var bench = Bench()
        #expect(bench.send(.automaticStatus(.all)) == [.automatic([])])
        #expect(bench.set(.headHot, true) == [.automatic([.offline, .autoRecoverableError])])
        #expect(bench.send(.words("A"), .lineFeed, .proof) == [])
        #expect(bench.finish() == [])
        #expect(bench.set(.headHot, false) == [.automatic([])])
        #expect(bench.finish() == [.proof])
    }

    @Test func aBrokenPartStandsStillUntilThePowerWasOff() {
        var bench = Bench()
        #expect(bench.set(.unrecoverable, true) == [])
        #expect(bench.send(.realTimeRequest(2), .realTimeStatus(3)) == [.status(.errorCause, .unrecoverableError)])
        #expect(bench.set(.powerOff, true) == [])
        #expect(bench.set(.powerOff, false) == [])
        #expect(bench.send(.realTimeStatus(3)) == [.status(.errorCause, [])])
    }

    // MARK: Answers

    @Test func aDeafPrinterPrintsAndSaysNothing() {
        var bench = Bench()
        #expect(bench.set(.deaf, true) == [])
        #expect(bench.send(.words("A"), .lineFeed, .realTimeStatus(1), .proof) == [])
        #expect(bench.finish() == [])
        #expect(bench.mechanism.runningSheet?.text == "A")
    }

    @Test func lateAnswersComeInOrderAndNewOnesDoNotOvertakeThem() {
        var bench = Bench { $0.lateness = .milliseconds(1000) }
        #expect(bench.set(.late, true) == [])
        #expect(bench.send(.realTimeStatus(1)) == [])
        #expect(bench.wait(400) == [])
        #expect(bench.set(.late, false) == [])
        #expect(bench.send(.realTimeStatus(2)) == [])
        #expect(bench.mechanism.nextDeadline == .milliseconds(1000))
        #expect(bench.wait(600) == [.status(.printer, []), .status(.offlineCause, [])])
        #expect(bench.send(.realTimeStatus(3)) == [.status(.errorCause, [])])
    }

    @Test func noiseIsNoAnswerThatExists() {
        var bench = Bench()
        #expect(bench.set(.garbage, true) == [])
        for _ in 0..<100 {
            guard let answer = bench.send(.realTimeStatus(1)).first, case .unknown(let bytes) = answer else {
                Issue.record("no noise")
                return
            }
            #expect(bytes[0] >= 0x80 && bytes.count <= 4)
        }
    }

    @Test func whatArrivesWhileItStartsUpIsLost() {
        var bench = Bench { $0.warmUp = .seconds(2) }
        #expect(bench.set(.powerOff, true) == [])
        #expect(bench.set(.powerOff, false) == [])
        #expect(bench.wait(1999) == [])
        #expect(bench.send(.realTimeStatus(1)) == [])
        #expect(bench.wait(1) == [])
        #expect(bench.send(.realTimeStatus(1)) == [.status(.printer, [])])
    }

    // MARK: Automatic status

    @Test func automaticStatusSpeaksAtOnceAndThenOnlyOfWhatItWatches() {
        var bench = Bench()
        #expect(bench.send(.automaticStatus(.paper)) == [.automatic([])])
        #expect(bench.set(.coverOpen, true) == [])
        #expect(bench.set(.nearEnd, true) == [.automatic([.offline, .coverOpen, .paperNearEnd])])
        #expect(bench.set(.coverOpen, false) == [])
        #expect(bench.send(.automaticStatus([])) == [])
        #expect(bench.set(.nearEnd, false) == [])
    }

    @Test func initializingSwitchesTheAutomaticStatusOff() {
        var bench = Bench()
        #expect(bench.send(.automaticStatus(.all), .initialize) == [.automatic([])])
        #expect(bench.set(.coverOpen, true) == [])
    }

    // MARK: Buffer

    @Test func aFullBufferTakesNothingMoreUntilPaperHasMoved() {
        var bench = Bench()
        #expect(bench.set(.paperOut, true) == [])
        var lines = 0
        while bench.mechanism.acceptsInput, lines < 10_000 {
            #expect(bench.send(.words("123456789"), .lineFeed) == [])
            lines += 1
        }
        #expect(bench.mechanism.bufferedBytes == 1090)
        #expect(bench.send(.realTimeStatus(4)) == [.status(.paper, [.paperEnd, .paperNearEnd])])
        #expect(bench.set(.paperOut, false) == [])
        #expect(bench.wait(200) == [])
        #expect(bench.mechanism.acceptsInput)
    }

    @Test func aCommandLongerThanTheBufferIsTakenInWhileNothingElseWaits() {
        var bench = Bench()
        let strip = Command.raster(DotImage(width: 576, height: 100, bits: Array(repeating: 0xFF, count: 7200)), scale: .normal)
        #expect(bench.send(bytes: Array(strip.bytes.prefix(5000))) == [])
        #expect(bench.mechanism.acceptsInput)
        #expect(bench.send(bytes: Array(strip.bytes.dropFirst(5000))) == [])
        #expect(bench.mechanism.acceptsInput)
        #expect(bench.send(.proof) == [])
        #expect(bench.finish() == [.proof])
    }
}
