import ESCPOS
import Foundation
import ReceiptMarkup
import Testing
import TicketRaster

/// What no code page of a printer has, shaped and drawn.
@Suite struct ScriptTests {
    let raster = TicketRaster()

    static let samples = [
        "Arab": "السلام عليكم", "Jawa": "ꦲꦏ꧀ꦱꦫꦗꦮ", "Cina": "排队号码 办理", "Emoji": "😀 👍 ☂ ❤️", "Campur": "Nama: محمد بن عبدالله (3)",
        "Ibrani": "שלום", "Kurang": "a\u{10FFFD}b",
    ]

    func draw(_ text: String) throws -> DotImage {
        try raster.text(text, cells: text.cells, cellWidth: 12, cellHeight: 24, bold: false)
    }

    func inked(_ image: DotImage) -> Range<Int> {
        let columns = (0..<image.width).filter { x in (0..<image.height).contains { image.isBlack(x, $0) } }
        return (columns.first ?? 0)..<((columns.last ?? -1) + 1)
    }

    /// Letters of a word hang together, so a word is not its letters side by side.
    @Test func arabicLettersAreJoined() throws {
        let word = "عليكم"
        let joined = try inked(draw(word)).count
        let alone = try word.map { try inked(draw(String($0))).count }.reduce(0, +)
        #expect(joined > 0 && joined < alone, "\(joined) dots joined, \(alone) apart")
    }

    @Test func arabicBeginsAtTheRightOfItsBox() throws {
        let image = try raster.text("عليكم", cells: 20, cellWidth: 12, cellHeight: 24, bold: false)
        let word = inked(image)
        #expect(word.upperBound > 230 && word.lowerBound > 120, "\(word) of 240")
        let latin = try inked(raster.text("abc", cells: 20, cellWidth: 12, cellHeight: 24, bold: false))
        #expect(latin.upperBound <= 36)
    }

    /// The letter read first stands at the right: the dots of ا, a bare stroke, at the right end of اب.
    @Test func theOrderOfArabicIsReversed() throws {
        let image = try raster.text("اب", cells: 2, cellWidth: 12, cellHeight: 24, bold: false)
        let stroke = try inked(raster.text("ا", cells: 1, cellWidth: 12, cellHeight: 24, bold: false)).count
        let word = inked(image)
        let ends = [word.lowerBound..<(word.lowerBound + stroke), (word.upperBound - stroke)..<word.upperBound].map { columns in
            columns.reduce(0) { count, x in count + (0..<12).count { image.isBlack(x, $0) } }
        }
        #expect(ends[1] > ends[0], "the tall stroke is at the right: \(ends)")
    }

    @Test func inMixedTextLatinStaysAtTheLeft() throws {
        let mixed = try draw("Nama: محمد")
        let alone = try draw("Nama:")
        for y in 0..<24 { for x in 0..<58 { #expect(mixed.isBlack(x, y) == alone.isBlack(x, y), "\(x), \(y)") } }
        #expect(inked(mixed).count > inked(alone).count + 20)
    }

    @Test(arguments: samples.keys.sorted()) func everyScriptLeavesInkInItsCellOnly(_ name: String) throws {
        let text = Self.samples[name]!
        let image = try draw(text)
        #expect(image.width == text.cells * 12 && image.height == 24)
        #expect(image.bits.reduce(0) { $0 + $1.nonzeroBitCount } > 20)
    }

    @Test func chineseCharactersFillTwoCellsEach() throws {
        let image = try draw("办理")
        let gap = (18..<30).filter { x in !(0..<24).contains { image.isBlack(x, $0) } }
        #expect(!gap.isEmpty && inked(image).count > 40, "\(inked(image)), white at \(gap)")
    }

    @Test func aCharacterOfNoFontIsABoxAndIsNamed() throws {
        #expect(raster.missingCharacters(in: "a\u{10FFFD}b") == "\u{10FFFD}")
        for (name, text) in Self.samples where name != "Kurang" { #expect(raster.missingCharacters(in: text) == "", "\(name)") }
        let box = try raster.text("\u{10FFFD}", cells: 1, cellWidth: 12, cellHeight: 24, bold: false)
        #expect(inked(box).count >= 6)
    }

    /// Every script that a name or a sentence on a ticket may be in, after `setup.sh`.
    static let scripts: [(name: String, text: String)] = [
        ("Latin", "Kelurahan Ngésrép, Łódź, Åse, Đặng"), ("Cyrillic", "Привет, Ђорђе, Їжак"), ("Greek", "Ελλάδα, Άρης"),
        ("Arabic", "السلام عليكم ١٢٣"), ("Hebrew", "שָׁלוֹם"), ("Thai", "สวัสดีที่นี่ น้ำ"), ("Devanagari", "नमस्ते क्षत्रिय"),
        ("Javanese", "ꦱꦸꦒꦼꦁꦫꦮꦸꦃ"), ("Balinese", "ᬒᬁᬲ᭄ᬯᬲ᭄ᬢ᭄ᬬᬲ᭄ᬢᬸ"), ("Chinese", "排队号码办理證件"), ("Japanese", "ようこそ、カタカナ、受付番号"),
        ("Hangul", "환영합니다 접수번호"), ("emoji", "😀👍☂❤️🎫🚻♿"), ("joined emoji", "👍🏽🇮🇩👨‍👩‍👧1️⃣"),
    ]

    @Test(arguments: scripts) func noScriptIsPrintedAsBoxes(_ name: String, _ text: String) throws {
        #expect(raster.missingCharacters(in: text) == "", "\(name)")
        for character in text where !character.isWhitespace {
            let image = try raster.text(String(character), cells: max(1, character.cells), cellWidth: 12, cellHeight: 24, bold: true)
            #expect(!inked(image).isEmpty, "\(name): \(character)")
        }
    }

    @Test(arguments: [("👍🏽", "👍"), ("👨‍👩‍👧", "👨"), ("🇮🇩", "ID"), ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🏴"), ("👩🏿‍⚕️", "👩")])
    func anEmojiOfSeveralPartsIsPrintedPlain(_ emoji: String, _ plain: String) throws {
        #expect(raster.simplifiedCharacters(in: "a\(emoji)b") == emoji && raster.simplifiedCharacters(in: plain) == "")
        #expect(try draw(emoji) == raster.text(plain, cells: emoji.cells, cellWidth: 12, cellHeight: 24, bold: false))
        let layout = Receipt(parsing: "|a \(emoji)").layout(columns: 48)
        let notes = try ReceiptEncoder(model: TicketTemplateModel.wide, renderer: raster).encoded(layout).notes
        #expect(notes.map(\.code) == [.emojiSimplified] && notes[0].detail.contains(emoji))
    }

    /// Joiners of other scripts join letters, and are no emoji's.
    @Test func joinersInWordsStay() {
        for text in ["क्‍ष", "نمی‌خواهم", "❤️", "1️⃣", "e\u{301}"] { #expect(raster.simplifiedCharacters(in: text) == "", "\(text)") }
    }

    @Test func aLineWithSuchACharacterIsPrintedAndNoted() throws {
        let model = TicketTemplateModel.wide
        let layout = Receipt(parsing: "a\u{10FFFD} | b").layout(columns: 48)
        let encoded = try ReceiptEncoder(model: model, renderer: raster).encoded(layout)
        #expect(encoded.notes.map(\.code) == [.missingGlyph])
        #expect(encoded.notes.first?.detail.contains("U+10FFFD") == true)
    }

    /// With `ANJUNGAN_PAPER=FOLDER` the samples are written there, to be looked at.
    @Test func theSamplesFitOnOneSheet() throws {
        var canvas = Canvas(width: 576, height: Self.samples.count * 40)
        for (index, name) in Self.samples.keys.sorted().enumerated() {
            canvas.draw("[", x: 0, y: index * 40)
            let image = try draw(Self.samples[name]!)
            #expect(12 + image.width + 12 <= 440 && image.height <= 40, "\(name)")
            canvas.draw(image, x: 12, y: index * 40)
            canvas.draw("]", x: 12 + image.width, y: index * 40)
            canvas.draw(name, x: 440, y: index * 40)
        }
        guard let folder = ProcessInfo.processInfo.environment["ANJUNGAN_PAPER"] else { return }
        try Data(canvas.png()).write(to: URL(filePath: folder).appending(path: "scripts.png"))
    }
}

enum TicketTemplateModel {
    static let wide = PrinterModel(
        id: "wide", name: "Wide", paperWidth: .mm80, dots: 576, columns: 48, qr: .native, proof: .processID, automaticStatus: true,
        bufferBytes: 4096, cutter: .partial, feedBeforeCut: 4, image: .raster)
}
