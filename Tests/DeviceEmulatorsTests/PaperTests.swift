import DeviceEmulators
import ESCPOS
import ReceiptMarkup
import Testing

/// What ends up on which piece of paper.
@Suite struct PaperTests {
    @Test func whatHasNotPassedTheKnifeStaysOnTheNextSheet() {
        var bench = Bench()
        #expect(bench.send(.words("A"), .lineFeed, .words("B"), .lineFeed, .feedLines(2), .knife) == [])
        #expect(bench.finish() == [])
        #expect(bench.texts == ["A"])
        #expect(bench.mechanism.runningSheet?.text == "B")
    }

    @Test func feedingToTheKnifeBringsTheLastLineAlong() {
        var bench = Bench()
        #expect(bench.send(.words("A"), .lineFeed, .cut(.afterFeed(.full, dots: 0))) == [])
        #expect(bench.finish() == [])
        #expect(bench.texts == ["A"])
        #expect(bench.mechanism.runningSheet == nil)
    }

    @Test func aSheetIsAsLongAsThePaperThatPassedTheKnife() {
        var bench = Bench()
        #expect(bench.send(.words("A"), .lineFeed, .feedLines(3), .knife, .words("B"), .lineFeed, .feedLines(3), .knife) == [])
        #expect(bench.finish() == [])
        #expect(bench.mechanism.finishedSheets.map(\.millimetres) == [15, 15])
        #expect(bench.mechanism.finishedSheets.map(\.number) == [1, 2])
    }

    @Test func aCutWithoutPaperMakesNoSheet() {
        var bench = Bench()
        #expect(bench.send(.knife, .proof) == [])
        #expect(bench.finish() == [.proof])
        #expect(bench.mechanism.finishedSheets.isEmpty)
    }

    @Test func aSheetKnowsWhenItsFirstRowMovedAndWhenItWasCut() {
        var bench = Bench()
        #expect(bench.wait(1000) == [])
        #expect(bench.send(.words("A"), .lineFeed, .feedLines(3), .knife) == [])
        #expect(bench.finish() == [])
        #expect(bench.mechanism.finishedSheets.map(\.startedAt) == [.milliseconds(1000)])
        #expect(bench.mechanism.finishedSheets.map(\.finishedAt) == [.milliseconds(1220)])
        #expect(bench.kinds == [.sheetStarted(1), .sheetFinished(1, cut: true)])
    }

    @Test func thePictureGrowsRowByRow() {
        var bench = Bench()
        #expect(bench.send(.words("A"), .lineFeed) == [])
        #expect(bench.wait(10) == [])
        let dots = bench.mechanism.dots(ofSheet: 1, from: 90)
        #expect(dots?.height == 10)
        #expect(dots?.bits.prefix(3) == [0xFF, 0xF0, 0x00])
        #expect(bench.mechanism.runningSheet?.text == "")
        #expect(bench.wait(20) == [])
        #expect(bench.mechanism.runningSheet?.text == "A")
    }

    @Test(arguments: [(HorizontalAlignment.left, 0), (.center, 276), (.right, 552)])
    func aLineStandsWhereItsAlignmentSays(_ alignment: HorizontalAlignment, _ first: Int) {
        var bench = Bench()
        #expect(bench.send(.align(alignment), .size(width: 2, height: 1), .words("A"), .lineFeed) == [])
        #expect(bench.finish() == [])
        #expect(Self.blackColumns(bench, row: 95) == first..<(first + 24))
    }

    @Test func tallLettersStandOnTheLineOfTheSmallOnes() {
        var bench = Bench()
        #expect(bench.send(.words("a"), .size(width: 1, height: 2), .words("B"), .lineFeed) == [])
        #expect(bench.finish() == [])
        #expect(Self.blackColumns(bench, row: 90) == 12..<24)
        #expect(Self.blackColumns(bench, row: 90 + 24) == 0..<24)
        #expect(bench.mechanism.runningSheet?.rows == 90 + 48)
    }

    @Test func aLineThatIsTooLongGoesOnBelow() {
        var bench = Bench()
        #expect(bench.send(.words(String(repeating: "x", count: 50)), .lineFeed) == [])
        #expect(bench.finish() == [])
        #expect(bench.mechanism.runningSheet?.lines == [String(repeating: "x", count: 48), "xx"])
    }

    @Test func bytesMeanWhatTheSelectedCodePageSays() {
        var bench = Bench()
        #expect(bench.send(.text([0x82, 0xD5]), .codePage(19), .text([0x82, 0xD5]), .codePage(7), .text([0xD5]), .lineFeed) == [])
        #expect(bench.finish() == [])
        #expect(bench.mechanism.runningSheet?.text == "é╒é€€")
        #expect(bench.kinds.contains(.ignored("ESC t 7: test-80 has no such code page")))
    }

    @Test func aCodeIsReadFromThePaperAndNotFromItsText() {
        var bench = Bench()
        #expect(bench.send(.align(.center), .qrCell(4), .qrStore(Array("KLAIM 7".utf8)), .qrPrint, .feedLines(3), .knife) == [])
        #expect(bench.finish() == [])
        #expect(bench.mechanism.finishedSheets.map(\.codes) == [["KLAIM 7"]])
        #expect(bench.texts == [""])
        #expect(bench.mechanism.finishedSheets.map(\.rows) == [84 + 90])
    }

    @Test func anImpossibleCodeIsReportedAndLeavesNothing() {
        var bench = Bench()
        #expect(bench.send(.qrStore(Array(repeating: 65, count: 101)), .qrPrint) == [])
        #expect(bench.mechanism.runningSheet == nil)
        #expect(bench.kinds == [.ignored("GS ( k 81: more than 100 bytes")])
    }

    @Test func aColumnPictureStandsInTheLineAsHighAsALetter() {
        var bench = Bench()
        #expect(bench.send(.columnImage(ColumnImage(mode: 33, columns: [0x80, 0, 1, 0x80, 0, 1])), .lineFeed) == [])
        #expect(bench.finish() == [])
        #expect(Self.blackColumns(bench, row: 90) == 0..<2)
        #expect(Self.blackColumns(bench, row: 90 + 12) == 0..<0)
        #expect(Self.blackColumns(bench, row: 90 + 23) == 0..<2)
    }

    @Test(arguments: [
        ("01KAJ5Z8QF7W3M9V2X4T6B8C0D.1", "01KAJ5Z8QF7W3M9V2X4T6B8C0D.1"),
        ("No. 01KAJ5Z8QF7W3M9V2X4T6B8C0D.12 SALINAN", "01KAJ5Z8QF7W3M9V2X4T6B8C0D.12"),
        ("01KAJ5Z8QF7W3M9V2X4T6B8C0D.", nil), ("01KAJ5Z8QF7W3M9V2X4T6B8CUD.1", nil), ("X01KAJ5Z8QF7W3M9V2X4T6B8C0D.1", nil), ("", nil),
    ])
    func aPrintIDIsFoundInTheTextOfASheet(_ line: String, _ id: String?) {
        var bench = Bench()
        #expect(bench.send(.words(line), .lineFeed) == [])
        #expect(bench.finish() == [])
        #expect(bench.mechanism.runningSheet?.printID == id)
    }

    @Test func onlyTheLastPicturesAreKeptAndOnlyTheLastTexts() {
        var bench = Bench {
            $0.keptPictures = 2
            $0.keptSheets = 4
        }
        for letter in ["A", "B", "C", "D", "E"] {
            #expect(bench.send(.words(letter), .lineFeed, .feedLines(3), .knife) == [])
            #expect(bench.finish() == [])
        }
        #expect(bench.texts == ["B", "C", "D", "E"])
        #expect((1...5).map { bench.mechanism.dots(ofSheet: $0) != nil } == [false, false, false, true, true])
        #expect(bench.mechanism.runningSheetNumber == 6)
    }

    @Test func twoMetresOfUncutPaperTear() {
        var bench = Bench()
        #expect(bench.send(bytes: Array(repeating: 0x0A, count: 534)) == [])
        #expect(bench.finish() == [])
        #expect(bench.mechanism.finishedSheets.map(\.isCut) == [false])
        #expect(bench.mechanism.finishedSheets.first.map { $0.millimetres >= 2000 } == true)
    }

    /// From the first to behind the last black dot of a row of the running sheet.
    private static func blackColumns(_ bench: Bench, row: Int) -> Range<Int> {
        guard let dots = bench.mechanism.dots(ofSheet: 1, from: row) else { return 0..<0 }
        let black = (0..<dots.width).filter { dots.bits[$0 / 8] & (0x80 >> UInt8($0 % 8)) != 0 }
        return (black.first ?? 0)..<((black.last ?? -1) + 1)
    }
}
