/// A receipt fitted to a paper width: what stands where, in character cells. Still independent of any printer.
public struct Layout: Hashable, Sendable {
    /// Cells across the paper: 48 on 80 mm, 32 on 58 mm.
    public var columns: Int
    /// From top to bottom.
    public var elements: [Element]

    public init(columns: Int, elements: [Element]) {
        self.columns = columns
        self.elements = elements
    }

    public enum Element: Hashable, Sendable {
        case text(TextRow)
        /// A PNG, at most as wide as its place.
        case image(png: [UInt8], Place)
        /// `cell`: dots per module.
        case qrCode(data: [UInt8], cell: Int, level: QRLevel, Place)
        case barcode(Barcode, Place)
        case cut
        /// Bytes for the device, from a file that the technician installed.
        case command([UInt8])
    }

    /// Where a picture may stand: `width` cells from cell `start` on.
    public struct Place: Hashable, Sendable {
        public var start: Int
        public var width: Int
        public var align: HorizontalAlignment

        public init(start: Int, width: Int, align: HorizontalAlignment) {
            self.start = start
            self.width = width
            self.align = align
        }
    }

    /// One line of characters.
    public struct TextRow: Hashable, Sendable {
        /// From left to right; they do not overlap.
        public var fragments: [Fragment]
        /// No white between this row and the next, so that the strokes of a frame meet.
        public var isTight: Bool
        /// Cells that the row takes at least in ``Layout/plainText``, where an empty last column is one space.
        public var extent: Int

        public init(_ fragments: [Fragment] = [], isTight: Bool = false, extent: Int = 0) {
            self.fragments = fragments
            self.isTight = isTight
            self.extent = extent
        }

        /// The tallest magnification, at least 1.
        public var height: Int { fragments.reduce(1) { max($0, $1.decoration.height) } }
    }

    /// Characters of one look from cell `start` on.
    public struct Fragment: Hashable, Sendable {
        public var start: Int
        public var text: String
        public var decoration: Decoration
        /// Box-drawing characters of a rule or frame, not of the text.
        public var isStroke: Bool

        public init(start: Int, text: String, decoration: Decoration = .plain, isStroke: Bool = false) {
            self.start = start
            self.text = text
            self.decoration = decoration
            self.isStroke = isStroke
        }

        /// Cells on the paper.
        public var width: Int { text.cells * decoration.width }
    }
}

extension HorizontalAlignment {
    /// How far from the left something of `width` stands in `room`.
    public func offset(of width: Int, in room: Int) -> Int {
        switch self {
        case .left: 0
        case .center: max(0, room - width) / 2
        case .right: max(0, room - width)
        }
    }
}
