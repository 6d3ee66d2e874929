import ReceiptMarkup
import Testing

@Suite struct ParsingTests {
    static func columns(_ markup: String) -> [Receipt.Column] {
        guard case .text(let columns)? = Receipt(parsing: markup).lines.first else { return [] }
        return columns
    }

    @Test(
        arguments: [
            ("x", [.center]), ("|x", [.left]), ("x|", [.right]), ("|x|", [.center]), ("| x", [.center]), ("| x |", [.center]),
            ("|x |", [.left]), ("| x|", [.right]), ("a|b", [.right, .left]), ("a |b", [.center, .left]), ("|a|b|", [.center, .center]),
            ("|a |b |", [.left, .left]), ("a | b | c", [.center, .center, .center]),
        ] as [(String, [HorizontalAlignment])])
    func textLeansToThePipeItTouches(_ markup: String, _ expected: [HorizontalAlignment]) {
        #expect(Self.columns(markup).map(\.align) == expected)
    }

    @Test(arguments: ["-", "---", " - ", "|-|"]) func hyphensAloneAreARule(_ markup: String) {
        #expect(Receipt(parsing: markup).lines == [.rule])
    }

    @Test(arguments: ["=", "==="]) func equalsSignsAloneAreACut(_ markup: String) {
        #expect(Receipt(parsing: markup).lines == [.cut])
    }

    @Test(arguments: ["\\-", "-x", "-|-", "-=", "\\="]) func marksBesideOthersAreText(_ markup: String) {
        guard case .text? = Receipt(parsing: markup).lines.first else { return #expect(Bool(false), "\(markup) is not text") }
    }

    @Test(arguments: [
        (1, 2, 1), (2, 1, 2), (3, 2, 2), (4, 3, 3), (5, 4, 4), (6, 5, 5), (7, 6, 6), (9, 6, 6),
    ])
    func caretsMagnify(_ carets: Int, _ width: Int, _ height: Int) {
        let marks = String(repeating: "^", count: carets)
        let spans = Self.columns("a\(marks)b\(marks)c").flatMap(\.spans)
        #expect(spans == [.init("a"), .init("b", Decoration(width: width, height: height)), .init("c")])
    }

    @Test func togglesHoldUntilTheyAreRepeated() {
        #expect(
            Self.columns("a_b\"c_d`e\"").flatMap(\.spans) == [
                .init("a"), .init("b", Decoration(underline: true)), .init("c", Decoration(underline: true, bold: true)),
                .init("d", Decoration(bold: true)), .init("e", Decoration(bold: true, invert: true)),
            ])
    }

    @Test func everyEscapeIsItsCharacter() {
        #expect(Self.columns("\\\\\\|\\{\\}\\-\\=\\~\\_\\\"\\`\\^\\x41\\n.").flatMap(\.spans) == [.init("\\|{}-=~_\"`^A\n.")])
    }

    @Test func controlCharactersAndUnknownEscapesAreDropped() {
        let receipt = Receipt(parsing: "a\u{1B}\u{7}b\\x1b\\x07\\qc\u{202E}d")
        #expect(receipt.lines == [.text([.init(align: .center, spans: [.init("abcd")])])])
        #expect(receipt.diagnostics.map(\.column) == [13])
    }

    @Test func propertiesAreReadWithTheirShortNames() {
        let long = "{image:AAECAw==; code:a\\;b; option:qrcode,5,q; align:right; width:10,*; border:line; text:nowrap; comment:c}"
        let short = "{i:AAECAw==;c:a\\;b;o:qrcode 5 q;a:right;w:10 *;b:line;t:nowrap;_:c}"
        let expected: [Receipt.Property] = [
            .image([0, 1, 2, 3]), .code("a;b"), .option(.qrCode(cell: 5, level: .q)), .align(.right), .width([.cells(10), .share]),
            .border(.line), .wrap(false), .comment("c"),
        ]
        for markup in [long, short] { #expect(Receipt(parsing: markup).lines == [.properties(expected, align: .center)]) }
    }

    @Test func deviceCommandsNeedLeave() {
        let refused = Receipt(parsing: "{command:\\x1b@}")
        #expect(refused.lines == [.properties([], align: .center)])
        #expect(refused.diagnostics.map(\.line) == [1])
        let allowed = Receipt(parsing: "{x:\\x1b@\\n\\;}", allowingDeviceCommands: true)
        #expect(allowed.lines == [.properties([.command([0x1B, 0x40, 0x0A, 0x3B])], align: .center)])
        #expect(allowed.diagnostics.isEmpty)
    }

    @Test(arguments: [
        ("{", 1), ("a {b", 3), ("x\\", 2), ("{colour:red}", 2), ("{width:1,b}", 2), ("{image:*}", 2), ("{a:left}|b", 1), ("  {nothing}", 4),
        ("{option:qrcode,9}", 2), ("{border:3}", 2),
    ])
    func whatIsIgnoredIsToldWithItsColumn(_ markup: String, _ column: Int) {
        let diagnostics = Receipt(parsing: "fine\n" + markup).diagnostics
        #expect(diagnostics.first.map { [$0.line, $0.column] } == [2, column])
        #expect(diagnostics.first?.message.hasPrefix("ignored") == true)
    }

    @Test func aCombiningMarkDoesNotHideAPipe() {
        #expect(Self.columns("a|\u{301}b").count == 2)
    }

    @Test(
        arguments: [
            ("AA==", [0]), ("AAE=", [0, 1]), ("AAEC", [0, 1, 2]), ("/+8", [0xFF, 0xEF]), ("AAE", [0, 1]), ("A", nil), ("", nil),
            ("AA==A", nil), ("A*", nil),
        ] as [(String, [UInt8]?)])
    func picturesAreBase64(_ text: String, _ bytes: [UInt8]?) {
        #expect(Receipt(parsing: "{i:\(text)}").lines == [.properties(bytes.map { [.image($0)] } ?? [], align: .center)])
    }

    @Test func windowsLineEndsAreLineEnds() {
        #expect(Receipt(parsing: "-\r\n=\r\n").lines == [.rule, .cut])
    }
}
