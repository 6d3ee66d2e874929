extension Character {
    /// Cells on the paper: 2 for wide (East Asian, emoji) characters, 0 for what leaves no mark, else 1.
    public var cells: Int {
        guard let first = unicodeScalars.first else { return 0 }
        let properties = first.properties
        switch properties.generalCategory {
        case .control, .format, .nonspacingMark, .enclosingMark, .lineSeparator, .paragraphSeparator, .surrogate: return 0
        default: break
        }
        return first.isWide || properties.isEmojiPresentation ? 2 : 1
    }
}

extension String {
    /// Cells of all characters side by side.
    public var cells: Int { reduce(0) { $0 + $1.cells } }
}

extension Unicode.Scalar {
    /// East Asian width W or F (Unicode Standard Annex 11), by blocks.
    fileprivate var isWide: Bool {
        switch value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
            0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF,
            0x20000...0x3FFFD:
            true
        default:
            false
        }
    }
}
