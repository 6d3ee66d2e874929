import ESCPOS
import Testing

@Suite struct CodePageTests {
    /// Some characters by the public tables of IBM, Microsoft and ISO.
    @Test(
        arguments: [
            (CodePage.cp437, "é", 0x82), (.cp437, "─", 0xC4), (.cp437, "│", 0xB3), (.cp437, "ß", 0xE1), (.cp850, "Ø", 0x9D),
            (.cp850, "ı", 0xD5),
            (.cp858, "€", 0xD5), (.cp852, "Ł", 0x9D), (.cp866, "Я", 0x9F), (.cp866, "ё", 0xF1), (.windows1252, "€", 0x80),
            (.windows1252, "ÿ", 0xFF), (.latin9, "€", 0xA4), (.latin9, "Ž", 0xB4),
        ] as [(CodePage, Character, UInt8)])
    func charactersHaveTheirPublishedBytes(_ page: CodePage, _ character: Character, _ byte: UInt8) {
        #expect(page.byte(character) == byte)
    }

    @Test(arguments: CodePage.allCases) func everyByteThatIsACharacterComesBack(_ page: CodePage) {
        let bytes = Array(UInt8(0x20)...0x7E) + Array(UInt8(0x80)...0xFF)
        for byte in bytes {
            guard let character = page.character(byte) else { continue }
            #expect(page.byte(character) == byte, "\(byte) is \(character)")
        }
        #expect(bytes.count { page.character($0) != nil } >= 190)
    }

    @Test func aCharacterWithCombiningMarksIsFound() {
        #expect(CodePage.cp437.byte("e\u{301}" as Character) == 0x82)
    }

    @Test(arguments: CodePage.allCases) func whatAPageLacksIsNotFound(_ page: CodePage) {
        for character in ["漢", "\u{FFFD}", "\n", "\u{7F}", "👍"] as [Character] { #expect(page.byte(character) == nil) }
    }
}
