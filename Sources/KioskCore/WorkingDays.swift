extension ServiceDay {
    /// Saturday or Sunday.
    public var isWeekend: Bool {
        // 1970-01-01 was a Thursday.
        let weekday = (Int(number) + 3).flooredRemainder(by: 7)
        return weekday >= 5
    }

    /// `Senin` … `Minggu`.
    public var weekdayName: String {
        ["Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"][(Int(number) + 3).flooredRemainder(by: 7)]
    }

    /// The day that is `days` working days later; the day itself does not count, nor do weekends and `holidays`.
    ///
    /// A deadline of three working days that begins on a Friday ends on Wednesday.
    public func adding(workingDays days: Int, holidays: Set<ServiceDay> = []) -> ServiceDay {
        precondition(days >= 0, "a deadline lies ahead")
        var day = self
        var left = days
        while left > 0 {
            day = ServiceDay(number: day.number + 1)
            if !day.isWeekend, !holidays.contains(day) { left -= 1 }
        }
        return day
    }
}

extension Int {
    fileprivate func flooredRemainder(by divisor: Int) -> Int { self - flooredDivision(by: divisor) * divisor }
}
