extension Layout {
    /// The receipt as text, as other implementations of the specification write it: one line for each row, without a line
    /// end after the last.
    ///
    /// Rules and frames are made of `-`, `|` and `+`. A character of double to sixfold width is followed by as many spaces
    /// as it covers cells beyond its own; bold, underline, invert and height leave no trace. Pictures, codes, device
    /// commands and cuts are no text and print nothing here. An empty column is one space, so that lines may end with one.
    public var plainText: String {
        var text = PlainText()
        for element in elements {
            guard case .text(let row) = element else { continue }
            text.add(row)
        }
        return text.finish()
    }
}

/// Writes rows one below the other.
private struct PlainText {
    private var text: [UInt8] = []
    private var position = 0

    mutating func add(_ row: Layout.TextRow) {
        position = 0
        for fragment in row.fragments {
            pad(to: fragment.start)
            if fragment.isStroke {
                for scalar in fragment.text.unicodeScalars { text.append(Self.stroke(scalar)) }
                position += fragment.text.unicodeScalars.count
            } else if fragment.decoration.width == 1 {
                text += fragment.text.utf8
                position += fragment.text.cells
            } else {
                spread(fragment)
            }
        }
        pad(to: row.extent)
        text.append(Mark.lineFeed)
    }

    consuming func finish() -> String { String(decoding: text.dropLast(), as: UTF8.self) }

    private mutating func pad(to cell: Int) {
        guard cell > position else { return }
        text += repeatElement(Mark.space, count: cell - position)
        position = cell
    }

    private mutating func spread(_ fragment: Layout.Fragment) {
        let scalars = fragment.text.unicodeScalars
        var glyphs = GlyphIterator(scalars)
        while let glyph = glyphs.next() {
            text += String(scalars[glyph.start..<glyph.end]).utf8
            text += repeatElement(Mark.space, count: glyph.cells * (fragment.decoration.width - 1))
            position += glyph.cells * fragment.decoration.width
        }
    }

    private static func stroke(_ scalar: Unicode.Scalar) -> UInt8 {
        switch scalar {
        case "─": Mark.hyphen
        case "│": Mark.pipe
        case " ": Mark.space
        default: UInt8(ascii: "+")
        }
    }
}
