/// Breaks the text of one column into lines of at most `width` cells.
///
/// Lines break between characters, wherever the column ends; a space is a character like any other. A character that is
/// wider than the column is left out. A line that is exactly full ends at once, so that a line feed after it makes an
/// empty one.
struct TextFitter {
    struct Line: Hashable {
        /// From cell 0 on.
        var fragments: [Layout.Fragment] = []
        var cells = 0
    }

    let width: Int
    /// Only the first line is wanted.
    let stopsAfterOne: Bool
    private var lines: [Line] = []
    private var line = Line()
    /// The line is full, and the next character decides whether it ends.
    private var isFull = false

    /// Nothing for empty text.
    static func lines(of spans: [Receipt.Span], width: Int, wraps: Bool) -> [Line] {
        var fitter = TextFitter(width: width, stopsAfterOne: !wraps)
        for span in spans where !fitter.isDone { fitter.add(span) }
        if !fitter.line.fragments.isEmpty, !fitter.isDone { fitter.lines.append(fitter.line) }
        return fitter.lines
    }

    private init(width: Int, stopsAfterOne: Bool) {
        self.width = width
        self.stopsAfterOne = stopsAfterOne
    }

    private var isDone: Bool { stopsAfterOne && !lines.isEmpty }

    private mutating func add(_ span: Receipt.Span) {
        let scalars = span.text.normalized.unicodeScalars
        var glyphs = GlyphIterator(scalars)
        var runStart = scalars.startIndex
        var runCells = 0
        func flush(to end: String.UnicodeScalarView.Index) {
            guard runStart < end else { return }
            line.fragments.append(
                Layout.Fragment(start: line.cells, text: String(scalars[runStart..<end]), decoration: span.decoration))
            line.cells += runCells
            runCells = 0
        }
        while !isDone, let glyph = glyphs.next() {
            let cells = glyph.cells * span.decoration.width
            if glyph.isLineFeed {
                flush(to: glyph.start)
                if isFull { endLine() }
                endLine()
                runStart = glyph.end
            } else if cells == 0 || cells > width {
                flush(to: glyph.start)
                runStart = glyph.end
                if cells > 0 { isFull = false }
            } else {
                if isFull || line.cells + runCells + cells > width {
                    flush(to: glyph.start)
                    endLine()
                    runStart = glyph.start
                }
                runCells += cells
                isFull = line.cells + runCells == width
            }
        }
        if !isDone { flush(to: scalars.endIndex) }
        if isFull, !isDone { endLine() }
    }

    private mutating func endLine() {
        lines.append(line)
        line = Line()
        isFull = false
    }
}
