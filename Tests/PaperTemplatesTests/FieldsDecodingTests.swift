import Foundation
import PaperTemplates
import Testing

@Suite struct FieldsDecodingTests {
    static func read(_ json: String) throws -> Fields { try JSONDecoder().decode(Fields.self, from: Data(json.utf8)) }

    @Test func everyKindOfValueIsRead() throws {
        let fields = try Self.read(#" {"a": "x", "b": [true, false, null], "c": {"d": "1.50"}, "e": [], "f": {}, "": {"1": [[]]}} "#)
        #expect(fields == ["a": "x", "b": [true, false, .absent], "c": ["d": "1.50"], "e": [], "f": [:], "": ["1": [[]]]])
    }

    @Test(
        arguments: [
            ("0", "0"), ("1", "1"), ("-12", "-12"), ("9007199254740993", "9007199254740993"),
            ("9223372036854775807", "9223372036854775807"),
            ("18446744073709551615", "18446744073709551615"), ("0.1", "0.1"), ("-2.75", "-2.75"), ("1361000.5", "1361000.5"),
        ]) func aNumberIsPrintedAsItIsWritten(_ number: String, _ text: String) throws
    {
        #expect(try Self.read("{\"a\": \(number)}") == ["a": .text(text)])
    }

    @Test func aTextThatLooksLikeANumberOrATruthIsAText() throws {
        #expect(try Self.read(#"{"a": "1", "b": "true", "c": "null"}"#) == ["a": "1", "b": "true", "c": "null"])
    }

    @Test func escapesAreRead() throws {
        #expect(try Self.read(#"{"a": "\"\\\/\b\f\n\r\t\u00e9\uD83D\uDC4D"}"#) == ["a": "\"\\/\u{8}\u{C}\n\r\té👍"])
    }

    @Test(arguments: ["[]", "1", "null", "", "{", #"{"a":nan}"#, #"{"a":1e999}"#]) func whatIsNoObjectIsRefused(_ json: String) {
        #expect(throws: DecodingError.self) { try Self.read(json) }
    }

    @Test func endlessNestingIsRefused() {
        #expect(throws: DecodingError.self) { try Self.read(String(repeating: #"{"a":"#, count: 5000)) }
    }
}
