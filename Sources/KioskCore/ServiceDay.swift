/// Indonesia's three time zones. None has had daylight saving time since 1964, so an offset is the whole rule.
public enum TimeZoneOfIndonesia: String, Hashable, Sendable, Codable, CaseIterable {
    case jakarta = "Asia/Jakarta"
    case makassar = "Asia/Makassar"
    case jayapura = "Asia/Jayapura"

    /// Seconds east of UTC.
    public var offset: Int64 {
        switch self {
        case .jakarta: 7 * 3600
        case .makassar: 8 * 3600
        case .jayapura: 9 * 3600
        }
    }

    /// What people write behind a time.
    public var abbreviation: String {
        switch self {
        case .jakarta: "WIB"
        case .makassar: "WITA"
        case .jayapura: "WIT"
        }
    }
}

/// A wall-clock time: milliseconds since 1970-01-01T00:00:00Z.
public struct WallTime: Hashable, Sendable, Codable, Comparable {
    public var milliseconds: Int64
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }
    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.milliseconds < rhs.milliseconds }
}

/// A calendar day in the mall, and the time of day where one is asked for.
public struct ServiceDay: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Days since 1970-01-01.
    public let number: Int32

    public init(number: Int32) { self.number = number }

    public init(_ time: WallTime, in zone: TimeZoneOfIndonesia) {
        let local = time.milliseconds.flooredDivision(by: 1000) + zone.offset
        number = Int32(clamping: local.flooredDivision(by: 86_400))
    }

    /// Reads `YYYY-MM-DD` (ISO 8601), and nothing else.
    public init?(iso8601 text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).compactMap { Int($0) }
        guard parts.count == 3, (1...12).contains(parts[1]), (1...31).contains(parts[2]), (0...9999).contains(parts[0]) else { return nil }
        // The reverse of ``civil``.
        let year = parts[1] <= 2 ? parts[0] - 1 : parts[0]
        let era = year.flooredDivision(by: 400)
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (parts[1] > 2 ? parts[1] - 3 : parts[1] + 9) + 2) / 5 + parts[2] - 1
        self.init(number: Int32(era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468))
        // 30 February is another day; it is not the one that was written.
        guard description == text else { return nil }
    }

    /// Year, month (1–12) and day (1–31) of the proleptic Gregorian calendar.
    public var civil: (year: Int, month: Int, day: Int) {
        // Counts from 1 March 0000, so that a leap day ends its year (Richards 2013, Explanatory Supplement 15.11).
        let shifted = Int(number) + 719_468
        let era = shifted.flooredDivision(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }

    /// `YYYY-MM-DD` (ISO 8601).
    public var description: String {
        let (year, month, day) = civil
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }

    /// `21 November 2026`, as Indonesian offices write it.
    public var indonesian: String {
        let months = [
            "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember",
        ]
        let (year, month, day) = civil
        return "\(day) \(months[month - 1]) \(year)"
    }

    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.number < rhs.number }
}

extension WallTime {
    /// `HH.MM`, as Indonesian offices write a time of day.
    public func clock(in zone: TimeZoneOfIndonesia) -> String {
        let seconds = milliseconds.flooredDivision(by: 1000) + zone.offset
        let ofDay = Int(seconds - seconds.flooredDivision(by: 86_400) * 86_400)
        return "\(padded(ofDay / 3600, 2)).\(padded(ofDay / 60 % 60, 2))"
    }

    /// Reads a time of day, `09:30` or `09.30`, on that day of the zone.
    public init?(_ day: ServiceDay, clock text: String, in zone: TimeZoneOfIndonesia) {
        let parts = text.split(omittingEmptySubsequences: false) { $0 == ":" || $0 == "." }
        let numbers = parts.compactMap { $0.utf8.count <= 2 ? Int64($0) : nil }
        guard parts.count == 2, numbers.count == 2, (0...23).contains(numbers[0]), (0...59).contains(numbers[1]) else { return nil }
        self.init(milliseconds: (Int64(day.number) * 86_400 + numbers[0] * 3600 + numbers[1] * 60 - zone.offset) * 1000)
    }
}

extension BinaryInteger {
    func flooredDivision(by divisor: Self) -> Self {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}

/// `value` in decimal, at least `width` digits.
func padded(_ value: Int, _ width: Int) -> String {
    let digits = String(value)
    guard digits.utf8.count < width else { return digits }
    return String(repeating: "0", count: width - digits.utf8.count) + digits
}

/// The same as with `+`, in one piece of memory.
func joined(_ first: String, _ separator: Unicode.Scalar, _ last: String) -> String {
    let (middle, end) = (first.utf8.count, first.utf8.count + 1 + last.utf8.count)
    return String(unsafeUninitializedCapacity: end) { text in
        _ = text.update(fromContentsOf: first.utf8)
        text[middle] = UInt8(ascii: separator)
        _ = text[(middle + 1)...].update(fromContentsOf: last.utf8)
        return end
    }
}
