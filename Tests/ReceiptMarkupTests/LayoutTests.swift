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
        // Half a cell is rounded away from the left.
        #expect(Self.lines("abc", 10) == ["    abc"])
    }

    @Test func linesBreakWhereTheColumnEnds() {
        #expect(Self.lines("|one two three", 9) == ["one two t", "hree"])
        #expect(Self.lines("one two three", 9) == ["one two t", "   hree"])
        #expect(Self.lines("|abcde", 5) == ["abcde"])
        // A full line has ended when the line feed comes.
        #expect(Self.lines("|abcde\\nf", 5) == ["abcde", "", "f"])
    }

    @Test func nowrapCutsOff() {
        #expect(Self.lines("{text:nowrap}\n|abcdefgh", 5) == ["abcde"])
    }

    @Test func wordsAreKeptWholeWhereTheTemplateAsksForIt() {
        #expect(Self.lines("{text:words}\n|one two three four", 9) == ["one two", "three", "four"])
        #expect(Self.lines("{text:words}\n|abcdefghijkl mn", 5) == ["abcde", "fghij", "kl mn"])
        #expect(Self.lines("{text:words}\n|aaaa 漢字漢字漢", 9) == ["aaaa 漢字", "漢字漢"])
        #expect(Self.lines("{text:words}\n|one\\n\\ntwo", 9) == ["one", "", "two"])
    }

    @Test func aMagnifiedWordShrinksUntilItFitsAndIsNeverBrokenWhereTheTemplateAsksForIt() {
        for (columns, scale) in [(48, 6), (42, 6), (41, 5), (32, 4), (27, 3), (7, 1)] {
            let row = Self.rows("{text:words}\n^^^^^^^KKA-007^^^^^^^", columns)
            #expect(row.count == 1 && row[0].height == scale && row[0].fragments.map(\.text) == ["KKA-007"], "\(columns) columns")
        }
    }

    @Test func wideCharactersTakeTwoCells() {
        #expect("漢字".cells == 4)
        #expect("a\u{301}\u{200D}é".cells == 2)
        // Two wide, one half-wide, one full-wide, one emoji, and three spaces.
        #expect("한국 ｱ Ａ 😀".cells == 12)
        #expect("ｶﾞ".cells == 2 && "ガ".cells == 2 && "กำ".cells == 2 && "ที่".cells == 1)
        #expect("🇮🇩🇮🇩".cells == 4 && "👨‍👩‍👧".cells == 2 && "👍🏽".cells == 2 && "1️⃣".cells == 1 && "1\u{300}".cells == 1)
        #expect(Self.lines("|漢字漢字", 5) == ["漢字", "漢字"])
        #expect(Self.rows("漢", 10).first?.fragments.first?.start == 4)
    }

    @Test func textIsComposed() {
        #expect(Array(Self.lines("|e\u{301}\u{212B}", 10)[0].unicodeScalars) == ["\u{E9}", "\u{C5}"])
    }

    @Test func magnifiedTextBreaksAndIsSpreadOverItsCells() {
        #expect(Self.lines("|^ab^c", 5) == ["a b c"])
        #expect(Self.lines("^^^漢字^^^", 10) == [" 漢  字  "])
        #expect(Self.lines("|^^^^^^^KKA-007", 32) == ["K     K     A     -     0     ", "0     7     "])
        // What is wider than the whole column is left out.
        #expect(Self.lines("|a^^^^^^^b^^^^^^^c", 5) == ["ac"])
    }

    @Test func columnsShareWhatFixedOnesLeave() {
        #expect(Self.lines("{width:4,*,*}\n|a |b |c |", 20) == ["a    b       c"])
        #expect(Self.lines("{width:4,0,*}\n|a |b |c |", 20) == ["a    c"])
        // Too wide columns lose cells, the widest first.
        #expect(Self.lines("{width:40,4}\n|aaaaaaaaaaaaaaaa |b |", 20) == ["aaaaaaaaaaaaaaa b", "a                "])
        #expect(Self.lines("{width:99999999999999999999999,9,*; border:none}\n|a |b |c", 20) == ["a         b        c"])
    }

    @Test func columnsThatFindNoRoomAreLeftOut() {
        #expect(Self.lines("a|b|c|d|e|f", 5) == ["a b c"])
        #expect(Self.lines("{border:line}\na|b|c", 5) == ["+-+-+", "|a|b|", "+-+-+"])
    }

    @Test func anEmptyColumnIsOneSpace() {
        #expect(Self.lines("", 10) == [" "])
        #expect(Self.lines("|a | |", 9) == ["a     "])
        #expect(Self.lines("{width:2,2,2;border:none;align:right}\n|a", 9) == ["   a    "])
    }

    @Test func narrowLinesStandWhereAlignSays() {
        for (align, start) in [("left", 0), ("center", 5), ("right", 10)] {
            #expect(Self.rows("{width:10; align:\(align)}\n|x", 20).first?.fragments.first?.start == start)
        }
    }

    @Test func picturesAndCodesHaveAPlace() {
        let markup = "{width:10; align:right}\n|{code:hi; image:iVBORw0KGgo=; option:qrcode,4,h}"
        let place = Layout.Place(start: 22, width: 10, align: .left)
        #expect(
            Receipt(parsing: markup).layout(columns: 32).elements == [
                .image(png: ParsingTests.signature, place), .qrCode(data: [0x68, 0x69], cell: 4, level: .h, place),
            ])
    }

    @Test func columnsWithBreaksRunSideBySide() {
        #expect(Self.lines("|a\\nb |c |", 9) == ["a    c", "b     "])
    }

    @Test func aBlankLineIsABlankRow() {
        #expect(Self.rows("a\n\nb").map(\.fragments.count) == [1, 0, 1])
    }

    @Test func aFrameIsClosedBeforeTheCutAndAtTheEnd() {
        let frame = ["+--------+", "|    x   |", "+--------+"]
        #expect(Self.lines("{border:line}\nx", 10) == frame)
        #expect(Self.lines("{border:line}\nx\n=\nx\n-", 10) == frame + frame)
    }

    @Test func onPaperAFrameHasJoints() {
        let rows = Self.rows("{border:line;width:*,2}\na|b\n-\n{width:auto}\nc", 10)
        #expect(
            rows.map { $0.fragments.map(\.text).joined() } == ["┌─────┬──┐", "│a│b│", "├─────┴──┤", "│c│", "└────────┘"])
        #expect(rows.map(\.isTight) == [true, true, true, true, false])
    }

    @Test func picturesDoNotEndAFrame() {
        #expect(Self.lines("{border:line}\nx\n{code:1}\nx", 5) == ["+---+", "| x |", "| x |", "+---+"])
    }
}
