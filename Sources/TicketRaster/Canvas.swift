import PictureRaster
public import ReceiptMarkup

/// A page of paper as a picture: one pixel for each dot of the printer's head, 0 black, 255 white.
///
/// Everything outside the page is cut off, as the head cuts it off.
public struct Canvas: Hashable, Sendable {
    public let width: Int
    public private(set) var height: Int
    /// Row by row, without padding.
    public private(set) var pixels: [UInt8]

    static let white: UInt8 = 255
    static let black: UInt8 = 0

    /// A white page of `width` × `height` dots.
    public init(width: Int, height: Int) {
        precondition(width > 0 && height >= 0, "a page has at least one column of dots")
        self.width = width
        self.height = height
        pixels = Array(repeating: Self.white, count: width * height)
    }

    /// Adds white paper at the bottom until the page is `height` dots long; never shortens it.
    public mutating func extend(to height: Int) {
        guard height > self.height else { return }
        pixels.append(contentsOf: repeatElement(Self.white, count: (height - self.height) * width))
        self.height = height
    }

    /// The rows of `range`, cut to the page, as a page of their own.
    public func part(rows range: Range<Int>) -> Canvas {
        let rows = range.clamped(to: 0..<height)
        var part = Canvas(width: width, height: 0)
        part.height = rows.count
        part.pixels = Array(pixels[(rows.lowerBound * width)..<(rows.upperBound * width)])
        return part
    }

    /// Puts black dots of `image` at `x`, `y`; each becomes `scaleX` × `scaleY` dots. White dots change nothing.
    public mutating func draw(_ image: DotImage, x: Int, y: Int, scaleX: Int = 1, scaleY: Int = 1) {
        for row in 0..<image.height {
            for column in 0..<image.width where image.isBlack(column, row) {
                fill(x: x + column * scaleX, y: y + row * scaleY, width: scaleX, height: scaleY, gray: Self.black)
            }
        }
    }

    /// Puts another page onto this one.
    public mutating func draw(_ page: Canvas, x: Int, y: Int) {
        for row in 0..<page.height {
            for column in 0..<page.width { set(x + column, y + row, page.pixels[row * page.width + column]) }
        }
    }

    /// Draws `text` in character cells from `x`, `y` (the upper left corner) to the right.
    ///
    /// Every character stands in the cell that a printer gives it, wide (CJK) ones in two.
    /// Returns the dots to go right for the next character.
    @discardableResult
    public mutating func draw(_ text: String, x: Int, y: Int, style: TextStyle = TextStyle()) -> Int {
        var pen = x
        let cells = text.map { (character: $0, width: $0.cells * style.cellWidth * style.width) }
        let height = style.cellHeight * style.height
        for cell in cells where cell.width > 0 {
            if cell.character != " " {
                let mask = Typesetter.shared.mask(
                    String(cell.character), width: cell.width, height: height,
                    magnification: (Double(style.cellWidth * style.width) / 12, Double(height) / 24), bold: style.bold)
                draw(mask, x: pen, y: y)
            }
            pen += cell.width
        }
        if style.underline > 0 {
            fill(x: x, y: y + height - style.underline, width: pen - x, height: style.underline, gray: Self.black)
        }
        if style.invert { invert(x: x, y: y, width: pen - x, height: height) }
        return pen - x
    }

    /// Fills a rectangle.
    public mutating func fill(x: Int, y: Int, width: Int, height: Int, gray: UInt8) {
        forEachPixel(x: x, y: y, width: width, height: height) { $0 = gray }
    }

    /// Swaps black and white in a rectangle.
    public mutating func invert(x: Int, y: Int, width: Int, height: Int) {
        forEachPixel(x: x, y: y, width: width, height: height) { $0 = 255 - $0 }
    }

    /// The page as black and white dots; what is darker than half is black.
    public var dots: DotImage {
        DotImage(width: width, height: height) { pixels[$1 * width + $0] < 128 }
    }

    /// The page as an 8-bit grey PNG.
    public func png() throws(DotRenderingError) -> [UInt8] {
        try PNG.encode(gray: pixels, width: width, height: height)
    }

    private mutating func draw(_ mask: CoverageMask, x: Int, y: Int) {
        for row in 0..<mask.height {
            for column in 0..<mask.width {
                let coverage = Int(mask[column, row])
                guard coverage > 0, (0..<width).contains(x + column), (0..<height).contains(y + row) else { continue }
                let index = (y + row) * width + x + column
                pixels[index] = UInt8(Int(pixels[index]) * (255 - coverage) / 255)
            }
        }
    }

    private mutating func set(_ x: Int, _ y: Int, _ gray: UInt8) {
        guard (0..<width).contains(x), (0..<height).contains(y) else { return }
        pixels[y * width + x] = gray
    }

    private mutating func forEachPixel(x: Int, y: Int, width: Int, height: Int, _ change: (inout UInt8) -> Void) {
        let columns = (x..<(x + max(0, width))).clamped(to: 0..<self.width)
        for row in (y..<(y + max(0, height))).clamped(to: 0..<self.height) {
            for column in columns { change(&pixels[row * self.width + column]) }
        }
    }
}

/// How a printer sets its characters.
public struct TextStyle: Hashable, Sendable {
    /// Dots of one character cell before magnification: 12 × 24 is font A.
    public var cellWidth: Int
    public var cellHeight: Int
    /// Magnification, 1…8 each.
    public var width: Int
    public var height: Int
    public var bold: Bool
    /// Thickness in dots, 0 for none.
    public var underline: Int
    /// White on black.
    public var invert: Bool

    public init(
        cellWidth: Int = 12, cellHeight: Int = 24, width: Int = 1, height: Int = 1, bold: Bool = false, underline: Int = 0,
        invert: Bool = false
    ) {
        self.cellWidth = cellWidth
        self.cellHeight = cellHeight
        self.width = width
        self.height = height
        self.bold = bold
        self.underline = underline
        self.invert = invert
    }
}
