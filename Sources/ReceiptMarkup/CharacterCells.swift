@_spi(_Unicode) import Swift

extension Character {
    /// Cells on the paper: 2 for wide (East Asian, emoji) characters, 0 for what leaves no mark, else 1.
    public var cells: Int {
        if utf8.count == 1 { return utf8.first.map { $0 < 0x20 || $0 == 0x7F ? 0 : 1 } ?? 0 }
        return String(self).glyphCells
    }
}

extension String {
    /// Cells of all characters side by side.
    public var cells: Int { simpleCells ?? glyphCells }

    /// The cells of text that needs no closer look: no line feed, and nothing but the scalars below U+0300 that take one
    /// cell each; nil for any other.
    var simpleCells: Int? {
        var count = 0
        for byte in utf8 {
            switch byte {
            case 0x20..<0x7F, 0xC3...0xCB: count += 1
            case 0x80...0xBF: break
            default: return nil
            }
        }
        return count
    }

    fileprivate var glyphCells: Int {
        var glyphs = GlyphIterator(unicodeScalars)
        var sum = 0
        while let glyph = glyphs.next() { sum += glyph.cells }
        return sum
    }

    /// Unicode Normalization Form C (Unicode Standard Annex 15), in which the specification's reference measures text.
    ///
    /// The standard library has it for comparing strings, but so far only as an interface for other libraries.
    var normalized: String {
        // Nothing below U+0300 (0xCC 0x80) is changed by it.
        guard utf8.contains(where: { $0 >= 0xCC }) else { return self }
        var scalars = UnicodeScalarView()
        for scalar in _nfc { scalars.append(scalar) }
        return String(scalars)
    }
}

/// Goes over what is set as one: a scalar that takes cells, and those after it that stand on it.
struct GlyphIterator {
    struct Glyph {
        var start: String.UnicodeScalarView.Index
        var end: String.UnicodeScalarView.Index
        /// 0: a mark with nothing to stand on, or an invisible character.
        var cells: Int
        var isLineFeed: Bool
    }

    private let scalars: String.UnicodeScalarView
    private var position: String.UnicodeScalarView.Index

    init(_ scalars: String.UnicodeScalarView) {
        self.scalars = scalars
        position = scalars.startIndex
    }

    mutating func next() -> Glyph? {
        guard position < scalars.endIndex else { return nil }
        let start = position
        let first = scalars[start]
        scalars.formIndex(after: &position)
        if first.value < 0x300 {
            let isInvisible = first.value < 0x20 || (0x7F...0x9F).contains(first.value) || first.value == 0xAD
            // What follows may stand on it, as a mark or as the ring of a keycap.
            if position == scalars.endIndex || scalars[position].value < 0x300 || isInvisible {
                return Glyph(start: start, end: position, cells: isInvisible ? 0 : 1, isLineFeed: first == "\n")
            }
        }
        var cells = first.cells
        if cells > 0 { cells += joinFollowing(first) }
        return Glyph(start: start, end: position, cells: cells, isLineFeed: false)
    }

    /// Goes past what stands on `first`, and returns the cells that it adds.
    private mutating func joinFollowing(_ first: Unicode.Scalar) -> Int {
        var cells = 0
        let isEmoji = first.value >= 0x2000 && first.properties.isEmoji
        var previous = first
        while position < scalars.endIndex {
            let scalar = scalars[position]
            guard scalar.value >= 0x300 else { break }
            let isPartOfEmoji =
                isEmoji && (previous == "\u{200D}" || scalar.properties.isEmojiModifier || previous.isRegional && scalar.isRegional)
            guard isPartOfEmoji || scalar.standsOnPrevious else { break }
            // Two letters of a flag are one picture; a third begins the next.
            previous = scalar.isRegional ? " " : scalar
            if !isPartOfEmoji { cells += scalar.cells }
            scalars.formIndex(after: &position)
        }
        return cells
    }
}

extension Unicode.Scalar {
    /// Cells of the scalar alone.
    fileprivate var cells: Int {
        switch value {
        case 0x20..<0x7F, 0xA0..<0xAD, 0xAE..<0x300: return 1
        // Most of Chinese and Japanese, and Korean: known without a look into the tables.
        case 0x3041...0x3096, 0x30A0...0x30FF, 0x4E00...0x9FFF, 0xAC00...0xD7A3: return 2
        // Vowels and finals of Korean syllables that are written apart stand on the initial.
        case 0x1160...0x11FF, 0xD7B0...0xD7FF: return 0
        default: break
        }
        let properties = self.properties
        switch properties.generalCategory {
        case .control, .format, .nonspacingMark, .enclosingMark, .lineSeparator, .paragraphSeparator, .surrogate: return 0
        default: return isWide || properties.isEmojiPresentation ? 2 : 1
        }
    }

    /// Part of what is set before it: marks, joiners, variation selectors, the vowel signs of Indian and Thai scripts.
    fileprivate var standsOnPrevious: Bool {
        switch value {
        case 0x200C, 0x200D, 0xE33, 0xEB3, 0x1160...0x11FF, 0xD7B0...0xD7FF, 0xE0020...0xE007F: return true
        case 0x3041...0x3096, 0x30A0...0x30FF, 0x4E00...0x9FFF, 0xAC00...0xD7A3: return false
        default: break
        }
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .spacingMark: return true
        default: return false
        }
    }

    /// One of the letters that make a flag in pairs.
    fileprivate var isRegional: Bool { (0x1F1E6...0x1F1FF).contains(value) }

    /// East Asian width W or F (Unicode Standard Annex 11), by blocks.
    private var isWide: Bool {
        switch value {
        case 0x1100...0x115F, 0x231A...0x231B, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0xA4CF,
            0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6,
            0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF, 0x1F200...0x1F265, 0x1F300...0x1F320, 0x1F32D...0x1F335, 0x1F337...0x1F37C,
            0x1F37E...0x1F393, 0x1F3A0...0x1F3CA, 0x1F3CF...0x1F3D3, 0x1F3E0...0x1F3F0, 0x1F3F8...0x1F43E, 0x1F442...0x1F4FC,
            0x1F4FF...0x1F53D, 0x1F54B...0x1F567, 0x1F5FB...0x1F64F, 0x1F680...0x1F6C5, 0x1F90C...0x1F9FF, 0x20000...0x3FFFD:
            true
        default:
            false
        }
    }
}
