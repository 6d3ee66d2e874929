import ReceiptMarkup
import Testing

@Suite struct LayoutTests {
    static func rows(_ markup: String, _ columns: Int = 32) -> [Layout.TextRow] {
        Receipt(parsing: markup).layout(columns: columns).elements.compactMap { if case .text(let row) = $0 { row } else { nil } }
    }

    static func lines(_ markup: String, _ columns: Int) -> [String] {
        Receipt(parsing: markup).layout(columns: columns).plainText.split(separator: "\n", omittingEmptySubsequences: false).map {
            String($0)
        }
    }

    @Test func textStandsWhereItLeans() {
        #expect(Self.lines("|ab\nab|\nab", 10) == ["ab", "        ab", "    ab"])
    }

    @Test func wordsAreKeptWholeWhereTheyFit() {
        #expect(Self.lines("|one two three four", 9) == ["one two", "three", "four"])
        #expect(Self.lines("|abcdefghijkl mn", 5) == ["abcde", "fghij", "kl mn"])
    }

    @Test func centredTextIsBalanced() {
        #expect(Self.lines("aaaa bbbb cccc dddd eee", 20) == ["     aaaa bbbb", "   cccc dddd eee"])
        #expect(Self.lines("|aaaa bbbb cccc dddd eee", 20) == ["aaaa bbbb cccc dddd", "eee"])
    }

    @Test func nowrapCutsOff() {
        #expect(Self.lines("{text:nowrap}\n|abcdefgh", 5) == ["abcde"])
    }

    @Test func wideCharactersTakeTwoCells() {
        #expect("漢字".cells == 4)
        #expect("a\u{301}\u{200D}é".cells == 2)
        // Two wide, one half-wide, one full-wide, one emoji, and three spaces.
        #expect("한국 ｱ Ａ 😀".cells == 12)
        #expect(Self.lines("|漢字漢字", 5) == ["漢字", "漢字"])
        #expect(Self.rows("漢", 10).first?.fragments.first?.start == 4)
    }

    @Test func aMagnifiedWordShrinksUntilItFitsAndIsNeverBroken() {
        for (columns, scale) in [(48, 6), (42, 6), (41, 5), (32, 4), (27, 3), (7, 1)] {
            let row = Self.rows("^^^^^^^KKA-007^^^^^^^", columns)
            #expect(row.count == 1 && row[0].height == scale && row[0].fragments.map(\.text) == ["KKA-007"], "\(columns) columns")
        }
    }

    @Test func columnsShareWhatFixedOnesLeave() {
        #expect(Self.lines("{width:4,*,*}\n|a |b |c |", 20) == ["a    b       c"])
        #expect(Self.lines("{width:4,0,*}\n|a |b |c |", 20) == ["a    c"])
        #expect(Self.lines("{width:40,4}\n|a |b |", 20) == ["a"])
    }

    @Test func narrowLinesStandWhereAlignSays() {
        for (align, start) in [("left", 0), ("center", 5), ("right", 10)] {
            #expect(Self.rows("{width:10; align:\(align)}\n|x", 20).first?.fragments.first?.start == start)
        }
    }

    @Test func picturesAndCodesHaveAPlace() {
        let layout = Receipt(parsing: "{width:10; align:right}\n|{image:AAAA; code:hi; option:qrcode,4,h}").layout(columns: 32)
        let place = Layout.Place(start: 22, width: 10, align: .left)
        #expect(layout.elements == [.image(png: [0, 0, 0], place), .qrCode(data: [0x68, 0x69], cell: 4, level: .h, place)])
    }

    @Test func columnsWithBreaksRunSideBySide() {
        #expect(Self.lines("|a\\nb |c |", 9) == ["a    c", "b"])
    }

    @Test func aBlankLineIsABlankRow() {
        #expect(Self.rows("a\n\nb").map(\.fragments.count) == [1, 0, 1])
    }

    @Test func aFrameIsClosedBeforeTheCutAndAtTheEnd() {
        let frame = ["┌────────┐", "│   x    │", "└────────┘"]
        #expect(Self.lines("{border:line}\nx", 10) == frame)
        #expect(Self.lines("{border:line}\nx\n=", 10) == frame + ["=========="])
    }
}
