import ESCPOS
import ReceiptMarkup
import Testing

@Suite struct PaperLengthTests {
    private static func model(quirks: Set<PrinterModel.Quirk> = [], qr: PrinterModel.CodeSupport = .native) -> PrinterModel {
        PrinterModel(
            id: "test", name: "Test", paperWidth: .mm80, dots: 576, columns: 48, qr: qr, proof: .processID, automaticStatus: true,
            bufferBytes: 4096, cutter: .partial, feedBeforeCut: 3, image: .raster, quirks: quirks)
    }

    private static func rows(_ commands: [Command], on model: PrinterModel = model()) -> Int {
        var length = PaperLength(model: model)
        for command in commands { length.take(command) }
        return length.rows
    }

    @Test func aLineMovesByTheLineSpacingOrByItsTallestPart() {
        #expect(Self.rows([.text([0x41]), .lineFeed]) == 30)
        #expect(Self.rows([.lineFeed, .lineFeed]) == 60)
        #expect(Self.rows([.lineSpacing(10), .text([0x41]), .lineFeed]) == 24)
        #expect(Self.rows([.text([0x41]), .size(width: 6, height: 6), .text([0x42]), .lineFeed]) == 144)
        #expect(Self.rows([.lineSpacing(0), .text([0x41]), .initialize, .lineFeed]) == 30, "the line buffer is cleared")
    }

    @Test func aLineThatIsFullIsPrintedFirst() {
        #expect(Self.rows([.text(Array(repeating: 0x41, count: 48)), .lineFeed]) == 30)
        #expect(Self.rows([.text(Array(repeating: 0x41, count: 49)), .lineFeed]) == 60)
        #expect(Self.rows([.size(width: 2, height: 1), .text(Array(repeating: 0x41, count: 49)), .lineFeed]) == 90)
        #expect(Self.rows([.printWidth(240), .text(Array(repeating: 0x41, count: 21)), .lineFeed]) == 60)
    }

    @Test func picturesMoveByTheirRowsAndBandsByTheirHeight() {
        let image = DotImage(width: 8, height: 100, bits: Array(repeating: 0xFF, count: 100))
        #expect(Self.rows([.raster(image, scale: .normal)]) == 100)
        #expect(Self.rows([.text([0x41]), .raster(image, scale: .tall)]) == 230)
        let band = ColumnImage(mode: 33, columns: [1, 2, 3])
        #expect(Self.rows([.lineSpacing(24), .columnImage(band), .lineFeed, .columnImage(band), .lineFeed]) == 48)
    }

    @Test(arguments: [(10, QRLevel.m, 21), (14, .m, 21), (15, .m, 25), (62, .m, 33), (271, .l, 57), (119, .h, 57)])
    func aCodeIsAsTallAsItsModules(octets: Int, level: QRLevel, modules: Int) {
        let code: [Command] = [.qrCell(4), .qrLevel(level), .qrStore(Array(repeating: 0x61, count: octets)), .qrPrint]
        #expect(Self.rows(code) == modules * 4)
        #expect(Self.rows(code, on: Self.model(qr: .raster)) == 0, "a printer without the command passes over it")
    }

    @Test func feedingAndCuttingCount() {
        #expect(Self.rows([.feedLines(4)]) == 120)
        #expect(Self.rows([.feedDots(80)]) == 80)
        #expect(Self.rows([.feedDots(80)], on: Self.model(quirks: [.ignoresFeedDots])) == 0)
        #expect(Self.rows([.cut(.here(.full))]) == 0)
        #expect(Self.rows([.cut(.afterFeed(.partial, dots: 8))]) == 98)
    }

    @Test func bytesInPiecesCountAsInOne() {
        let bytes = [Command.text(Array("abc".utf8)), .lineFeed, .feedLines(3), .cut(.here(.full))].flatMap(\.bytes)
        var length = PaperLength(model: Self.model())
        for byte in bytes { length.feed([byte]) }
        #expect(length.micrometres == 15_000)
        #expect(PaperLength.micrometres(of: bytes, on: Self.model()) == 15_000)
    }
}
