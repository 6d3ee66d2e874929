import Mustache
import PaperTemplates
import SeededRandomness
import Testing

/// swift-mustache judges: what both know, both fill alike.
@Suite struct MustachePeerTests {
    static let names = ["a", "b", "g", "list", "on", "off", "none"]

    /// Random templates of tags that both know. Values need no escaping, so that escaping cannot differ.
    static func template(_ generator: inout SeededGenerator, depth: Int = 0) -> String {
        (0..<Int.random(in: 1...5, using: &generator)).map { _ in
            switch Int.random(in: 0..<9, using: &generator) {
            case 0: "{{a}}"
            case 1: "{{ g.x }}"
            case 2: "{{!c}}"
            case 3: "\n"
            case 4: "\n{{! alone }}\n"
            case 5 where depth < 3: section("#", &generator, depth)
            case 6 where depth < 3: section("^", &generator, depth)
            case 7 where depth < 3: section("#", &generator, depth, newLines: true)
            // No spaces at the ends of lines, of which the library loses some, and no lone braces, which it takes for tags.
            default: ["t", "u v", "\n"].randomElement(using: &generator) ?? ""
            }
        }.joined()
    }

    static func section(_ mark: String, _ generator: inout SeededGenerator, _ depth: Int, newLines: Bool = false) -> String {
        let name = names.randomElement(using: &generator) ?? ""
        let inner = template(&generator, depth: depth + 1)
        return newLines ? "\n{{\(mark)\(name)}}\n\(inner)\n{{/\(name)}}\n" : "{{\(mark)\(name)}}\(inner){{/\(name)}}"
    }

    @Test func templatesAreFilledAsTheLibraryFillsThem() throws {
        var (generator, seed) = SeededGenerator.announced("mustache")
        let ours: Fields = [
            "a": "A", "b": "B", "g": ["x": "X"], "list": [["a": "1"], ["a": "2"]], "on": true, "off": false, "none": [],
        ]
        let theirs: [String: any Sendable] = [
            "a": "A", "b": "B", "g": ["x": "X"], "list": [["a": "1"], ["a": "2"]], "on": true, "off": false, "none": [String](),
        ]
        for _ in 0..<300 {
            let source = Self.template(&generator)
            let expected = try MustacheTemplate(string: source).render(theirs)
            // Not the line ends: the library takes a blank line away behind a comment. `FillingTests` knows what the specification says.
            #expect(
                try PaperTemplate(source, file: "t").markup(ours).filter { !$0.isNewline } == expected.filter { !$0.isNewline },
                "\(source.debugDescription), seed \(seed)")
        }
    }
}
