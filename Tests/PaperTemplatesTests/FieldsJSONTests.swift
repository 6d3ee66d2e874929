import PaperTemplates
import Testing

@Suite struct FieldsJSONTests {
    static func read(_ json: String) throws(TemplateError) -> Fields { try FieldValue.fields(json: Array(json.utf8), file: "d.json") }

    @Test func everyKindOfValueIsRead() throws {
        let fields = try Self.read(#" {"a": "x", "b": [true, false, null], "c": {"d": 1.50}, "e": [], "f": {}, "g": -2e+3} "#)
        #expect(fields == ["a": "x", "b": [true, false, .absent], "c": ["d": "1.50"], "e": [], "f": [:], "g": "-2e+3"])
    }

    @Test func escapesAreRead() throws {
        #expect(try Self.read(#"{"a": "\"\\\/\b\f\n\r\t\u00e9\uD83D\uDC4D"}"#) == ["a": "\"\\/\u{8}\u{C}\n\r\té👍"])
    }

    @Test(
        arguments: [
            ("", 1, 1), ("[]", 1, 1), ("{", 1, 2), (#"{"a" 1}"#, 1, 6), ("{\n\"a\": x}", 2, 6), (#"{"a":1,}"#, 1, 8),
            (#"{"a":1 "b":2}"#, 1, 8),
            (#"{"a":1,"a":2}"#, 1, 11), (#"{"a":"x"#, 1, 8), (#"{"a":"\u12G4"}"#, 1, 9), (#"{"a":"\uD800x"}"#, 1, 13),
            ("{\"a\":\"\n\"}", 2, 1),
            ("{}x", 1, 3), (#"{"a":[1 2]}"#, 1, 9), (#"{"a":0x10}"#, 1, 6), (#"{"a":nan}"#, 1, 6),
        ]) func whatIsNoDataIsRefusedWithItsPlace(_ json: String, _ line: Int, _ column: Int)
    {
        let error = #expect(throws: TemplateError.self) { try Self.read(json) }
        #expect(error?.code == .badData && error?.place == TemplatePlace(file: "d.json", line: line, column: column), "\(json): \(error!)")
    }

    @Test func endlessNestingIsRefused() {
        let json = String(repeating: #"{"a":"#, count: 5000)
        #expect(throws: TemplateError.self) { try Self.read(json) }
    }
}

@Suite struct Base64Tests {
    @Test(arguments: [("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy")])
    func theVectorsOfRFC4648AreEncoded(_ text: String, _ base64: String) {
        #expect(Base64(bytes: Array(text.utf8))?.text == base64)
        #expect(Base64(base64)?.text == base64)
        #expect(Base64(bytes: []) == nil && Base64("") == nil)
    }
}
