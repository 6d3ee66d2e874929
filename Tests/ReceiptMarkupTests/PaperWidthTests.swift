import ReceiptMarkup
import SeededRandomness
import Testing

/// Lines of narrow and wide characters as the specification puts them on paper, worked out here a second time: a wide character
/// takes two cells, text leans to the pipe it touches, and what is too long goes on in the next row.
@Suite struct PaperWidthTests {
    static let narrow = Array("abcdeXYZ0259.,")
    static let wide = Array("漢字仮名かなカナ한글영수증中文收據領収書")

    static func cells(_ text: some Sequence<Character>) -> Int { text.reduce(0) { $0 + (wide.contains($1) ? 2 : 1) } }

    /// Characters of both kinds, at most `limit` cells of them.
    static func text(_ limit: Int, _ random: inout SeededGenerator) -> [Character] {
        var text: [Character] = []
        let wanted = Int.random(in: 1...limit, using: &random)
        while true {
            guard let next = (Bool.random(using: &random) ? narrow : wide).randomElement(using: &random) else { return text }
            guard cells(text + [next]) <= wanted else { return text.isEmpty ? ["a"] : text }
            text.append(next)
        }
    }

    static func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }

    @Test(arguments: [48, 42, 32]) func textLeansToThePipeItTouches(_ columns: Int) {
        var (random, seed) = SeededGenerator.announced("textLeansToThePipeItTouches")
        for _ in 0..<1000 {
            let text = Self.text(columns, &random)
            let room = columns - Self.cells(text)
            let line = String(text)
            let expected = [
                "|\(line)": line, "\(line)|": Self.spaces(room) + line, "|\(line)|": Self.spaces((room + 1) / 2) + line,
                line: Self.spaces((room + 1) / 2) + line, "| \(line) |": Self.spaces((room + 1) / 2) + line,
            ]
            for (markup, expected) in expected {
                #expect(Receipt(parsing: markup).layout(columns: columns).plainText == expected, "\(markup), seed \(seed)")
            }
        }
    }

    @Test(arguments: [48, 42, 32]) func twoColumnsReachBothEdges(_ columns: Int) {
        var (random, seed) = SeededGenerator.announced("twoColumnsReachBothEdges")
        for _ in 0..<1000 {
            let half = (columns - 1) / 2
            let (left, right) = (Self.text(half, &random), Self.text(half, &random))
            let markup = "|\(String(left)) | \(String(right))|"
            let expected = String(left) + Self.spaces(columns - Self.cells(left) - Self.cells(right)) + String(right)
            #expect(Receipt(parsing: markup).layout(columns: columns).plainText == expected, "\(markup), seed \(seed)")
        }
    }

    @Test(arguments: [48, 42, 32]) func longTextGoesOnInTheNextRow(_ columns: Int) {
        var (random, seed) = SeededGenerator.announced("longTextGoesOnInTheNextRow")
        for _ in 0..<1000 {
            let text = Self.text(columns * 4, &random)
            var rows: [[Character]] = [[]]
            for character in text {
                if Self.cells(rows[rows.count - 1] + [character]) > columns { rows.append([]) }
                rows[rows.count - 1].append(character)
            }
            let expected = rows.map { String($0) }.joined(separator: "\n")
            #expect(Receipt(parsing: "|\(String(text))").layout(columns: columns).plainText == expected, "\(String(text)), seed \(seed)")
            let first = Receipt(parsing: "{text:nowrap}\n|\(String(text))").layout(columns: columns).plainText
            #expect(first == String(rows[0]), "\(String(text)), seed \(seed)")
        }
    }
}
