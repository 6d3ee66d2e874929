import KioskCore
import Testing

@Suite struct WorkingDaysTests {
    /// 20 November 2026, a Friday.
    static let friday = ServiceDay(number: 20_777)

    @Test func theSampleDayIsAFriday() {
        #expect(Self.friday.description == "2026-11-20")
        #expect(Self.friday.weekdayName == "Jumat")
    }

    @Test(arguments: [(0, "2026-11-20"), (1, "2026-11-23"), (3, "2026-11-25"), (5, "2026-11-27"), (6, "2026-11-30"), (60, "2027-02-12")])
    func weekendsDoNotCount(_ days: Int, _ deadline: String) {
        #expect(Self.friday.adding(workingDays: days).description == deadline)
    }

    @Test func holidaysDoNotCount() {
        let holidays: Set = [ServiceDay(number: 20_780), ServiceDay(number: 20_782)]
        #expect(Self.friday.adding(workingDays: 3, holidays: holidays).description == "2026-11-27")
    }

    @Test func beforeTheEpochTheWeekGoesOn() {
        #expect(ServiceDay(number: -1).weekdayName == "Rabu")
        #expect(ServiceDay(number: 0).weekdayName == "Kamis")
        #expect(ServiceDay(number: -4).isWeekend && ServiceDay(number: -5).isWeekend && !ServiceDay(number: -6).isWeekend)
    }
}
