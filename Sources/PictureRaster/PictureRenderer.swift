public import ReceiptMarkup

/// A renderer that draws pictures and codes by cairo and zint, and brings its own text.
public protocol PictureRenderer: DotRenderer {}

extension PictureRenderer {
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
}
