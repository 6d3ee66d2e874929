import CGraphics
public import ReceiptMarkup

/// Shaped text, pictures and QR codes as dots: Pango, cairo and zint.
public struct TicketRaster: DotRenderer {
    public init() {}

    /// Line art is cut at half grey, which keeps its edges; a photograph is dithered.
    public func image(png: [UInt8], maxWidth: Int) throws(DotRenderingError) -> DotImage {
        let picture = try PNG.decode(png, maxWidth: maxWidth)
        let greys = picture.gray.count { (48..<208).contains($0) }
        let isPhotograph = greys * 5 > picture.gray.count
        return DotImage(width: picture.width, height: picture.height) { x, y in
            let threshold = isPhotograph ? Self.bayerThreshold(x, y) : 128
            return Int(picture.gray[y * picture.width + x]) < threshold
        }
    }

    public func text(
        _ text: String, cells: Int, cellWidth: Int, cellHeight: Int, bold: Bool
    ) throws(DotRenderingError) -> DotImage {
        let width = cells * cellWidth
        guard width > 0, cellHeight > 0 else { return DotImage(width: 0, height: 0, bits: []) }
        let mask = Typesetter.shared.mask(
            text, width: width, height: cellHeight, magnification: (Double(cellWidth) / 12, Double(cellHeight) / 24), bold: bold)
        return DotImage(width: width, height: cellHeight) { mask[$0, $1] >= 112 }
    }

    /// 8 × 8 ordered dither, spread over the greys.
    private static func bayerThreshold(_ x: Int, _ y: Int) -> Int {
        var value = 0
        for bit in 0..<3 {
            let across = x >> bit & 1
            let down = y >> bit & 1
            value = value << 2 | (across ^ down) << 1 | down
        }
        return value * 4 + 2
    }
}
