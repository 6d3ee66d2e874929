import ReceiptMarkup
import SeededRandomness
import Testing

/// What must hold for any markup on any paper, well-formed or not.
@Suite struct RandomMarkupTests {
    static let pieces = [
        "|", "||", " | ", "{", "}", "{width:", "w:*,4,0", "{b:line}", "{b:0}", "{a:right;t:nowrap}", "{t:words}", "{o:qrcode,8,h;c:",
        "{o:ean,hri}",
        "{c:490123456789}", "{i:iVBORw0KGgo=}", "{x:\\x1b@}", "{_:", ";", ":", ",", "-", "=", "\n-\n", "\n=\n", "\n", "\r\n", "\r", "~",
        "_", "\"",
        "`", "^", "^^^", "^^^^^^^", "\\", "\\n", "\\x", "\\x0", "\\xd8", "\\x00", "\\q", "\\|", " ", "\t", "a", "word", "0.99", "漢字", "ｶﾞ",
        "é",
        "e\u{301}", "👨‍👩‍👧", "🇮🇩", "👍🏽", "\u{200D}", "\u{301}", "\u{0}", "\u{7F}", "\u{85}", "\u{2028}", "\u{202E}", "\u{FEFF}", "สำ", "ᄒ", "ᅡ",
        "ᆫ",
        "99999999999999999999999999", "-1", "0", "*",
    ]

    static func markup(_ random: inout SeededGenerator) -> String {
        (0..<Int.random(in: 0...40, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
    }

    @Test func anyMarkupFitsAnyPaper() throws {
        var (random, seed) = SeededGenerator.announced("anyMarkupFitsAnyPaper")
        for _ in 0..<4000 {
            let markup = Self.markup(&random)
            let columns = [48, 42, 32, Int.random(in: 1...60, using: &random), 1].randomElement(using: &random) ?? 48
            let comment = Comment(rawValue: "seed \(seed), \(columns) columns: \(markup.debugDescription)")
            let receipt = Receipt(parsing: markup, allowingDeviceCommands: Bool.random(using: &random))
            let layout = receipt.layout(columns: columns)
            for element in layout.elements {
                guard case .text(let row) = element else { continue }
                var end = 0
                for fragment in row.fragments {
                    #expect(fragment.start >= end, comment)
                    end = fragment.start + fragment.width
                }
                #expect(max(end, row.extent) <= columns, comment)
            }
            let rows = layout.elements.count { if case .text = $0 { true } else { false } }
            let text = layout.plainText
            #expect(text.utf8.count { $0 == 0x0A } == max(0, rows - 1) && !text.unicodeScalars.contains("\u{1B}"), comment)
            #expect(receipt.diagnostics.allSatisfy { $0.line >= 1 && $0.column >= 1 && $0.message.hasPrefix("ignored") }, comment)
            let svg = try layout.svg(renderer: Checkered())
            #expect(Self.isWellFormed(svg), comment)
        }
    }

    @Test func markupThatIsNotUTF8IsReadWithReplacements() {
        let bytes: [UInt8] = [0xFF, 0x7C, 0xC3, 0x7C, 0xE2, 0x82, 0x0A, 0xED, 0xA0, 0x80, 0x5C]
        #expect(Receipt(parsing: String(decoding: bytes, as: UTF8.self)).layout(columns: 32).plainText.utf8.count { $0 == 0x0A } == 1)
    }

    /// Each would take minutes if the time grew with the square of the length.
    @Test(arguments: [
        ("a漢 ", ""), ("|", ""), ("a|", "{width:1,2,3}\n"), ("\\q", ""), ("_^", ""), ("a\n", "{border:line}\n"), ("a ", "{text:words}\n"),
        ("漢", "{text:nowrap}\n"), ("x", "{text:words}\n^^^^^^^"), ("\u{301}", "a"), ("{", ""), ("{_:x;", ""), ("9,", "{width:"),
    ])
    func longMarkupTakesTimeInProportion(_ piece: String, _ start: String) {
        let layout = Receipt(parsing: start + String(repeating: piece, count: 20_000)).layout(columns: 32)
        #expect(layout.plainText.utf8.count < 1_000_000)
    }

    /// Tags are closed in order, and no `<` or `&` stands where it is not markup.
    static func isWellFormed(_ svg: String) -> Bool {
        // ASCII only, so that a mark after a tag does not hide its end.
        let svg = String(decoding: svg.utf8.map { $0 < 0x80 ? $0 : UInt8(ascii: "x") }, as: UTF8.self)
        var open: [Substring] = []
        for part in svg.split(separator: "<", omittingEmptySubsequences: false).dropFirst() {
            guard let end = part.firstIndex(of: ">") else { return false }
            let tag = part[..<end]
            if tag.hasPrefix("/") {
                guard open.popLast() == tag.dropFirst() else { return false }
            } else if !tag.hasSuffix("/") {
                open.append(tag.prefix { $0 != " " })
            }
            let entities = part.split(separator: "&", omittingEmptySubsequences: false).dropFirst()
            guard entities.allSatisfy({ $0.hasPrefix("amp;") || $0.hasPrefix("lt;") || $0.hasPrefix("gt;") }) else { return false }
        }
        return open.isEmpty
    }

    @Test func textCannotBreakOutOfTheDrawing() throws {
        let text = "</svg><script>alert(1)</script> & \" ' ]]>"
        let svg = try Receipt(parsing: ReceiptMarkup.escape(text)).layout(columns: 48).svg(renderer: Checkered())
        #expect(Self.isWellFormed(svg) && !svg.contains("<script"))
    }
}
