import ESCPOS
import Testing

@Suite struct RollMeterTests {
    static let assumed = RollMeter.Assumptions(metres: 80, nearEndMetres: 2)
    private static let metre = 1_000_000
    private static let ticket = 75_000

    /// Prints tickets of 75 mm until `metres` are used.
    private static func use(_ meter: inout RollMeter, metres: Int) {
        for _ in 0..<(metres * metre / ticket) { meter.printed(ticket) }
    }

    private static func onNewRoll() -> RollMeter {
        var meter = RollMeter()
        _ = meter.saw(.init(isOut: true), assumed)
        _ = meter.saw(.init(), assumed)
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
        #expect(meter.saw(.init(isOut: true), Self.assumed) == [.out])
        #expect(meter.saw(.init(isOut: true), Self.assumed) == [])
        #expect(meter.left(Self.assumed) == .about(0))
        #expect(meter.saw(.init(coverIsOpen: true), Self.assumed) == [])
        #expect(meter.saw(.init(), Self.assumed) == [.changed])
        #expect(meter.left(Self.assumed) == .about(80 * Self.metre))
        #expect(meter.changes == 1)
    }

    @Test func openingTheCoverAloneIsNoNewRoll() {
        var meter = Self.onNewRoll()
        Self.use(&meter, metres: 9)
        // Many printers report paper end while the cover is open.
        #expect(meter.saw(.init(isOut: true, coverIsOpen: true), Self.assumed) == [])
        #expect(meter.saw(.init(), Self.assumed) == [])
        #expect(meter.left(Self.assumed) == .about(71 * Self.metre))
    }

    @Test func aRollChangedAtNearEndIsSeenByTheSensorLettingGoAfterTheCoverWasOpen() {
        var meter = Self.onNewRoll()
        Self.use(&meter, metres: 60)
        #expect(meter.saw(.init(isLow: true), Self.assumed) == [.low])
        #expect(meter.left(Self.assumed) == .about(2 * Self.metre))
        // Shaken: the sensor lets go for a moment.
        #expect(meter.saw(.init(), Self.assumed) == [])
        #expect(meter.saw(.init(isLow: true), Self.assumed) == [])
        // Looked at, and closed again.
        _ = meter.saw(.init(isLow: true, coverIsOpen: true), Self.assumed)
        #expect(meter.saw(.init(isLow: true), Self.assumed) == [])
        _ = meter.saw(.init(coverIsOpen: true), Self.assumed)
        #expect(meter.saw(.init(), Self.assumed) == [.changed])
        #expect(meter.left(Self.assumed) == .about(62 * Self.metre), "60 m to near end and 2 m behind it")
    }

    @Test func theNearEndDistanceIsLearnedFromARollThatRanOut() {
        var meter = RollMeter()
        _ = meter.saw(.init(isLow: true), Self.assumed)
        Self.use(&meter, metres: 3)
        #expect(meter.left(Self.assumed) == .about(0), "2 m were assumed")
        #expect(meter.saw(.init(isOut: true), Self.assumed) == [.out])
        #expect(meter.learnedNearEnd == 3 * Self.metre)
        #expect(meter.learnedLength == nil, "its beginning was not seen")
        #expect(meter.saw(.init(isLow: true), Self.assumed) == [.changed, .low], "a remnant was put in")
        #expect(meter.left(Self.assumed) == .about(3 * Self.metre))
    }

    @Test func theLengthOfRollsIsLearnedFromTheLastChangesAndTheNewestCountsAQuarter() {
        var meter = Self.onNewRoll()
        Self.use(&meter, metres: 60)
        _ = meter.saw(.init(isOut: true), Self.assumed)
        _ = meter.saw(.init(), Self.assumed)
        #expect(meter.left(Self.assumed) == .about(60 * Self.metre))
        Self.use(&meter, metres: 72)
        _ = meter.saw(.init(isOut: true), Self.assumed)
        _ = meter.saw(.init(), Self.assumed)
        #expect(meter.left(Self.assumed) == .about(63 * Self.metre))
    }

    @Test func aRollThatIsTakenOutAtOnceTeachesNothing() {
        var meter = Self.onNewRoll()
        Self.use(&meter, metres: 3)
        _ = meter.saw(.init(isOut: true), Self.assumed)
        _ = meter.saw(.init(), Self.assumed)
        #expect(meter.learnedLength == nil)
        #expect(meter.left(Self.assumed) == .about(80 * Self.metre))
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
