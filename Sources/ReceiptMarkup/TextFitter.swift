/// Breaks the text of one column into lines of at most `width` cells.
struct TextFitter {
    let width: Int
    let wraps: Bool
    /// Lines of about the same length instead of full ones and a last word: for text in the middle.
    var balances = false

    struct Glyph: Hashable {
        var character: Character
        var decoration: Decoration

        var cells: Int { character.cells * decoration.width }
        /// A line may end after it: a space, or a wide (East Asian) character, which needs none.
        var isBreak: Bool { character == " " || character.cells == 2 }
    }

    struct Line: Hashable {
        var glyphs: [Glyph] = []
        var cells: Int { glyphs.reduce(0) { $0 + $1.cells } }
    }

    /// At least one line; an empty column has one empty line.
    func lines(of spans: [Receipt.Span]) -> [Line] {
        let glyphs = spans.flatMap { span in span.text.map { Glyph(character: $0, decoration: span.decoration) } }
        return glyphs.split(omittingEmptySubsequences: false) { $0.character == "\n" }.flatMap { paragraph in
            let visible = paragraph.filter { $0.cells > 0 }
            let lines = wraps ? balanced(words(visible).flatMap { shrink($0) }) : [Line(glyphs: visible)]
            return lines.map { cutOff($0.glyphs) }
        }
    }

    /// Runs that end after a break.
    private func words(_ glyphs: [Glyph]) -> [[Glyph]] {
        glyphs.reduce(into: []) { words, glyph in
            if let last = words.last?.last, !last.isBreak {
                words[words.count - 1].append(glyph)
            } else {
                words.append([glyph])
            }
        }
    }

    /// A word too wide for the paper at its size is set at the largest size at which it fits,
    /// for the number of a ticket must never be broken over two lines.
    private func shrink(_ word: [Glyph]) -> [Glyph] {
        var word = word
        var limit = word.map { max($0.decoration.width, $0.decoration.height) }.max() ?? 1
        while limit > 1, Line(glyphs: word).trimmed.cells > width {
            limit -= 1
            for index in word.indices {
                word[index].decoration.width = min(word[index].decoration.width, limit)
                word[index].decoration.height = min(word[index].decoration.height, limit)
            }
        }
        return word
    }

    /// The narrowest lines of which no more are needed than of full ones.
    private func balanced(_ glyphs: [Glyph]) -> [Line] {
        var best = wrap(glyphs, width: width)
        guard balances, best.count > 1 else { return best }
        let longestWord = words(glyphs).map { Line(glyphs: $0).trimmed.cells }.max() ?? 1
        for narrower in (min(longestWord, width)..<width).reversed() {
            let lines = wrap(glyphs, width: narrower)
            guard lines.count == best.count else { break }
            best = lines
        }
        return best
    }

    private func wrap(_ glyphs: [Glyph], width: Int) -> [Line] {
        var lines: [Line] = []
        var line = Line()
        for glyph in glyphs {
            if glyph.character != " ", line.cells + glyph.cells > width {
                let kept = line.glyphs.lastIndex { $0.isBreak }.map { $0 + 1 } ?? line.glyphs.count
                lines.append(Line(glyphs: Array(line.glyphs[..<kept])).trimmed)
                line = Line(glyphs: Array(line.glyphs[kept...]))
            }
            line.glyphs.append(glyph)
        }
        return lines.filter { !$0.glyphs.isEmpty } + [line.trimmed]
    }

    private func cutOff(_ glyphs: [Glyph]) -> Line {
        var line = Line()
        for glyph in glyphs {
            guard line.cells + glyph.cells <= width else { break }
            line.glyphs.append(glyph)
        }
        return line
    }
}

extension TextFitter.Line {
    /// Without the spaces at its end, over which a line may hang.
    var trimmed: Self {
        var line = self
        while line.glyphs.last?.character == " " { line.glyphs.removeLast() }
        return line
    }

    /// The line as fragments, aligned in `width` cells from `start` on.
    func fragments(from start: Int, in width: Int, align: HorizontalAlignment) -> [Layout.Fragment] {
        var position = start + align.offset(of: cells, in: width)
        var fragments: [Layout.Fragment] = []
        for glyph in glyphs {
            let character = glyph.character == "\u{A0}" ? " " : glyph.character
            if let last = fragments.indices.last, fragments[last].decoration == glyph.decoration {
                fragments[last].text.append(character)
            } else {
                fragments.append(Layout.Fragment(start: position, text: String(character), decoration: glyph.decoration))
            }
            position += glyph.cells
        }
        return fragments
    }
}
