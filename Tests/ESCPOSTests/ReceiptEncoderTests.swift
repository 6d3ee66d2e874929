import ESCPOS
import ReceiptMarkup
import SeededRandomness
import Testing

@Suite struct ReceiptEncoderTests {
    static func commands(_ markup: String, _ model: PrinterModel = Sample.wide) throws -> [Command] {
        let receipt = Receipt(parsing: markup, allowingDeviceCommands: true)
        return try ReceiptEncoder(model: model, renderer: PatternRenderer()).commands(for: receipt.layout(columns: model.columns))
    }

    @Test func everyReceiptBeginsWithAReset() throws {
        #expect(try Self.commands("x").prefix(4) == [.initialize, .kanjiOff, .lineSpacing(26), .codePage(0)])
    }

    @Test func paperIsFedByTheDefaultSpacingBeforeItIsCut() throws {
        #expect(try Self.commands("x\n=").suffix(4) == [.lineFeed, .defaultLineSpacing, .feedLines(4), .cut(.here(.partial))])
        #expect(try Self.commands("x\n=", Sample.narrow).suffix(3) == [.lineFeed, .defaultLineSpacing, .feedLines(3)])
    }

    @Test func aPageIsSelectedOnlyWhereItsCharactersAre() throws {
        let commands = try Self.commands("aéa€aé")
        let pages = commands.compactMap { if case .codePage(let n) = $0 { n } else { nil } }
        #expect(pages == [19], "one page has both, so none is switched")
        #expect(commands.contains(.text([0x61, 0x82, 0x61, 0xD5, 0x61, 0x82])))
    }

    @Test func aCharacterOfNoPageIsDrawnAndNeverAQuestionMark() throws {
        let commands = try Self.commands("harga 漢 5")
        #expect(!commands.contains { if case .text = $0 { true } else { false } })
        let rows = commands.reduce(0) { if case .raster(let image, _) = $1 { $0 + image.height } else { $0 } }
        #expect(rows == 26)
    }

    @Test func tallPicturesGoInStripsThatFitHalfTheBuffer() throws {
        let tall = Layout(columns: 48, elements: [.image(png: [], Layout.Place(start: 0, width: 48, align: .left))])
        let commands = try ReceiptEncoder(model: Sample.wide, renderer: TallRenderer()).commands(for: tall)
        let strips = commands.compactMap { if case .raster(let image, _) = $0 { image } else { nil } }
        #expect(strips.dropLast().allSatisfy { $0.height == 28 }, "2048 bytes of 72 bytes a row")
        #expect(strips.flatMap(\.bits) == TallRenderer.picture.bits)
    }

    @Test func columnPrintersGetTheSameDotsInBands() throws {
        let layout = Layout(columns: 32, elements: [.image(png: [], Layout.Place(start: 0, width: 32, align: .left))])
        let commands = try ReceiptEncoder(model: Sample.narrow, renderer: TallRenderer()).commands(for: layout)
        let bands = commands.compactMap { if case .columnImage(let band) = $0 { band } else { nil } }
        #expect(bands.count == 13)
        for (y, x) in [(0, 0), (23, 5), (24, 9), (299, 30), (150, 99)] {
            let bit = bands[y / 24].columns[x * 3 + y % 24 / 8] & 0x80 >> UInt8(y % 8) != 0
            #expect(bit == TallRenderer.picture.isBlack(x, y), "\(x), \(y)")
        }
    }

    struct TallRenderer: DotRenderer {
        static let picture = DotImage(width: 104, height: 300) { ($0 * 7 + $1 * 3) % 5 == 0 }
        func image(png: [UInt8], maxWidth: Int) throws(DotRenderingError) -> DotImage { Self.picture }
        func text(_ text: String, cells: Int, cellWidth: Int, cellHeight: Int, bold: Bool) throws(DotRenderingError) -> DotImage {
            Self.picture
        }
        func barcode(_ code: Barcode) throws(DotRenderingError) -> DotImage {
            DotImage(width: code.data.utf8.count * code.narrow * 11, height: code.height) { _, _ in true }
        }

        func qrCode(_ data: [UInt8], cell: Int, level: QRLevel) throws(DotRenderingError) -> DotImage { Self.picture }
    }

    @Test func aLayoutWiderThanThePaperIsRefused() {
        let encoder = ReceiptEncoder(model: Sample.narrow, renderer: PatternRenderer())
        #expect(throws: ReceiptEncodingError(.layoutTooWide, "")) { try encoder.encode(Receipt(parsing: "x").layout(columns: 48)) }
    }

    @Test func aPictureThatCannotBeReadIsAnErrorThatSaysSo() {
        let layout = Layout(columns: 48, elements: [.image(png: [0], Layout.Place(start: 0, width: 48, align: .left))])
        let encoder = ReceiptEncoder(model: Sample.wide, renderer: PatternRenderer())
        #expect(throws: ReceiptEncodingError(.rendering(.notAPicture), "")) { try encoder.commands(for: layout) }
    }

    @Test func aCodeThatCannotBeDrawnLeavesTheRestOfTheReceipt() throws {
        let long = String(repeating: "x", count: 100)
        let commands = try Self.commands("a\n{option:qrcode; code:\(long)}\nb", Sample.narrow)
        #expect(NativeCodeTests.text(commands).filter { $0 != " " } == "a\(long)b")
    }

    @Test func afterDeviceBytesEverySettingIsMadeAnew() throws {
        let commands = try Self.commands("\"a\n{command:\\x1bE\\x00}\nb\"")
        let index = try #require(commands.firstIndex(of: .bold(false)))
        #expect(commands[(index + 1)...].starts(with: [.initialize, .kanjiOff, .lineSpacing(26), .codePage(0)]))
    }

    /// `printing.md` counts what printers understand; nothing else is sent.
    @Test func onlyCommandsOfTheSafeCoreAreSent() throws {
        let markup = "_a_ \"b\" `c` ^^^d^^^ é 漢\n{border:line}\nx|y\n{image:iVBORw0KGgo=}\n{code:1;option:qrcode}\n="
        for model in [Sample.wide, Sample.narrow] {
            for command in try Self.commands(markup, model) {
                switch command {
                case .text, .lineFeed, .initialize, .kanjiOff, .codePage, .align, .bold, .underline, .invert, .size, .defaultLineSpacing,
                    .lineSpacing, .feedLines, .absolutePosition, .raster, .columnImage, .qrModel, .qrCell, .qrLevel, .qrStore, .qrPrint,
                    .cut(.here):
                    break
                default: Issue.record("\(command) is not of the safe core")
                }
            }
        }
    }

    @Test func anythingThatParsesCanBeEncodedAndDecodedAgain() throws {
        var (random, seed) = SeededGenerator.announced("anythingThatParsesCanBeEncodedAndDecodedAgain")
        let alphabet = Array("ab é漢|_\"`^~-={}:;\\nx41\n width*,border line option qrcode code\u{301}\u{1B}".unicodeScalars)
        for round in 0..<60 {
            let markup = String(String.UnicodeScalarView((0..<120).map { _ in alphabet.randomElement(using: &random)! }))
            let receipt = Receipt(parsing: markup)
            for model in [Sample.wide, Sample.narrow] {
                let layout = receipt.layout(columns: model.columns)
                for case .text(let row) in layout.elements {
                    let ends = row.fragments.map { $0.start + $0.width }
                    #expect(ends.allSatisfy { $0 <= model.columns }, "round \(round) of seed \(seed): \(row)")
                    #expect(zip(ends, row.fragments.dropFirst()).allSatisfy { $0 <= $1.start }, "round \(round) of seed \(seed): \(row)")
                }
                let commands = try ReceiptEncoder(model: model, renderer: PatternRenderer()).commands(for: layout)
                var decoder = CommandDecoder()
                #expect(
                    CommandTests.joined(decoder.feed(commands.flatMap(\.bytes))) == CommandTests.joined(commands),
                    "round \(round) of seed \(seed)")
            }
        }
    }
}
