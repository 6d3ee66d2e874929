import ReceiptMarkup
import SeededRandomness
import Testing

/// Whatever a citizen's name or complaint holds, in a template it is text and nothing else.
@Suite struct EscapingTests {
    /// Pieces that would do something if they reached the markup as they are.
    static let dangers = [
        "|", "||", "{", "}", "{command:\\x1b@}", "{image:AAAA}", "{x:", "-", "---", "=", "===", "~", "_", "\"", "`", "^", "^^^^^^^", "\\",
        "\\n", "\\x7c", "\\x0a", "\n", "\r\n", "\n=\n", "\u{85}", "\u{2028}", "\u{1B}@", "\u{0}", "\u{202E}", "\u{2066}", "\u{301}",
        "\u{200D}",
        ";", ":", "; align:right", "};{", " ", "\t", "a", "漢", "é", "😀", "<", "&", "'", "x", "n", "4", "\u{1FEF}", "\u{37E}", "\u{FEFF}",
        "กำ", "ｶﾞ",
    ]

    static func value(_ random: inout SeededGenerator) -> String {
        (0..<Int.random(in: 0...8, using: &random)).map { _ in
            if Bool.random(using: &random), let scalar = Unicode.Scalar(UInt32.random(in: 0...0x2FF, using: &random)) {
                String(scalar)
            } else {
                dangers.randomElement(using: &random) ?? ""
            }
        }.joined()
    }

    /// What a reader may expect of a value: its characters without those that print nothing.
    static func visible(_ value: String) -> [Unicode.Scalar] {
        var scalars: [Unicode.Scalar] = []
        for scalar in value.unicodeScalars {
            let isDirection = (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value) || scalar == "\u{FEFF}"
            let isControl = [.control, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory)
            if scalar == "\n" || scalar == "\t" { scalars.append(" ") } else if !isControl && !isDirection { scalars.append(scalar) }
        }
        while scalars.first == " " { scalars.removeFirst() }
        while scalars.last == " " { scalars.removeLast() }
        return scalars
    }

    @Test func noValueCanBeMoreThanText() {
        var (random, seed) = SeededGenerator.announced("noValueCanBeMoreThanText")
        for value in Self.dangers + (0..<4000).map({ _ in Self.value(&random) }) {
            check(value, "seed \(seed): \(value.debugDescription)")
        }
    }

    private func check(_ value: String, _ comment: Comment) {
        let escaped = ReceiptMarkup.escape(value)
        let visible = Self.visible(value)
        let text = String(String.UnicodeScalarView(visible))
        let spans = visible.isEmpty ? [] : [Receipt.Span(text)]

        let alone = Receipt(parsing: escaped)
        #expect(alone.diagnostics.isEmpty && alone.lines == [.text([.init(align: .center, spans: spans)])], comment)

        // Between marks of the template: nothing moves to another column and no look changes.
        let bold = visible.isEmpty ? [] : [Receipt.Span(text, Decoration(bold: true))]
        let row = Receipt(parsing: "|\"\(escaped)\"|b |")
        #expect(row.lines == [.text([.init(align: .center, spans: bold), .init(align: .left, spans: [.init("b")])])], comment)

        // As the value of a property, the one after it untouched.
        let property = Receipt(parsing: "{align:left; comment:\(escaped); width:3}")
        let comments = visible.isEmpty ? [] : [Receipt.Property.comment(text)]
        #expect(property.lines == [.properties([.width([.cells(3)]), .align(.left)] + comments, align: .center)], comment)
        #expect(property.diagnostics.isEmpty == !visible.isEmpty, comment)

        // On paper: the neighbours stay, and between them stands the value.
        let line = Array(Receipt(parsing: "|<\(escaped)>").layout(columns: 400).plainText.unicodeScalars)
        #expect(line.first == "<" && line.last == ">" && !line.contains("\n"), comment)
    }

    @Test func aPayloadComesOutOfTheQRCodeExactly() {
        var (random, seed) = SeededGenerator.announced("aPayloadComesOutOfTheQRCodeExactly")
        for value in Self.dangers + (0..<4000).map({ _ in Self.value(&random) }) where !value.isEmpty {
            let comment = Comment(rawValue: "seed \(seed): \(value.debugDescription)")
            let receipt = Receipt(parsing: "{option:qrcode,3,l; code:\(escapePayload(value)); align:left}\nb")
            guard receipt.lines.count == 2, receipt.diagnostics.isEmpty, case .properties(let properties, _) = receipt.lines[0] else {
                Issue.record(comment)
                continue
            }
            #expect(properties.count == 3, comment)
            let data = receipt.layout(columns: 32).elements.compactMap { if case .qrCode(let data, _, _, _) = $0 { data } else { nil } }
            #expect(data == [Array(value.utf8)], comment)

            // What escape leaves of a value, it leaves in a code too.
            let text = Self.visible(value)
            let plain = Receipt(parsing: "{option:qrcode,3,l; code:\(ReceiptMarkup.escape(value))}").layout(columns: 32).elements
            let kept = plain.compactMap { if case .qrCode(let data, _, _, _) = $0 { data } else { nil } }
            #expect(kept == (text.isEmpty ? [] : [Array(String(String.UnicodeScalarView(text)).utf8)]), comment)
        }
    }

    @Test func ordinaryNamesStayAsTheyAre() {
        #expect(ReceiptMarkup.escape("KTP-el (rusak/hilang), Rp500 = 1") == "KTP-el (rusak/hilang), Rp500 = 1")
        #expect(ReceiptMarkup.escape("  two\nlines\t ") == "two lines")
        #expect(escapePayload("https://example.go.id/a?b=1&c=_2") == "https://example.go.id/a?b=1&c=_2")
    }
}
