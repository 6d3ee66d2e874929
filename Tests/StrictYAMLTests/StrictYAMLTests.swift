import Foundation
import GoldenCases
import StrictYAML
import Testing

@Suite struct StrictYAMLTests {
    enum Kind: String, CaseIterable { case bank, bumn, pemda }

    struct Sample: Equatable {
        var name: String
        var kind: Kind
        var count: Int?
        var open: Bool?
        var items: [String]
    }

    static func read(_ document: YAMLDocument) throws(YAMLError) -> Sample {
        try document.read { root in
            let name = root.required("name")?.text(1...20)
            let kind = root.required("kind")?.oneOf(Kind.self)
            let count = root.optional("count")?.integer(in: 1...10)
            let open = root.optional("open")?.boolean()
            let items = root.optional("items")?.list(count: 0...3) { item in
                item.mapping { keys in
                    keys.required("id")?.parsed(remedy: "use small letters and digits") { text in
                        text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) } ? text : nil
                    }
                }
            }
            guard let name, let kind else { return nil }
            return Sample(name: name, kind: kind, count: count, open: open, items: items ?? [])
        }
    }

    @Test(arguments: GoldenCase.all("yaml"))
    func aWrongFileIsRefusedWithPlaceReasonAndRemedy(_ golden: GoldenCase) throws {
        let error = try #require(throws: YAMLError.self) {
            _ = try Self.read(YAMLDocument(file: golden.path("input.yaml")))
        }
        #expect(golden.difference(error.description) == nil)
    }

    @Test func aRightFileIsRead() throws {
        let text = """
            # A comment.
            name: "Loket 1: depan"  # quoted for its colon
            kind: bumn
            count: 3
            open: false
            items:
              - id: aa
              - {id: "12"}

            """
        let sample = Sample(name: "Loket 1: depan", kind: .bumn, count: 3, open: false, items: ["aa", "12"])
        #expect(try Self.read(YAMLDocument(text: text, name: "x")) == sample)
        let windows = text.replacingOccurrences(of: "\n", with: "\r\n")
        #expect(try Self.read(YAMLDocument(text: windows, name: "x")) == sample, "line ends of Windows are the author's business")
    }

    @Test func aKeyThatMayBeLeftOutIsNil() throws {
        let sample = try Self.read(YAMLDocument(text: "name: Lokét 🙂\nkind: bank", name: "x"))
        #expect(sample == Sample(name: "Lokét 🙂", kind: .bank, count: nil, open: nil, items: []))
    }

    @Test func columnsCountCharactersNotBytes() throws {
        let error = try #require(throws: YAMLError.self) {
            _ = try Self.read(YAMLDocument(text: "{name: é🙂, kind: toko}", name: "x"))
        }
        #expect(error.problems.map(\.place.column) == [18])
    }

    @Test func namesThatTheAuthorChoosesComeInTheirOrder() throws {
        let document = try YAMLDocument(text: "pku2018: b\naaa: c\n", name: "x")
        let pairs = try document.read { root in root.all().map { ($0.name, $0.value.text(), $0.key.line) } }
        #expect(pairs.map(\.0) == ["pku2018", "aaa"])
        #expect(pairs.map(\.1) == ["b", "c"])
        #expect(pairs.map(\.2) == [1, 2])
    }

    @Test func nestingThatWouldExhaustTheStackIsRefused() throws {
        for text in [String(repeating: "[", count: 200_000), String(repeating: "- ", count: 200_000)] {
            #expect(throws: YAMLError.self) { _ = try YAMLDocument(text: text, name: "x") }
        }
    }
}
