/// A receipt written in ReceiptLine (the public specification of the OFSC), parsed but not yet fitted to a paper width.
///
/// Parsing never fails: what cannot be understood is left out and told in ``diagnostics``,
/// so that a mistake in a template costs a decoration and not the ticket.
public struct Receipt: Hashable, Sendable {
    public var lines: [Line]
    /// What was ignored, in the order of the text.
    public var diagnostics: [Diagnostic]

    public init(lines: [Line], diagnostics: [Diagnostic] = []) {
        self.lines = lines
        self.diagnostics = diagnostics
    }

    /// One line of markup.
    public enum Line: Hashable, Sendable {
        /// Columns side by side; a blank line is one column without spans.
        case text([Column])
        /// `-`
        case rule
        /// `=`
        case cut
        /// `{…}`: at most one property of each kind, settings first; `align` says which pipe the braces lean to.
        case properties([Property], align: HorizontalAlignment)
        /// Braces where they may not stand; prints nothing.
        case ignored
    }

    /// What stands between two pipes.
    public struct Column: Hashable, Sendable {
        public var align: HorizontalAlignment
        public var spans: [Span]

        public init(align: HorizontalAlignment, spans: [Span]) {
            self.align = align
            self.spans = spans
        }
    }

    /// Characters of one look. A line feed in ``text`` (`\n` in the markup) begins a new line inside the column.
    public struct Span: Hashable, Sendable {
        public var text: String
        public var decoration: Decoration

        public init(_ text: String, _ decoration: Decoration = .plain) {
            self.text = text
            self.decoration = decoration
        }
    }

    /// One `key:value` of a `{…}` line.
    public enum Property: Hashable, Sendable {
        /// `text`, `t`: how long text goes on in the next line; holds until changed.
        case wrap(Wrapping)
        /// `border`, `b`: between columns; holds until changed.
        case border(Border)
        /// `width`, `w`: of the columns, in cells; holds until changed. Empty is `auto`.
        case width([ColumnWidth])
        /// `align`, `a`: where lines narrower than the paper stand; holds until changed.
        case align(HorizontalAlignment)
        /// `option`, `o`: how codes are drawn; holds until changed.
        case option(CodeOption)
        /// `image`, `i`: the bytes of a PNG.
        case image([UInt8])
        /// `code`, `c`: printed as ``option(_:)`` says.
        case code(String)
        /// `command`, `x`: bytes for the device; only where the caller allowed them.
        case command([UInt8])
        /// `comment`, `_`
        case comment(String)
    }

    public enum Wrapping: String, Hashable, Sendable {
        /// Long text is cut off at the end of its column.
        case nowrap
        /// Lines break where the column ends, between characters.
        case wrap
        /// Lines break between words, and a magnified word that is too wide is set smaller. Not of the specification:
        /// other implementations take it for `wrap`.
        case words
    }

    public enum ColumnWidth: Hashable, Sendable {
        /// `*`: an equal part of what is left.
        case share
        /// Cells; 0 hides the column.
        case cells(Int)
    }

    public enum Border: Hashable, Sendable {
        /// A frame of lines around and between the columns.
        case line
        /// So many cells between the columns, 0…2.
        case space(Int)
    }

    /// How the data of `code` are drawn.
    public enum CodeOption: Hashable, Sendable {
        /// `cell`: dots per module, 3…8.
        case qrCode(cell: Int, level: QRLevel)
        /// `narrow`: dots of a narrow bar, 2…4. `height`: dots, 24…240. `showsText`: `hri`.
        case barcode(Barcode.System, narrow: Int, height: Int, showsText: Bool)

        /// `code128 2 72 nohri`, what holds before any option.
        public static let initial = barcode(.code128, narrow: 2, height: 72, showsText: false)
    }

    /// Something of the markup that was left out.
    public struct Diagnostic: Hashable, Sendable, CustomStringConvertible {
        /// From 1.
        public var line: Int
        /// From 1, in Unicode scalars.
        public var column: Int
        /// What was ignored, and why.
        public var message: String

        public init(line: Int, column: Int, message: String) {
            self.line = line
            self.column = column
            self.message = message
        }

        public var description: String { "\(line):\(column): \(message)" }
    }
}

/// The look of characters.
public struct Decoration: Hashable, Sendable {
    public var underline: Bool
    public var bold: Bool
    /// White on black.
    public var invert: Bool
    /// Magnification, 1…6 each.
    public var width: Int
    public var height: Int

    public static let plain = Self()

    public init(underline: Bool = false, bold: Bool = false, invert: Bool = false, width: Int = 1, height: Int = 1) {
        self.underline = underline
        self.bold = bold
        self.invert = invert
        self.width = width
        self.height = height
    }
}
