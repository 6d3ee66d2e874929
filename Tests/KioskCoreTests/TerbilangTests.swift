import KioskCore
import SeededRandomness
import Testing

@Suite struct TerbilangTests {
    @Test(
        arguments: [
            (0, "nol"), (1, "satu"), (9, "sembilan"), (10, "sepuluh"), (11, "sebelas"), (12, "dua belas"), (19, "sembilan belas"),
            (20, "dua puluh"), (21, "dua puluh satu"), (99, "sembilan puluh sembilan"), (100, "seratus"), (111, "seratus sebelas"),
            (200, "dua ratus"), (999, "sembilan ratus sembilan puluh sembilan"), (1000, "seribu"), (1001, "seribu satu"),
            (1100, "seribu seratus"), (2000, "dua ribu"), (11_000, "sebelas ribu"), (100_000, "seratus ribu"),
            (101_000, "seratus satu ribu"), (1_000_000, "satu juta"), (1_361_000, "satu juta tiga ratus enam puluh satu ribu"),
            (1_000_000_000, "satu miliar"), (1_001_000_000_000, "satu triliun satu miliar"), (Terbilang.largest, "satu kuadriliun"),
        ]) func numbersAreSpelledAsPeopleSayThem(_ number: Int, _ words: String)
    {
        #expect(Terbilang.words(number) == words)
    }

    @Test(arguments: [-1, Int.min, Terbilang.largest + 1, Int.max]) func whatHasNoWordsIsRefused(_ number: Int) {
        #expect(Terbilang.words(number) == nil)
    }

    /// Reads words back by what each word means, another way than they were made.
    static func number(_ words: String) -> Int? {
        let values = [
            "nol": 0, "satu": 1, "dua": 2, "tiga": 3, "empat": 4, "lima": 5, "enam": 6, "tujuh": 7, "delapan": 8, "sembilan": 9,
            "sepuluh": 10, "sebelas": 11, "seratus": 100,
        ]
        let large = [
            "ribu": 1000, "juta": 1_000_000, "miliar": 1_000_000_000, "triliun": 1_000_000_000_000, "kuadriliun": Terbilang.largest,
        ]
        var total = 0
        var group = 0
        var digit = 0
        for word in words.split(separator: " ").map(String.init) {
            if let value = values[word] {
                if value < 10 { digit = value } else { group += value }
            } else if let scale = large[word] {
                total += (group + digit) * scale
                (group, digit) = (0, 0)
            } else {
                switch word {
                case "belas": group += digit + 10
                case "puluh": group += digit * 10
                case "ratus": group += digit * 100
                case "seribu": total += 1000
                default: return nil
                }
                digit = 0
            }
        }
        return total + group + digit
    }

    @Test func everyNumberCanBeReadBackAndNoneIsSaidTwice() throws {
        var (generator, seed) = SeededGenerator.announced("terbilang")
        var said: [String: Int] = [:]
        let numbers = Array(0...20_000) + (0..<5000).map { _ in Int.random(in: 0...Terbilang.largest, using: &generator) }
        for number in numbers {
            let words = try #require(Terbilang.words(number))
            #expect(Self.number(words) == number, "\(words), seed \(seed)")
            #expect(!words.contains("satu ratus") && !words.contains("satu puluh") && !words.contains("satu belas"), "\(words)")
            #expect(words != "satu ribu" && !words.hasPrefix("satu ribu "), "\(words)")
            #expect(said.updateValue(number, forKey: words).map { $0 == number } ?? true, "\(words)")
        }
    }
}
