import ReceiptMarkup

/// The printer's letters, drawn once each. They stand in for the real fonts, in the same cells.
struct GlyphCase: Sendable {
    struct Key: Hashable, Sendable {
        var character: Unicode.Scalar
        var cellWidth: Int
        var cellHeight: Int
        var bold: Bool
    }

    private let renderer: any DotRenderer
    private var drawn: [Key: DotImage] = [:]

    init(renderer: any DotRenderer) { self.renderer = renderer }

    /// The dots of one character cell. A character that cannot be drawn becomes a box, as on printers that lack it.
    mutating func glyph(_ key: Key) -> DotImage {
        if let image = drawn[key] { return image }
        let image: DotImage
        do throws(DotRenderingError) {
            image = try renderer.text(
                String(key.character), cells: 1, cellWidth: key.cellWidth, cellHeight: key.cellHeight, bold: key.bold)
        } catch {
            image = Self.box(width: key.cellWidth, height: key.cellHeight)
        }
        drawn[key] = image
        return image
    }

    static func box(width: Int, height: Int) -> DotImage {
        var canvas = DotCanvas(width: width, height: height)
        canvas.fill(x: 1, y: 2, width: width - 2, height: height - 4)
        canvas.invert(x: 2, y: 3, width: width - 4, height: height - 6)
        return canvas.image
    }
}
