/// Numbers in Indonesian words, as receipts spell out an amount ("terbilang").
public enum Terbilang {
    /// The largest number it knows: a thousand million million.
    public static let largest = 1_000_000_000_000_000

    /// `number` in words, such as `seratus dua puluh satu ribu`; nil when it is negative or above ``largest``.
    public static func words(_ number: Int) -> String? {
        guard (0...largest).contains(number) else { return nil }
        return number == 0 ? "nol" : parts(number).joined(separator: " ")
    }

    private static let scales = [
        (largest, "kuadriliun"), (1_000_000_000_000, "triliun"), (1_000_000_000, "miliar"), (1_000_000, "juta"),
    ]
    private static let digits = ["satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"]

    /// The words of a number above 0; none for 0.
    private static func parts(_ number: Int) -> [String] {
        for (size, name) in scales where number >= size { return parts(number / size) + [name] + parts(number % size) }
        // One of these is not counted with “satu”: the word begins with “se-”.
        return switch number {
        case 2000...: parts(number / 1000) + ["ribu"] + parts(number % 1000)
        case 1000...: ["seribu"] + parts(number % 1000)
        case 200...: [digits[number / 100 - 1], "ratus"] + parts(number % 100)
        case 100...: ["seratus"] + parts(number % 100)
        case 20...: [digits[number / 10 - 1], "puluh"] + parts(number % 10)
        case 12...: [digits[number - 11], "belas"]
        case 11: ["sebelas"]
        case 10: ["sepuluh"]
        case 1...: [digits[number - 1]]
        default: []
        }
    }
}
