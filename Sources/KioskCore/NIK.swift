public import Secrets

/// The rules of a Nomor Induk Kependudukan: PPKKCC DDMMYY SSSS, 16 digits without a check digit.
///
/// PPKKCC is the place of *first* registration and never changes, so it is not compared
/// with today's districts. DD is 01–31, and 41–71 for women. SSSS is never 0000.
public enum NIK {
    public static let length = 16

    /// Why a number cannot be a NIK; says where to look, not what was typed.
    public enum Problem: String, Hashable, Sendable, CaseIterable, Codable {
        /// Not 16 digits.
        case length
        /// Digits 7 to 12 are no date of birth.
        case date
        /// Digits 13 to 16 are 0000.
        case serial
    }

    /// The first problem of `digits` (ASCII), or nil for a possible NIK.
    public static func problem(in digits: Secret) -> Problem? {
        digits.withBytes { bytes in
            guard bytes.count == length, bytes.allSatisfy({ (0x30...0x39).contains($0) }) else { return .length }
            func pair(_ index: Int) -> Int { Int(bytes[index] - 0x30) * 10 + Int(bytes[index + 1] - 0x30) }
            let day = pair(6) > 40 ? pair(6) - 40 : pair(6)
            guard isDate(day: day, month: pair(8), yearOfCentury: pair(10)) else { return .date }
            return bytes[12...].allSatisfy { $0 == 0x30 } ? .serial : nil
        }
    }

    /// Whether the day existed in 19YY or 20YY. 29 February needs YY divisible by 4, 00 included because of 2000.
    private static func isDate(day: Int, month: Int, yearOfCentury: Int) -> Bool {
        let lengths = [31, yearOfCentury % 4 == 0 ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard (1...12).contains(month) else { return false }
        return (1...lengths[month - 1]).contains(day)
    }
}
