import PaperTemplates
import ReceiptMarkup
import Testing

/// What a template with fields in it becomes.
@Suite struct FillingTests {
    static func fill(_ source: String, _ fields: Fields, partials: [String: String] = [:]) throws(TemplateError) -> String {
        let template = try PaperTemplate(source, file: "t.receipt") { name in partials[name].map { ($0, "\(name).receipt") } }
        return try template.markup(fields)
    }

    @Test func aValueStandsWhereItsTagStood() throws {
        #expect(try Self.fill("A {{ name }} B {{group.name}}", ["name": "x", "group": ["name": "y"]]) == "A x B y")
    }

    @Test func aValueIsEscapedForTheMarkup() throws {
        let value = "a|b\"c\n="
        #expect(try Self.fill("{{name}}", ["name": .text(value)]) == ReceiptMarkup.escape(value))
        #expect(ReceiptMarkup.escape(value) != value)
    }

    @Test func aSectionIsThereOrNotOrRepeated() throws {
        #expect(try Self.fill("{{#on}}a{{/on}}{{^on}}b{{/on}}", ["on": true]) == "a")
        for value: FieldValue in [false, .absent, "", []] {
            #expect(try Self.fill("{{#on}}a{{/on}}{{^on}}b{{/on}}", ["on": value]) == "b")
        }
        #expect(try Self.fill("{{#on}}a{{/on}}{{^on}}b{{/on}}", [:]) == "b")
        #expect(try Self.fill("{{#items}}[{{.}}]{{/items}}", ["items": ["1", "2"]]) == "[1][2]")
        #expect(try Self.fill("{{#items}}{{n}}{{unit}} {{/items}}", ["items": [["n": "1"], ["n": "2"]], "unit": "m"]) == "1m 2m ")
    }

    @Test func aTagThatPrintsNothingTakesItsLineAway() throws {
        #expect(try Self.fill("a\n{{#on}}\nb\n  {{/on}}  \nc\n{{! gone }}\n", ["on": true]) == "a\nb\nc\n")
        #expect(try Self.fill("a\r\n{{#on}}\r\nb\r\n{{/on}}\r\nc", ["on": true]) == "a\r\nb\r\nc")
        #expect(try Self.fill("a {{#on}}b{{/on}} c", ["on": false]) == "a  c")
    }

    @Test func delimitersCanBeChanged() throws {
        #expect(try Self.fill("{{=<% %>=}}<% a %> {{a}}<%={{ }}=%>{{a}}", ["a": "x"]) == "x {{a}}x")
    }

    @Test func aPartialIsPutInWithItsIndentation() throws {
        let partials = ["head": "{{a}}\nb\n"]
        #expect(try Self.fill("1\n  {{>head}}\n2", ["a": "x"], partials: partials) == "1\n  x\n  b\n2")
        #expect(try Self.fill("1{{>head}}2", ["a": "x"], partials: partials) == "1x\nb\n2")
    }

    @Test func aMissingFieldIsNamedWithFileAndLine() {
        let error = #expect(throws: TemplateError.self) { try Self.fill("a\n b {{name}}", ["other": "x"]) }
        #expect(error?.code == .missingField)
        #expect(error?.description.hasPrefix("t.receipt:2:4: ") == true && error?.detail.contains("“name”") == true)
    }

    @Test func aMissingFieldOfAPartialIsNamedWithThePartialsFile() {
        let error = #expect(throws: TemplateError.self) { try Self.fill("{{>head}}", [:], partials: ["head": "\n{{a.b}}"]) }
        #expect(error?.place == TemplatePlace(file: "head.receipt", line: 2, column: 1))
    }

    @Test(arguments: [true, ["a"], ["a": "b"]] as [FieldValue]) func onlyTextIsPrinted(_ value: FieldValue) {
        let error = #expect(throws: TemplateError.self) { try Self.fill("{{a}}", ["a": value]) }
        #expect(error?.code == .wrongKind)
    }

    @Test func nullIsEmptyOnPurpose() throws {
        #expect(try Self.fill("[{{a}}]", ["a": .absent]) == "[]")
    }

    @Test(
        arguments: [
            "{{a", "{{#a}}", "{{/a}}", "{{#a}}{{/b}}", "{{a b}}", "{{}}", "{{a..b}}", "{{{a}}", "{{<a}}{{/a}}", "{{$a}}{{/a}}", "{{% X}}",
            "{{=a}}",
            "{{=a b c=}}",
        ]) func aTagThatCannotBeMeantIsRefused(_ source: String)
    {
        let error = #expect(throws: TemplateError.self) { try PaperTemplate(source, file: "t") }
        #expect(error?.code == .badTag)
    }

    @Test func aPartialThatIsMissingOrIncludesItselfIsRefused() {
        for (source, partials) in [("{{>a}}", [:]), ("{{>a}}", ["a": "{{>b}}", "b": "{{>a}}"])] as [(String, [String: String])] {
            let error = #expect(throws: TemplateError.self) { try Self.fill(source, [:], partials: partials) }
            #expect(error?.code == .badPartial)
        }
    }

    @Test(arguments: ["../a", "/etc/a", "a.b", "A", "a b", ""]) func aPartialsNameIsNoPath(_ name: String) {
        let error = #expect(throws: TemplateError.self) { try Self.fill("{{>\(name)}}", [:], partials: [name: "x"]) }
        #expect(error?.code == .badPartial)
    }

    @Test func linesCanBeTracedBackToTheTemplate() throws {
        let template = try PaperTemplate("a\n{{#items}}\n{{.}}\n{{/items}}\nb {{c}}\n", file: "t")
        let (markup, lines) = try template.traced(["items": ["1", "2"], "c": "x"])
        #expect(markup == "a\n1\n2\nb x\n")
        #expect(lines.map(\.line) == [1, 3, 3, 5])
    }
}
