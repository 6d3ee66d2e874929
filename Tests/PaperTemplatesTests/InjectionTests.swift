import PaperTemplates
import ReceiptMarkup
import SeededRandomness
import Testing

/// Whatever a value holds, it is text on the paper and nothing else.
@Suite struct InjectionTests {
    /// Pieces that mean something to ReceiptLine or Mustache, and some that do not.
    static let pieces = [
        "|", "\\", "\"", "_", "`", "^", "^^^", "~", "-", "--", "=", "{", "}", "{{", "}}", "{{{", "{{name}}", "{{>x}}", ";", ":", "\n",
        "\r\n", "\t",
        " ", "{code:1}", "{command:\\x1b@}", "{x:A}", "{image:AAAA}", "{width:1}", "; command:\\x1bp", "\\x1b", "\\n", "\\;", "\u{1B}@",
        "\u{85}",
        "\u{2028}", "\u{301}", "\u{202E}", "\u{0}", "a", "Zaenab", "é", "汉", "ꦲ", "👍🏽", "}\n=\n{", "|=|", "{comment:", "|{border:line}|",
    ]

    static func value(_ generator: inout SeededGenerator) -> String {
        (0..<Int.random(in: 1...6, using: &generator)).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
    }

    /// A receipt with every text of a column and every text in a property replaced, so that only its shape is left.
    static func shape(_ receipt: Receipt) -> [Receipt.Line] {
        receipt.lines.map { line in
            guard case .text(let columns) = line else {
                guard case .properties(let properties, let align) = line else { return line }
                let blank = properties.map { property -> Receipt.Property in
                    switch property {
                    case .code: .code("")
                    case .comment: .comment("")
                    default: property
                    }
                }
                return .properties(blank, align: align)
            }
            return .text(
                columns.map { column in
                    let spans = column.spans.map { Receipt.Span("", $0.decoration) }
                    return Receipt.Column(align: column.align, spans: spans.reduce(into: []) { if $0.last != $1 { $0.append($1) } })
                })
        }
    }

    static let source = """
        {{#list}}
        |{{a}} | {{b}}|
        {{/list}}
        {{a}}
        |"{{a}}" {{b}}
        a {{a}} b | {{b}} |c
        {{#group}}
        | x{{inner}}
        {{/group}}
        {{>part}}
        {option:qrcode,4,m; code:{{b}}; comment:{{a}} }
        {width:4,*}
        | {{a}}|{{b}} |
        =
        """

    static func receipt(_ a: String, _ b: String) throws -> Receipt {
        let template = try PaperTemplate(source, file: "t") { name in name == "part" ? ("^{{a}}^ {{b}}\n", "part") : nil }
        let fields: Fields = [
            "a": .text(a), "b": .text(b), "list": [["a": .text(a), "b": .text(b)], ["a": .text(b), "b": .text(a)]],
            "group": ["inner": .text(a)],
        ]
        return Receipt(parsing: try template.markup(fields), allowingDeviceCommands: true)
    }

    @Test func noValueChangesTheShapeOfAReceipt() throws {
        var (generator, seed) = SeededGenerator.announced("injection")
        let expected = Self.shape(try Self.receipt("x", "y"))
        for _ in 0..<3000 {
            // A value in front keeps columns from being empty, which would be another shape without any directive.
            let (a, b) = ("x" + Self.value(&generator) + "x", "y" + Self.value(&generator) + "y")
            let receipt = try Self.receipt(a, b)
            #expect(receipt.diagnostics == [], "\(a.debugDescription) \(b.debugDescription), seed \(seed)")
            #expect(Self.shape(receipt) == expected, "\(a.debugDescription) \(b.debugDescription), seed \(seed)")
        }
    }

    @Test func noValueAtAllBecomesADirective() throws {
        var (generator, seed) = SeededGenerator.announced("bare injection")
        let template = try PaperTemplate("{{a}}", file: "t")
        for _ in 0..<3000 {
            let value = Self.value(&generator)
            let receipt = Receipt(parsing: try template.markup(["a": .text(value)]), allowingDeviceCommands: true)
            #expect(receipt.diagnostics == [] && receipt.lines.count == 1, "\(value.debugDescription), seed \(seed)")
            guard case .text(let columns) = receipt.lines.first, columns.count == 1 else {
                Issue.record("\(value.debugDescription) became \(receipt.lines), seed \(seed)")
                continue
            }
            #expect(columns[0].spans.allSatisfy { $0.decoration == .plain }, "\(value.debugDescription), seed \(seed)")
        }
    }

    @Test func aCodeHoldsExactlyTheValue() throws {
        let template = try PaperTemplate("{code:{{a}}; option:qrcode}", file: "t")
        for value in ["https://x.example/?a=1;b=2&c={d}|\"e\"", "a:b;c", "\\x1b;command:x"] {
            let receipt = Receipt(parsing: try template.markup(["a": .text(value)]))
            #expect(receipt.lines.first.map { if case .properties(let all, _) = $0 { all.contains(.code(value)) } else { false } } == true)
        }
    }

    @Test(arguments: ["{option:qrcode; code:{{a}}}", "| {o:qrcode; c : {{a}} } |", "{code:x{{a}}y; comment:{{a}}; option:qrcode}"])
    func aCodeKeepsEveryCharacterOfAnyValue(_ source: String) throws {
        var (generator, seed) = SeededGenerator.announced("payload")
        let template = try PaperTemplate(source, file: "t")
        for _ in 0..<1000 {
            let value = Self.value(&generator)
            let receipt = Receipt(parsing: try template.markup(["a": .text(value)]), allowingDeviceCommands: true)
            let expected = source.contains("x{{a}}y") ? "x\(value)y" : value
            guard receipt.lines.count == 1, case .properties(let properties, _) = receipt.lines[0] else {
                Issue.record("\(value.debugDescription) became \(receipt.lines), seed \(seed)")
                continue
            }
            let codes = properties.compactMap { if case .code(let data) = $0 { Array(data.utf8) } else { nil } }
            #expect(codes == [Array(expected.utf8)], "\(value.debugDescription), seed \(seed)")
        }
    }

    /// A brace that only looks like the beginning of properties.
    @Test(arguments: ["a {code:{{a}} }", "{code:{{a}} }|b", "{{#on}}{code:{{/on}}{{a}}"]) func aCodeThatIsNoneIsText(_ source: String)
        throws
    {
        var (generator, seed) = SeededGenerator.announced("payload in text")
        let template = try PaperTemplate(source, file: "t")
        let expected = Self.shape(Receipt(parsing: try template.markup(["a": "x", "on": false]), allowingDeviceCommands: true))
        for _ in 0..<1000 {
            let value = "x" + Self.value(&generator) + "x"
            let receipt = Receipt(parsing: try template.markup(["a": .text(value), "on": false]), allowingDeviceCommands: true)
            #expect(Self.shape(receipt) == expected, "\(value.debugDescription), seed \(seed)")
        }
    }

    @Test(arguments: ["{{{a}}}", "{{&a}}"]) func whatIsInsertedRawMustBeBase64(_ tag: String) throws {
        let template = try PaperTemplate("{image:\(tag) }", file: "t")
        #expect(try template.markup(["a": "iVBORw0KGgo="]) == "{image:iVBORw0KGgo= }")
        for value in [
            "", "=", "====", "AAA", "AA=A", "AAAA}", "A|AA", "AAAA\n=\n", "AAAA;command:x", "Zaenab", "ÄAAA", "AA-_", "AAAA AAAA",
        ] {
            let error = #expect(throws: TemplateError.self) { try template.markup(["a": .text(value)]) }
            #expect(error?.code == .wrongKind, "\(value)")
        }
    }

    @Test(
        arguments: [
            "{ {{a}} }", "{{=<% %>=}}{<%a%>:x}", "{width:4; {{a}} }", "{c{{a}}:x}", "{command:{{a}} }", "{x:\\x1b{{a}} }",
            "{align:left;x:{{#a}}{{b}}{{/a}} }",
        ]) func aFieldThatWouldChooseTheDirectiveIsRefused(_ source: String)
    {
        let error = #expect(throws: TemplateError.self) { try PaperTemplate(source, file: "t") }
        #expect(error?.code == .badTag)
    }
}
