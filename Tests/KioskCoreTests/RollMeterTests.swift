import KioskCore
import Testing

@Suite struct RollMeterTests {
    static let assumed = RollMeter.Assumptions(metres: 80, nearEndMetres: 2)
    private static let metre = 1_000_000
    private static let ticket = 75_000

    /// Prints tickets of 75 mm until `metres` are used.
    private static func use(_ meter: inout RollMeter, metres: Int) {
        for _ in 0..<(metres * metre / ticket) { meter.printed(ticket) }
    }

    /// Somebody changes the roll, as one does: with the cover open.
    private static func changeRoll(_ meter: inout RollMeter) {
        _ = meter.see(.init(isOut: true))
        _ = meter.see(.init(isOut: true, coverIsOpen: true))
        _ = meter.see(.init())
    }

    private static func onNewRoll() -> RollMeter {
        var meter = RollMeter()
        changeRoll(&meter)
        return meter
    }

    @Test func aRollWhoseBeginningNobodySawHasAtMostWhatANewOneWouldHave() {
        var meter = RollMeter()
        #expect(meter.tickets(Self.metre) == nil, "no ticket was printed yet")
        Self.use(&meter, metres: 30)
        #expect(meter.left(Self.assumed) == .atMost(50 * Self.metre))
        #expect(meter.tickets(50 * Self.metre) == 660)
    }

    @Test func aRollThatLastsLongerThanRollsDoIsUnknown() {
        var meter = Self.onNewRoll()
        Self.use(&meter, metres: 81)
        #expect(meter.left(Self.assumed) == .unknown)
    }

    @Test func paperAfterPaperEndIsANewRoll() {
        var meter = RollMeter()
        Self.use(&meter, metres: 3)
        #expect(meter.see(.init(isOut: true)) == [.out])
        #expect(meter.see(.init(isOut: true)) == [])
        #expect(meter.left(Self.assumed) == .about(0))
        #expect(meter.see(.init(coverIsOpen: true)) == [])
        #expect(meter.see(.init()) == [.changed])
        #expect(meter.left(Self.assumed) == .about(80 * Self.metre))
        #expect(meter.changes == 1)
    }

    @Test func openingTheCoverAloneIsNoNewRoll() {
        var meter = Self.onNewRoll()
        Self.use(&meter, metres: 9)
        // Many printers report paper end while the cover is open.
        #expect(meter.see(.init(isOut: true, coverIsOpen: true)) == [])
        #expect(meter.see(.init()) == [])
        #expect(meter.left(Self.assumed) == .about(71 * Self.metre))
    }

    @Test func aRollChangedAtNearEndIsSeenByTheSensorLettingGoAfterTheCoverWasOpen() {
        var meter = Self.onNewRoll()
        Self.use(&meter, metres: 60)
        #expect(meter.see(.init(isLow: true)) == [.low])
        #expect(meter.left(Self.assumed) == .about(2 * Self.metre))
        // Shaken: the sensor lets go for a moment.
        #expect(meter.see(.init()) == [])
        #expect(meter.see(.init(isLow: true)) == [])
        // Looked at, and closed again.
        _ = meter.see(.init(isLow: true, coverIsOpen: true))
        #expect(meter.see(.init(isLow: true)) == [])
        _ = meter.see(.init(coverIsOpen: true))
        #expect(meter.see(.init()) == [.changed])
        #expect(meter.left(Self.assumed) == .about(62 * Self.metre), "60 m to near end and 2 m behind it")
    }

    @Test func theNearEndDistanceIsLearnedFromARollThatRanOut() {
        var meter = RollMeter()
        _ = meter.see(.init(isLow: true))
        Self.use(&meter, metres: 3)
        #expect(meter.left(Self.assumed) == .about(0), "2 m were assumed")
        #expect(meter.see(.init(isOut: true)) == [.out])
        #expect(meter.learnedNearEnd == nil, "the sensor may only have let go")
        #expect(meter.see(.init(isLow: true), at: 60_000) == [.changed, .low], "a remnant was put in")
        #expect(meter.learnedNearEnd == 3 * Self.metre)
        #expect(meter.learnedLength == nil, "its beginning was not seen")
        #expect(meter.left(Self.assumed) == .about(3 * Self.metre))
    }

    @Test func theLengthOfRollsIsLearnedFromTheLastChangesAndTheNewestCountsAQuarter() {
        var meter = Self.onNewRoll()
        Self.use(&meter, metres: 60)
        Self.changeRoll(&meter)
        #expect(meter.left(Self.assumed) == .about(60 * Self.metre))
        Self.use(&meter, metres: 72)
        Self.changeRoll(&meter)
        #expect(meter.left(Self.assumed) == .about(63 * Self.metre))
    }

    @Test func aRollThatIsTakenOutAtOnceTeachesNothing() {
        var meter = Self.onNewRoll()
        Self.use(&meter, metres: 3)
        Self.changeRoll(&meter)
        #expect(meter.learnedLength == nil)
        #expect(meter.left(Self.assumed) == .about(80 * Self.metre))
    }

    @Test func aFlickerOfThePaperEndSensorIsNoNewRollAndTeachesNothing() {
        var meter = Self.onNewRoll()
        Self.use(&meter, metres: 60)
        _ = meter.see(.init(isLow: true))
        Self.use(&meter, metres: 1)
        let before = meter
        for start in stride(from: Int64(0), to: 60_000, by: 6000) {
            #expect(meter.see(.init(isLow: true, isOut: true), at: start) == [.out])
            #expect(meter.see(.init(isLow: true, isOut: true), at: start + 500) == [])
            #expect(meter.see(.init(isLow: true), at: start + 4999) == [])
        }
        #expect(meter == before)
        #expect(meter.learnedLength == nil)
        #expect(meter.learnedNearEnd == nil)
    }

    @Test func anEndThatLastsSomeSecondsIsOneAlsoWithoutACoverThatReports() {
        var meter = Self.onNewRoll()
        Self.use(&meter, metres: 60)
        #expect(meter.see(.init(isOut: true), at: 1000) == [.out])
        #expect(meter.see(.init(isOut: true), at: 5500) == [])
        #expect(meter.see(.init(), at: 6000) == [.changed])
        #expect(meter.learnedLength == 60 * Self.metre)
        #expect(meter.see(.init(isOut: true), at: 9000) == [.out])
        #expect(meter.see(.init(), at: 8000) == [.changed], "the clock was set back meanwhile")
    }

    @Test func aCoverThatWasClosedOverNoPaperIsStillRememberedWhenThereIsSome() {
        var meter = Self.onNewRoll()
        #expect(meter.see(.init(isOut: true)) == [.out])
        #expect(meter.see(.init(isOut: true, coverIsOpen: true)) == [])
        #expect(meter.see(.init(isOut: true)) == [])
        #expect(meter.see(.init()) == [.changed])
        #expect(meter.see(.init(isOut: true)) == [.out])
        #expect(meter.see(.init()) == [], "the cover stayed closed since")
    }

    @Test func aRollThatSomebodySaysIsNewTeachesWhatTheOneThatEndedWas() {
        var meter = Self.onNewRoll()
        Self.use(&meter, metres: 60)
        _ = meter.see(.init(isOut: true))
        meter.change(Self.assumed)
        #expect(meter.left(Self.assumed) == .about(60 * Self.metre))
    }

    @Test func ticketsAreSaidInTwoFiguresDownwardsAndByTheNewestLengths() {
        var meter = RollMeter()
        meter.printed(100_000)
        #expect(meter.tickets(12_799_000) == 120)
        #expect(meter.tickets(1_990_000) == 19)
        meter.printed(180_000)
        #expect(meter.meanTicket == 110_000)
        meter.printed(0)
        #expect(meter.meanTicket == 110_000, "what moved no paper was no ticket")
    }
}

extension RollMeter {
    /// The sensors report, at the time 0 where it does not matter.
    fileprivate mutating func see(_ report: Report, at now: Int64 = 0) -> [Event] { saw(report, at: now, RollMeterTests.assumed) }
}
