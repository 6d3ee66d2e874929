import DeviceEmulators
import ESCPOS
import ReceiptMarkup
import Testing

/// Pictures in memory, bar codes and quirks, as the emulated printer understands them.
@Suite struct CodesAndLogosTests {
    static func printer(_ change: (inout PrinterModel) -> Void) -> PrinterModel {
        var model = PrinterModel.test
        change(&model)
        return model
    }

    static let square = DotImage(width: 16, height: 16) { _, _ in true }
    static let key = LogoKey("L1")!

    /// Black dots of the one sheet that `commands` make.
    static func ink(_ bench: inout Bench, _ commands: [Command]) -> Int {
        _ = bench.send(bytes: (commands + [.feedLines(8), .cut(.here(.full))]).flatMap(\.bytes))
        _ = bench.finish()
        return bench.mechanism.finishedSheets.last?.picture?.bits.reduce(0) { $0 + $1.nonzeroBitCount } ?? -1
    }

    @Test func aStoredLogoOutlivesPowerAndResets() {
        var bench = Bench(Self.printer { $0.logoMemory = .graphics })
        #expect(Self.ink(&bench, [.storeLogo(Self.key, Self.square)]) == 0)
        _ = bench.set(.powerOff, true)
        _ = bench.set(.powerOff, false)
        #expect(Self.ink(&bench, [.initialize, .printLogo(Self.key, scale: .normal)]) == 256)
        #expect(Self.ink(&bench, [.printLogo(Self.key, scale: .both)]) == 1024)
        #expect(Self.ink(&bench, [.deleteLogo(Self.key), .printLogo(Self.key, scale: .normal)]) == 0)
    }

    @Test func thePicturesOfTheOlderMemoryAreReplacedTogether() {
        var bench = Bench(Self.printer { $0.logoMemory = .bitImage })
        #expect(Self.ink(&bench, [.storeBitImages([Self.square, Self.square]), .printBitImage(2, scale: .normal)]) == 256)
        #expect(Self.ink(&bench, [.storeBitImages([Self.square]), .printBitImage(2, scale: .normal)]) == 0)
    }

    @Test func aPictureKeptUntilPowerOffIsGoneWithIt() {
        var bench = Bench()
        #expect(Self.ink(&bench, [.storeDownloadedImage(Self.square), .printDownloadedImage(scale: .normal)]) == 256)
        _ = bench.set(.powerOff, true)
        _ = bench.set(.powerOff, false)
        #expect(Self.ink(&bench, [.printDownloadedImage(scale: .normal)]) == 0)
        #expect(Self.ink(&bench, [.bufferGraphics(Self.square, scale: .wide), .printGraphics, .printGraphics]) == 512)
    }

    @Test func aPrinterWithoutMemoryStoresNothing() {
        var bench = Bench()
        #expect(Self.ink(&bench, [.storeLogo(Self.key, Self.square), .printLogo(Self.key, scale: .normal)]) == 0)
    }

    @Test func aBarCodeIsDrawnAndRead() {
        var bench = Bench(Self.printer { $0.barcodes = [.code128, .ean] })
        let ink = Self.ink(&bench, [.barcodeHeight(50), .barcodeWidth(2), .barcode(system: 73, data: Array("{BA{C\u{0C}\u{22}".utf8))])
        #expect(ink == 5 * 22 * 50)
        #expect(bench.mechanism.finishedSheets.last?.codes == ["A1234"])
        #expect(Self.ink(&bench, [.barcode(system: 69, data: Array("A".utf8))]) == 0)
    }

    @Test func theLettersOfABarCodeStandWhereTheyWereAskedFor() {
        var bench = Bench(Self.printer { $0.barcodes = [.ean] })
        let bars = 13 * 22 * 50
        let commands: [Command] = [.barcodeHeight(50), .barcodeWidth(2)]
        let code = Command.barcode(system: 67, data: Array("4006381333931".utf8))
        #expect(Self.ink(&bench, commands + [.barcodeText(2), code]) == bars + 13 * 12 * 24)
        #expect(Self.ink(&bench, commands + [.barcodeText(3), code]) == bars + 2 * 13 * 12 * 24)
    }

    @Test func quirksOfPrintersAreShown() {
        var forgetful = Bench(
            Self.printer {
                $0.barcodes = [.ean]
                $0.quirks = [.forgetsBarcodeSettings]
            })
        let code = Command.barcode(system: 67, data: Array("4006381333931".utf8))
        let twice = Self.ink(&forgetful, [.barcodeHeight(50), .barcodeWidth(2), code, code])
        #expect(twice == 13 * 22 * 50 + 13 * 33 * 162)

        var greedy = Bench(Self.printer { $0.quirks = [.swallowsLineFeedAfterRaster, .noKanjiOff, .ignoresFeedDots] })
        _ = greedy.send(.raster(Self.square, scale: .normal), .lineFeed, .kanjiOff, .text(Array("a".utf8)), .lineFeed, .feedDots(200))
        _ = greedy.finish()
        #expect(greedy.mechanism.runningSheet?.lines == [".a"])
        // The line feed is sent to be lost; ESC J is not.
        #expect(Self.ignored(greedy) == ["ESC J: test-80 does not know it"])
        #expect(greedy.mechanism.runningSheet?.rows == greedy.mechanism.knifeRows + 16 + 30)
    }

    static func ignored(_ bench: Bench) -> [String] {
        bench.mechanism.events.compactMap { if case .ignored(let what) = $0.kind { what } else { nil } }
    }

    /// What becomes of the paper without it is said of each.
    @Test(
        arguments: [
            ([0x1B, 0x4C], "page mode is not emulated"), ([0x1D, 0x3A], "macros are not emulated"),
            ([0x1D, 0x5E, 1, 0, 0], "macros are not emulated"), ([0x1D, 0x28, 0x6B, 3, 0, 48, 67, 3], "only QR codes are drawn"),
        ] as [([UInt8], String)]) func whatIsNotEmulatedIsTold(_ bytes: [UInt8], _ words: String)
    {
        var bench = Bench()
        _ = bench.send(bytes: bytes + [0x0A])
        _ = bench.finish()
        let told = Self.ignored(bench)
        #expect(told.count == 1 && told[0].contains(words), "\(told)")
    }

    @Test func whatStandsBetweenTwoPositionsIsReadAsSpaces() {
        var bench = Bench()
        _ = bench.send(.absolutePosition(36), .text(Array("a".utf8)), .absolutePosition(120), .text(Array("b".utf8)), .lineFeed)
        _ = bench.send(.tabStops([2, 5]), .text(Array("c".utf8)), .horizontalTab, .text(Array("d".utf8)), .lineFeed)
        _ = bench.finish()
        #expect(bench.mechanism.runningSheet?.lines == ["   a      b", "c d"])
    }
}
