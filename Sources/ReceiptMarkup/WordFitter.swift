/// Breaks the text of one column between words, for `{text:words}`.
///
/// The spaces around a break are left out. A word that is wider than the column is set smaller until it fits, because the
/// number of a ticket must not be broken over two lines; if it does not fit at its smallest, it breaks where the column ends.
struct WordFitter {
    private struct Glyph {
        var text: Substring.UnicodeScalarView
        var cells: Int
        var decoration: Decoration
        var isSpace: Bool { text.first == " " }
        var width: Int { cells * decoration.width }
    }

    private let width: Int
    private var lines: [TextFitter.Line] = []
    private var line: [Glyph] = []
    private var lineWidth = 0
    private var word: [Glyph] = []

    static func lines(of spans: [Receipt.Span], width: Int) -> [TextFitter.Line] {
        var fitter = WordFitter(width: width)
        for span in spans { fitter.add(span) }
        fitter.endWord()
        if !fitter.line.isEmpty { fitter.endLine() }
        return fitter.lines
    }

    private init(width: Int) { self.width = width }

    private mutating func add(_ span: Receipt.Span) {
        let scalars = span.text.normalized.unicodeScalars
        var glyphs = GlyphIterator(scalars)
        while let next = glyphs.next() {
            if next.isLineFeed {
                endWord()
                endLine()
            } else if next.cells > 0 {
                let glyph = Glyph(text: scalars[next.start..<next.end], cells: next.cells, decoration: span.decoration)
                if glyph.isSpace {
                    endWord()
                    place(glyph)
                } else {
                    word.append(glyph)
                    // East Asian text may break behind every character.
                    if next.cells == 2 { endWord() }
                }
            }
        }
    }

    private mutating func endWord() {
        let wide = word.reduce(0) { $0 + $1.width }
        if wide > width { shrinkWord() }
        if lineWidth + min(wide, word.reduce(0) { $0 + $1.width }) > width, !line.isEmpty { endLine() }
        for glyph in word { place(glyph) }
        word = []
    }

    private mutating func shrinkWord() {
        var limit = word.reduce(1) { max($0, $1.decoration.width, $1.decoration.height) }
        while limit > 1, word.reduce(0, { $0 + $1.width }) > width {
            limit -= 1
            for index in word.indices {
                word[index].decoration.width = min(word[index].decoration.width, limit)
                word[index].decoration.height = min(word[index].decoration.height, limit)
            }
        }
    }

    /// A space that does not fit hangs over the end and is left out.
    private mutating func place(_ glyph: Glyph) {
        if lineWidth + glyph.width > width {
            if glyph.isSpace || glyph.width > width { return }
            endLine()
        }
        line.append(glyph)
        lineWidth += glyph.width
    }

    private mutating func endLine() {
        let isBroken = !word.isEmpty
        while isBroken, line.last?.isSpace == true { line.removeLast() }
        var result = TextFitter.Line()
        for glyph in line {
            if let last = result.fragments.indices.last, result.fragments[last].decoration == glyph.decoration {
                result.fragments[last].text.unicodeScalars.append(contentsOf: glyph.text)
            } else {
                let text = String(String.UnicodeScalarView(glyph.text))
                result.fragments.append(Layout.Fragment(start: result.cells, text: text, decoration: glyph.decoration))
            }
            result.cells += glyph.width
        }
        lines.append(result)
        line = []
        lineWidth = 0
    }
}
