import Testing

@testable import DeviceLines

@Suite struct LineSignalsTests {
    @Test(
        arguments: [
            (0x18, []), (0x38, .paperOut), (0x30, .paperOut), (0x20, [.paperOut, .offline]), (0x08, .offline),
            (0x10, .error), (0x00, [.offline, .error]),
            // A parallel port's other wires.
            (0xDF, []),
        ] as [(UInt8, LineSignals)])
    func aPortStatusSaysWhatIsWrong(_ byte: UInt8, _ signals: LineSignals) {
        #expect(LineSignals(portStatus: byte) == signals)
    }
}

@Suite struct ModemLinesTests {
    private let start = ContinuousClock.now
    private static let ready = ModemLines.Reading(isClearToSend: true, isDataSetReady: false)
    private static let busy = ModemLines.Reading(isClearToSend: false, isDataSetReady: false)

    private func play(_ readings: [(milliseconds: Int, ModemLines.Reading, waiting: Int)]) -> [LineSignals] {
        var lines = ModemLines()
        return readings.map { lines.take($0.1, waiting: $0.waiting, at: start + .milliseconds($0.milliseconds)) }
    }

    @Test func aLineThatStaysLowForAPollIsOfflineUntilItRises() {
        #expect(
            play([(0, Self.ready, 0), (500, Self.busy, 0), (900, Self.busy, 0), (1000, Self.busy, 0), (1500, Self.ready, 0)])
                == [[], [], [], .offline, []])
    }

    @Test func aPrinterThatTakesBytesIsOnlyBusy() {
        #expect(
            play([(0, Self.busy, 900), (500, Self.busy, 600), (1000, Self.busy, 300), (1500, Self.busy, 300)]) == [[], [], [], .offline])
    }

    @Test func aLineThatIsNotConnectedIsNotMissed() {
        let both = ModemLines.Reading(isClearToSend: true, isDataSetReady: true)
        #expect(play([(0, Self.ready, 0), (500, Self.ready, 0), (1000, Self.ready, 0)]) == [[], [], []])
        #expect(play([(0, both, 0), (500, Self.ready, 0), (1000, Self.ready, 0)]) == [[], [], .offline])
    }
}
