import DeviceEmulators
import ESCPOS
import ReceiptMarkup
import Testing

/// What is counted from the bytes is what the mechanism moves, which does not know of that counting.
@Suite struct PaperLengthTests {
    private static func compare(_ commands: [Command], model: PrinterModel = .test) throws {
        let bytes = commands.flatMap(\.bytes)
        var bench = Bench(model) { ($0.rollMetres, $0.bufferBytes) = (100, 65_536) }
        let before = bench.mechanism.metresLeft
        _ = bench.send(bytes: bytes)
        _ = bench.finish()
        let moved = ((before - bench.mechanism.metresLeft) * 1_000_000).rounded()
        #expect(Int(moved) == PaperLength.micrometres(of: bytes, on: model), "\(commands)")
    }

    @Test func aTicketMovesWhatIsCounted() throws {
        let picture = DotImage(width: 384, height: 128, bits: Array(repeating: 0x55, count: 48 * 128))
        try Self.compare([
            .initialize, .kanjiOff, .codePage(19), .align(.center), .raster(picture, scale: .normal), .bold(true), .text(Array("MPP".utf8)),
            .lineFeed, .bold(false), .text(Array(repeating: 0x61, count: 130)), .lineFeed, .size(width: 6, height: 6),
            .text(Array("KKA-007".utf8)), .lineFeed, .size(width: 1, height: 1), .qrCell(4), .qrLevel(.m), .qrStore(Array("CLAIM".utf8)),
            .qrPrint, .feedLines(3), .cut(.here(.partial)),
        ])
    }

    @Test func everyKindOfFeedMovesWhatIsCounted() throws {
        let band = ColumnImage(mode: 33, columns: [UInt8](repeating: 0xFF, count: 300))
        try Self.compare([.lineSpacing(24), .columnImage(band), .lineFeed, .columnImage(band), .lineFeed, .defaultLineSpacing])
        try Self.compare([.font(1), .text(Array(repeating: 0x62, count: 70)), .feedDots(77)])
        try Self.compare([.printMode(0x30), .text(Array(repeating: 0x62, count: 30)), .lineFeed])
        try Self.compare([.characterSpacing(4), .text(Array(repeating: 0x62, count: 48)), .lineFeed])
        try Self.compare([.leftMargin(100), .printWidth(300), .text(Array(repeating: 0x62, count: 60)), .lineFeed])
        try Self.compare([.horizontalTab, .text([0x61]), .absolutePosition(500), .text(Array("abcdefgh".utf8)), .lineFeed])
        try Self.compare([.text([0x61]), .cut(.afterFeed(.full, dots: 40))])
    }
}
