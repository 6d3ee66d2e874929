import ESCPOS
import ReceiptMarkup
import SeededRandomness
import Testing

@Suite struct CodePagePlanTests {
    static let pages: [CodePage: UInt8] = [.cp437: 0, .cp850: 2, .cp852: 18, .cp858: 19, .cp866: 17]

    static let printer = PrinterModel(
        id: "pages", name: "Pages", paperWidth: .mm80, dots: 576, columns: 48, codePages: pages, qr: .native, proof: .none,
        automaticStatus: false, bufferBytes: 4096, cutter: .none, feedBeforeCut: 0, image: .raster)

    static func commands(_ lines: [String]) throws -> [Command] {
        let rows = lines.map { Layout.Element.text(Layout.TextRow([Layout.Fragment(start: 0, text: $0)])) }
        return try ReceiptEncoder(model: printer, renderer: PatternRenderer()).commands(for: Layout(columns: 48, elements: rows))
    }

    /// The fewest pages for `text` by trying every way, page by page.
    static func fewest(_ text: String) -> Int {
        var costs: [CodePage: Int] = Dictionary(uniqueKeysWithValues: pages.keys.map { ($0, 1) })
        for character in text where character.asciiValue == nil {
            let cheapest = costs.values.min() ?? 0
            var next: [CodePage: Int] = [:]
            for page in pages.keys where page.byte(character) != nil { next[page] = min(costs[page] ?? .max, cheapest + 1) }
            costs = next
        }
        return costs.values.min() ?? 0
    }

    @Test func noTextTakesMoreSwitchesThanItMust() throws {
        var (random, seed) = SeededGenerator.announced("noTextTakesMoreSwitchesThanItMust")
        let alphabet = Array("a é ä ß ñ ø ü Ł ő ą € Ж д ─ ½ û")
        for round in 0..<300 {
            let lines = (0..<Int.random(in: 1...6, using: &random)).map { _ in
                String((0..<Int.random(in: 0...12, using: &random)).map { _ in alphabet.randomElement(using: &random)! })
            }
            let selected = try Self.commands(lines).count { if case .codePage = $0 { true } else { false } }
            #expect(selected == max(1, Self.fewest(lines.joined())), "round \(round) of seed \(seed): \(lines)")
        }
    }

    @Test func everyCharacterComesOutOfItsPage() throws {
        var page: CodePage?
        var text = ""
        let lines = ["Łódź €5 café", "Жизнь ½", "e\u{301}"]
        for command in try Self.commands(lines) {
            switch command {
            case .codePage(let number): page = Self.pages.first { $0.value == number }?.key
            case .text(let bytes): for byte in bytes { text.unicodeScalars.append(page?.character(byte) ?? "\u{FFFD}") }
            default: break
            }
        }
        #expect(text == lines.joined())
    }

    @Test func anUnbreakableSpaceIsASpaceAndASoftHyphenIsNothing() throws {
        #expect(try Self.commands(["5\u{A0}kg\u{AD}"]).contains(.text(Array("5 kg".utf8))))
    }
}
