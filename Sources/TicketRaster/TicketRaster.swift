import CGraphics
public import ReceiptMarkup

/// Shaped text, pictures and QR codes as dots: Pango, cairo and zint.
public struct TicketRaster: DotRenderer {
    public init() {}

    /// Line art is cut at half grey, which keeps its edges; a photograph is dithered. The same picture is decoded once.
    public func image(png: [UInt8], maxWidth: Int) throws(DotRenderingError) -> DotImage {
        try PictureCache.shared.image(png: png, maxWidth: maxWidth) { () throws(DotRenderingError) in
            let picture = try PNG.decode(png, maxWidth: maxWidth)
            let greys = picture.gray.count { (48..<208).contains($0) }
            let isPhotograph = greys * 5 > picture.gray.count
            return isPhotograph
                ? Dither.diffused(picture.gray, width: picture.width, height: picture.height)
                : Dither.cut(picture.gray, width: picture.width, height: picture.height)
        }
    }

    public func missingCharacters(in text: String) -> String { Typesetter.shared.missingCharacters(in: text) }

    public func simplifiedCharacters(in text: String) -> String { text.filter { $0.plainEmoji != nil } }

    public func text(
        _ text: String, cells: Int, cellWidth: Int, cellHeight: Int, bold: Bool
    ) throws(DotRenderingError) -> DotImage {
        let width = cells * cellWidth
        guard width > 0, cellHeight > 0 else { return DotImage(width: 0, height: 0, bits: []) }
        let mask = Typesetter.shared.mask(
            text, width: width, height: cellHeight, magnification: (Double(cellWidth) / 12, Double(cellHeight) / 24), bold: bold)
        return DotImage(width: width, height: cellHeight) { mask[$0, $1] >= 112 }
    }
}
