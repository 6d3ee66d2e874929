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

        public init(_ fragments: [Fragment] = [], isTight: Bool = false) {
            self.fragments = fragments
            self.isTight = isTight
        }

        /// The tallest magnification, at least 1.
        public var height: Int { fragments.reduce(1) { max($0, $1.decoration.height) } }
    }

    /// Characters of one look from cell `start` on.
    public struct Fragment: Hashable, Sendable {
        public var start: Int
        public var text: String
        public var decoration: Decoration

        public init(start: Int, text: String, decoration: Decoration = .plain) {
            self.start = start
            self.text = text
            self.decoration = decoration
        }

        /// Cells on the paper.
        public var width: Int { text.cells * decoration.width }
    }

    /// The receipt for a screen, a log or a test: one line for each row, pictures named in brackets.
    ///
    /// Text begins at its column where the text before leaves room; magnified text is not spread.
    public var plainText: String {
        elements.map { element in
            switch element {
            case .text(let row): row.plainText
            case .image(_, let place): place.label("[image]")
            case .qrCode(let data, _, _, let place): place.label("[QR " + String(decoding: data, as: UTF8.self) + "]")
            case .barcode(let code, let place): place.label("[" + code.system.rawValue + " " + code.data + "]")
            case .cut: String(repeating: "=", count: columns)
            case .command(let bytes): "[command of \(bytes.count) bytes]"
            }
        }.joined(separator: "\n")
    }
}

extension Layout.TextRow {
    fileprivate var plainText: String {
        fragments.reduce(into: "") { line, fragment in
            line += String(repeating: " ", count: max(0, fragment.start - line.cells)) + fragment.text
        }
    }
}

extension Layout.Place {
    fileprivate func label(_ text: String) -> String {
        String(repeating: " ", count: start + align.offset(of: text.cells, in: width)) + text
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
