import ESCPOS
import Foundation
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

    /// One character of each page that its neighbours lack, by the mapping files of unicode.org, RFC 1345 (katakana of
    /// JIS X 0201) and the charmaps of the GNU C library (772, 774, 851).
    @Test(
        arguments: [
            (CodePage.cp720, 0x9C, "£"), (.cp720, 0x98, "\u{621}"), (.cp737, 0x80, "Α"), (.cp737, 0xE0, "ω"), (.cp772, 0x80, "А"),
            (.cp774, 0xB5, "Ą"), (.cp775, 0x80, "Ć"), (.cp851, 0xA4, "Α"), (.cp855, 0x80, "ђ"), (.cp857, 0x98, "İ"), (.cp857, 0x8D, "ı"),
            (.cp860, 0x84, "ã"), (.cp861, 0x8B, "Ð"), (.cp862, 0x80, "\u{5D0}"), (.cp863, 0x84, "Â"), (.cp864, 0xC1, "\u{FE80}"),
            (.cp865, 0xAF, "¤"), (.cp869, 0x86, "Ά"), (.cp874, 0xA1, "\u{E01}"), (.cp874, 0xDF, "\u{E3F}"), (.cp1125, 0xF2, "Ґ"),
            (.windows1250, 0x8A, "Š"), (.windows1250, 0xA3, "Ł"), (.windows1251, 0x80, "Ђ"), (.windows1253, 0xC1, "Α"),
            (.windows1254, 0xD0, "Ğ"), (.windows1255, 0xE0, "\u{5D0}"), (.windows1256, 0x81, "\u{67E}"), (.windows1257, 0xC0, "Ą"),
            (.windows1258, 0xFE, "₫"), (.rk1048, 0x8D, "Қ"), (.latin1, 0xA4, "¤"), (.latin2, 0xA1, "Ą"), (.latin3, 0xA1, "Ħ"),
            (.latin4, 0xA2, "ĸ"), (.isoCyrillic, 0xA1, "Ё"), (.isoArabic, 0xC1, "\u{621}"), (.isoGreek, 0xC1, "Α"),
            (.isoHebrew, 0xE0, "\u{5D0}"), (.latin5, 0xDD, "İ"), (.katakana, 0xA1, "｡"), (.katakana, 0xB1, "ｱ"),
        ] as [(CodePage, UInt8, Unicode.Scalar)])
    func bytesAreTheirPublishedCharacters(_ page: CodePage, _ byte: UInt8, _ character: Unicode.Scalar) {
        #expect(page.character(byte) == character)
    }

    @Test(arguments: CodePage.allCases) func everyByteThatIsACharacterComesBackUnlessItMustBeDrawn(_ page: CodePage) {
        let bytes = Array(UInt8(0x20)...0x7E) + Array(UInt8(0x80)...0xFF)
        for byte in bytes {
            guard let character = page.character(byte), let back = page.byte(character) else { continue }
            #expect(page.character(back) == character, "\(byte) is \(character)")
        }
        let known = bytes.filter { page.character($0) != nil }
        let written = known.count { page.byte(page.character($0) ?? "\u{0}") != nil }
        #expect(known.count >= 95 + 45)
        #expect(written == known.count || page.holdsScriptsToBeDrawn)
        #expect(written < known.count || !page.holdsScriptsToBeDrawn)
    }

    /// The C library converts the same encodings from tables of its own. What it lacks (720 everywhere, many where its optional
    /// tables are not installed) is left to the characters above.
    @Test(arguments: CodePage.allCases) func theCLibraryReadsEveryByteTheSame(_ page: CodePage) throws {
        guard let judge = Iconv(page) else {
            #expect(page != .latin1, "every C library has ISO 8859-1")
            return
        }
        for byte in UInt8(0x80)...0xFF {
            let heard = judge.character(byte).flatMap { (0x80...0x9F).contains($0.value) ? nil : $0 }
            if page == .katakana, !(0xA1...0xDF).contains(byte) { continue }
            #expect(page.character(byte) == heard, "\(page.rawValue) at \(byte)")
        }
    }

    @Test func lettersThatAPrinterWouldSetWronglyAreNotWrittenByAnyPage() {
        for page in CodePage.allCases {
            for scalar in ["\u{5D0}", "\u{627}", "\u{FE8D}", "\u{E01}", "\u{301}", "\u{200F}"] as [Unicode.Scalar] {
                #expect(page.byte(scalar) == nil, "\(page) writes \(scalar.value)")
            }
        }
        #expect(CodePage.cp874.byte("\u{E3F}" as Unicode.Scalar) == 0xDF, "the sign of the baht stands in a cell of its own")
        #expect(CodePage.windows1256.byte("é" as Character) == 0xE9)
    }

    @Test func aCharacterWithCombiningMarksIsFound() {
        #expect(CodePage.cp437.byte("e\u{301}" as Character) == 0x82)
    }

    @Test(arguments: CodePage.allCases) func whatAPageLacksIsNotFound(_ page: CodePage) {
        for character in ["漢", "\u{FFFD}", "\n", "\u{7F}", "👍"] as [Character] { #expect(page.byte(character) == nil) }
    }
}

extension CodePage {
    /// Pages with Arabic, Hebrew, Thai or combining marks.
    fileprivate var holdsScriptsToBeDrawn: Bool {
        switch self {
        case .cp720, .cp862, .cp864, .cp874, .windows1255, .windows1256, .windows1258, .isoArabic, .isoHebrew: true
        default: false
        }
    }
}

/// The C library's converter from one encoding to UTF-8.
private final class Iconv {
    private let handle: iconv_t

    /// Nil where the C library does not know the encoding.
    init?(_ page: CodePage) {
        let name =
            switch page {
            case .katakana: "JIS_X0201"
            default: page.rawValue.replacing("windows", with: "cp").uppercased()
            }
        guard let handle = iconv_open("UTF-8", name), handle != iconv_t(bitPattern: -1) else { return nil }
        self.handle = handle
    }

    deinit { iconv_close(handle) }

    func character(_ byte: UInt8) -> Unicode.Scalar? {
        var input = [CChar(bitPattern: byte)]
        var output = [CChar](repeating: 0, count: 8)
        var (inputLeft, outputLeft) = (1, 8)
        let converted = input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                var (from, to) = (source.baseAddress, target.baseAddress)
                let converted = iconv(handle, &from, &inputLeft, &to, &outputLeft)
                // Two pages hold a letter back until they know that no accent follows: this asks for it.
                iconv(handle, nil, nil, &to, &outputLeft)
                return converted
            }
        }
        guard converted == 0 else {
            iconv(handle, nil, nil, nil, nil)
            return nil
        }
        let text = String(decoding: output.prefix(8 - outputLeft).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return text.unicodeScalars.first
    }
}
