import ReceiptMarkup
import Testing

@Suite struct ParsingTests {
    /// What every PNG begins with.
    static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    static func columns(_ markup: String) -> [Receipt.Column] {
        guard case .text(let columns)? = Receipt(parsing: markup).lines.first else { return [] }
        return columns
    }

    @Test(
        arguments: [
            ("x", [.center]), ("|x", [.left]), ("x|", [.right]), ("|x|", [.center]), ("| x", [.right]), ("x |", [.left]),
            ("| x |", [.center]), ("|x |", [.left]), ("| x|", [.right]), ("a|b", [.right, .left]), ("a |b", [.left, .left]),
            ("|a|b|", [.center, .center]), ("|a |b |", [.left, .left]), ("a | b | c", [.left, .center, .right]),
            ("a |b | c", [.left, .left, .right]), ("\tx\t|", [.left]), ("|", [.center]), ("||", [.center]), ("|||", [.center, .center]),
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
        #expect(receipt.diagnostics.map(\.column) == [2, 3, 5, 9, 13, 16])
    }

    @Test func propertiesAreReadWithTheirShortNames() {
        let png = "iVBORw0KGgo="
        let long = "{image:\(png); code:a\\;b; option:qrcode,5,q; align:right; width:10,*; border:line; text:nowrap; comment:c}"
        let short = "{i:\(png);c:a\\;b;o:Q qrcode 5;a:RIGHT;w:10 *;b:line;t:nowrap;_:c}"
        let expected: [Receipt.Property] = [
            .wrap(.nowrap), .border(.line), .width([.cells(10), .share]), .align(.right), .option(.qrCode(cell: 5, level: .q)),
            .image(Self.signature), .code("a;b"), .comment("c"),
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
        ("{", 1), ("a {b", 1), ("|x|a {b", 4), ("x\\", 2), ("{colour:red}", 2), ("{width:1,b}", 2), ("{image:*}", 2), ("{image:AAAA}", 2),
        ("{a:left}|b", 1), ("  {nothing}", 4), ("{option:qrcode,9}", 2), ("{border:3}", 2), ("{align:}", 2), ("{a:left;a:right}", 2),
        ("{text:maybe}", 2), ("{align:top}", 2), ("{width:4, 4}", 2), ("é\\q", 2), ("x\\x4", 2), ("x\ty", 2), ("{c:\\-}", 4),
        ("{o:ean;c:12}", 8), ("{o:ean;c:4901234567890}", 8), ("{o:itf;c:123}", 8), ("{o:code39;c:abc}", 11), ("{c:é}", 2),
    ])
    func whatIsIgnoredIsToldWithItsColumn(_ markup: String, _ column: Int) {
        let diagnostics = Receipt(parsing: "fine\n" + markup).diagnostics
        #expect(diagnostics.first.map { [$0.line, $0.column] } == [2, column])
        #expect(diagnostics.first?.message.hasPrefix("ignored") == true)
    }

    @Test func whatIsTooLongForAQRCodeIsLeftOut() {
        for (level, limit) in [("l", 2953), ("m", 2331), ("q", 1663), ("h", 1273)] {
            for (count, kept) in [(limit, true), (limit + 1, false)] {
                let receipt = Receipt(parsing: "{o:qrcode,\(level);c:" + String(repeating: "a", count: count) + "}")
                #expect(receipt.layout(columns: 32).elements.count == (kept ? 1 : 0), "\(count) bytes at level \(level)")
                #expect(receipt.diagnostics.count == (kept ? 0 : 1))
            }
        }
    }

    @Test(
        arguments: [
            ("", .code128, 2, 72, false), ("ean", .ean, 2, 72, false), ("JAN,hri", .ean, 2, 72, true),
            ("3 nw7 120", .codabar, 3, 120, false),
            ("240,4,upc,nohri", .upc, 4, 240, false), ("itf 5 23 241", .itf, 2, 72, false), ("code93 2 3", .code93, 2, 72, false),
        ] as [(String, Barcode.System, Int, Int, Bool)])
    func barCodeOptionsStandInAnyOrder(_ option: String, _ system: Barcode.System, _ narrow: Int, _ height: Int, _ hri: Bool) {
        let properties = Receipt(parsing: "{option:\(option)}").lines.first
        let expected = Receipt.CodeOption.barcode(system, narrow: narrow, height: height, showsText: hri)
        #expect(properties == .properties(option.isEmpty ? [] : [.option(expected)], align: .center))
    }

    /// Digits and check digits from the examples of the GS1 General Specifications and of ISO/IEC 15420.
    @Test(
        arguments: [
            ("ean", "4901234567894", "490123456789"), ("ean", "490123456789", "490123456789"), ("ean", "4901234567890", "490123456789"),
            ("jan", "49123456", "4912345"), ("ean", "4912345", "4912345"), ("upc", "012345678905", "01234567890"),
            ("upc", "01234567890", "01234567890"), ("upc", "0425261", "04210000526"), ("upc", "04252614", "04210000526"),
            ("upc", "1425261", nil),
            ("ean", "49012345678", nil), ("ean", "49012345678a", nil), ("itf", "1234", "1234"), ("itf", "123", nil),
            ("codabar", "a12:34b", "A12:34B"), ("nw7", "A12", nil), ("code39", "*AB-1*", "AB-1"), ("code39", "ab", nil),
            ("code93", "aZ\\x07", "aZ\u{7}"), ("code128", "Hello 1", "Hello 1"), ("code128", "漢", nil),
        ] as [(String, String, String?)])
    func aBarCodeHoldsWhatItsSystemCan(_ name: String, _ data: String, _ symbol: String?) {
        let elements = Receipt(parsing: "{option:\(name); code:\(data)}").layout(columns: 32).elements
        let codes = elements.compactMap { if case .barcode(let code, _) = $0 { code.data } else { nil } }
        #expect(codes == [symbol].compactMap(\.self))
    }

    @Test func aWrongCheckDigitIsToldWithTheRightOne() {
        #expect(
            Receipt(parsing: "{o:upc;c:04252613}").diagnostics.map(\.message) == ["ignored the wrong check digit of \"04252613\"; it is 4"])
    }

    @Test func aCombiningMarkDoesNotHideAPipe() {
        #expect(Self.columns("a|\u{301}b").count == 2)
    }

    @Test(
        arguments: [
            ("", []), ("AA==", [0]), ("AAE=", [0, 1]), ("AAE", [0, 1]), ("AAEC", [0, 1, 2]), ("A", nil), ("AA==A", nil), ("A*", nil),
        ]
            as [(String, [UInt8]?)])
    func picturesAreBase64(_ text: String, _ bytes: [UInt8]?) {
        // The signature in base64 ends in the middle of a group of four.
        let markup = text.isEmpty ? "{i:iVBORw0KGgo=}" : "{i:iVBORw0KGgoA\(text)}"
        let expected = bytes.map { text.isEmpty ? Self.signature : Self.signature + [0] + $0 }
        #expect(Receipt(parsing: markup).lines == [.properties(expected.map { [.image($0)] } ?? [], align: .center)])
    }

    @Test(arguments: ["{i:iVBORw0KGgo=}", " \t{ image: iVBORw0KGgo= } ", "{i:iVBORw0KGgo=;}", "{_:x;i:iVBORw0KGgo}"])
    func aPictureEndsWithItsLine(_ picture: String) {
        for end in ["\n", "\r\n", "\r"] {
            let receipt = Receipt(parsing: "-" + end + picture + end + "{" + end + "=")
            guard receipt.lines.count == 4, case .properties(let properties, .center) = receipt.lines[1] else {
                Issue.record("\(receipt.lines) is not a rule, a picture, a mistake and a cut")
                continue
            }
            #expect(properties.first == .image(Self.signature))
            #expect(receipt.lines[0] == .rule && receipt.lines[3] == .cut)
            #expect(receipt.diagnostics.map(\.line) == [3])
        }
        for beside in ["x\(picture)", "\(picture)|x"] { #expect(Receipt(parsing: beside).lines == [.ignored]) }
    }

    @Test func windowsLineEndsAreLineEnds() {
        let blank = Receipt.Line.text([.init(align: .center, spans: [])])
        for end in ["\n", "\r\n", "\r"] { #expect(Receipt(parsing: "\u{FEFF}-" + end + "=" + end).lines == [.rule, .cut, blank]) }
    }
}
