import Foundation
import ReceiptMarkup
import Testing

@Suite struct EscapingTests {
    /// Pieces that would do something if they reached the markup as they are.
    static let dangers = [
        "|", "||", "{", "}", "{command:\\x1b@}", "{image:AAAA}", "{x:", "-", "---", "=", "===", "~", "_", "\"", "`", "^", "^^^^^^^", "\\",
        "\\n", "\\x7c",
        "\\x0a", "\n", "\r\n", "\n=\n", "\u{85}", "\u{2028}", "\u{1B}@", "\u{0}", "\u{202E}", "\u{301}", "\u{200D}", ";", ":",
        "; align:right", "};{", " ", "\t",
        "a", "漢", "é", "😀", "<", "&", "'",
    ]

    static func text(of receipt: Receipt) -> String {
        receipt.lines.map { line in
            switch line {
            case .text(let columns): columns.flatMap(\.spans).map(\.text).joined()
            case .rule, .cut, .properties: "directive"
            }
        }.joined(separator: "\n")
    }

    /// What a reader may expect of a value: its characters without those that print nothing.
    static func visible(_ value: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in value.unicodeScalars {
            let isDirection = (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
            let isControl = [.control, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory)
            if scalar == "\n" || scalar == "\t" { scalars.append(" ") } else if !isControl && !isDirection { scalars.append(scalar) }
        }
        while scalars.first == " " { scalars.removeFirst() }
        while scalars.last == " " { scalars.removeLast() }
        return String(scalars)
    }

    @Test func noValueCanBeMoreThanText() {
        let given = ProcessInfo.processInfo.environment["ANJUNGAN_SEED"].flatMap { UInt64($0) }
        let seed = given ?? UInt64.random(in: 0...UInt64(UInt32.max))
        print("noValueCanBeMoreThanText: ANJUNGAN_SEED=\(seed)")
        var random = Random(state: seed)
        for round in 0..<4000 {
            let value = (0..<Int.random(in: 0...8, using: &random)).map { _ in Self.dangers.randomElement(using: &random)! }.joined()
            check(value, "round \(round) of seed \(seed): \(value.debugDescription)")
        }
        for value in Self.dangers { check(value, Comment(rawValue: value.debugDescription)) }
    }

    private func check(_ value: String, _ comment: Comment) {
        let escaped = ReceiptMarkup.escape(value)
        let visible = Array(Self.visible(value).unicodeScalars)

        let alone = Receipt(parsing: escaped)
        #expect(alone.diagnostics.isEmpty && alone.lines.count == 1, comment)
        #expect(Array(Self.text(of: alone).unicodeScalars) == visible, comment)

        // Between marks of the template: nothing moves to another column and no look changes.
        guard case .text(let columns)? = Receipt(parsing: "|\"\(escaped)\"|b |").lines.first else { return #expect(Bool(false), comment) }
        #expect(columns.count == 2 && columns.map(\.align) == [.center, .left], comment)
        #expect(columns[0].spans.allSatisfy { $0.decoration == Decoration(bold: true) }, comment)
        #expect(columns[1].spans == [.init("b")], comment)

        let property = Receipt(parsing: "{comment:\(escaped); align:left}")
        #expect(
            property.lines == [.properties([.comment(String(String.UnicodeScalarView(visible))), .align(.left)], align: .center)], comment)
        #expect(property.diagnostics.isEmpty, comment)
    }

    @Test func ordinaryNamesStayAsTheyAre() {
        #expect(ReceiptMarkup.escape("KTP el (rusak/hilang), Rp500") == "KTP el (rusak/hilang), Rp500")
        #expect(ReceiptMarkup.escape("  two\nlines\t ") == "two lines")
    }

    /// SplitMix64 (Steele, Lea, Flood 2014).
    struct Random: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
            return z ^ z >> 31
        }
    }
}
