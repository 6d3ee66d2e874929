import Conditions
import Foundation
import SiteBundle
import StrictYAML
import Testing

@Suite struct ConditionFileTests {
    static let file = root + "/Kiosk/conditions.yaml"

    @Test func theFileHasExactlyOneEntryForEachCode() throws {
        let catalogue = try ConditionFile.load(Self.file)
        let entries = try YAMLDocument(file: Self.file).read { root in
            root.required("conditions")?.mapping { keys in
                keys.all().map { entry in
                    _ = entry.value.mapping { _ = $0.all() }
                    return entry.name
                }
            }
        }
        #expect(entries.sorted() == ConditionCode.allCases.map(\.rawValue).sorted())
        #expect(catalogue.all.map(\.code) == ConditionCode.allCases)
    }

    @Test func wordsForCitizensHoldNoTechnicalWord() throws {
        for condition in try ConditionFile.load(Self.file).all {
            let words = condition.citizen.indonesian + " " + condition.citizen.english
            for word in ["CUPS", "jurnal", "journal", "soket", "socket", "error", "spooler", "offline", "luring"] {
                #expect(!words.localizedCaseInsensitiveContains(word), "\(condition.code.rawValue) says “\(word)”")
            }
        }
    }

    @Test func whatStopsAPrintHasSomebodyToEndIt() throws {
        for condition in try ConditionFile.load(Self.file).all where condition.severity == .error {
            #expect(condition.actor != .nobody, "\(condition.code.rawValue)")
        }
    }

    /// What is said about the file after one change, without places: they move when a condition is added.
    static func problems(replacing old: String, with new: String) throws -> [String] {
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let changed = text.replacing(old, with: new, maxReplacements: 1)
        try #require(changed != text)
        let error = try #require(throws: YAMLError.self) { _ = try ConditionFile.read(YAMLDocument(text: changed, name: "x")) }
        return error.problems.map { "\($0.reason); \($0.remedy)" }
    }

    @Test func aMissingAndAnUnknownCodeAreRefused() throws {
        #expect(
            try Self.problems(replacing: "\n  media-low:", with: "\n  media-few:") == [
                "the condition “media-low” has no entry; add “media-low:” with its words",
                "no program knows the condition “media-few”; correct or remove it",
            ])
    }

    @Test func aCodeGivenTwiceIsRefused() throws {
        #expect(
            try Self.problems(replacing: "\n  media-low:", with: "\n  media-empty:") == [
                "“media-empty” given more than once in one mapping; keep one of each"
            ])
    }

    @Test func severityAndActorAreFixedWords() throws {
        #expect(
            try Self.problems(replacing: "severity: error", with: "severity: fatal") == [
                "“severity” cannot be “fatal”; write one of “info”, “warning”, “error”"
            ])
        #expect(
            try Self.problems(replacing: "acts: technician", with: "acts: teknisi") == [
                "“acts” cannot be “teknisi”; write one of “citizen”, “technician”, “manager”, “nobody”"
            ])
    }

    @Test func bothLanguagesAreRequiredAndFitTheScreen() throws {
        #expect(
            try Self.problems(replacing: "en: \"The printer is out of paper.\"", with: "") == [
                "“technician” lacks the key “en”; add “en: …”"
            ])
        #expect(
            try Self.problems(replacing: "Kertas printer habis.", with: String(repeating: "a", count: 161)) == [
                "“id” has 161 characters; write 1 to 160 characters"
            ])
    }

    @Test func aCatalogueIsWholeOrNothing() throws {
        let all = try ConditionFile.load(Self.file).all
        #expect(ConditionCatalogue(all) != nil)
        #expect(ConditionCatalogue(Array(all.dropLast())) == nil)
        #expect(ConditionCatalogue(all.dropLast() + [all[0]]) == nil)
    }
}
