import PictureRaster
public import ReceiptMarkup

/// A page of paper as a picture: one pixel for each dot of the printer's head, 0 black, 255 white.
///
/// Everything outside the page is cut off, as the head cuts it off.
public struct Canvas: Hashable, Sendable {
    public let width: Int
    public let height: Int
    /// Row by row, without padding.
    public private(set) var pixels: [UInt8]

    static let white: UInt8 = 255

    /// A white page of `width` × `height` dots.
    public init(width: Int, height: Int) {
        precondition(width > 0 && height >= 0, "a page has at least one column of dots")
        self.width = width
        self.height = height
        pixels = Array(repeating: Self.white, count: width * height)
    }

    /// Puts the black dots of `image` at `x`, `y`. White dots change nothing.
    public mutating func draw(_ image: DotImage, x: Int, y: Int, gray: UInt8 = 0) {
        for row in 0..<image.height {
            let bits = image.bits[(row * image.bytesPerRow)..<((row + 1) * image.bytesPerRow)]
            guard bits.contains(where: { $0 != 0 }) else { continue }
            for column in 0..<image.width where bits[bits.startIndex + column / 8] & (0x80 >> UInt8(column % 8)) != 0 {
                fill(x: x + column, y: y + row, width: 1, height: 1, gray: gray)
            }
        }
    }

    /// Draws `text` in character cells from `x`, `y` (the upper left corner) to the right: every character in the cell that a
    /// printer gives it, wide (CJK) ones in two.
    ///
    /// - Parameters:
    ///   - cellWidth: dots of one cell across; 12 × 24 is font A.
    ///   - cellHeight: dots of one cell down.
    public mutating func draw(_ text: String, x: Int, y: Int, cellWidth: Int = 12, cellHeight: Int = 24) {
        var pen = x
        for character in text {
            let width = character.cells * cellWidth
            guard width > 0 else { continue }
            if character != " " {
                let mask = Typesetter.shared.mask(
                    String(character), width: width, height: cellHeight,
                    magnification: (Double(cellWidth) / 12, Double(cellHeight) / 24), bold: false)
                draw(mask, x: pen, y: y)
            }
            pen += width
        }
    }

    /// Fills a rectangle; what lies outside the page is cut off.
    public mutating func fill(x: Int, y: Int, width: Int, height: Int, gray: UInt8) {
        let columns = (x..<(x + max(0, width))).clamped(to: 0..<self.width)
        for row in (y..<(y + max(0, height))).clamped(to: 0..<self.height) {
            for column in columns { pixels[row * self.width + column] = gray }
        }
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
}
