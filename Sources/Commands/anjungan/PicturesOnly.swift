import PictureRaster
import ReceiptMarkup

/// Pictures and codes; shaped text is the full program's, because Pango and its fonts take long to load.
struct PicturesOnly: PictureRenderer {
    func text(
        _: String, cells _: Int, cellWidth _: Int, cellHeight _: Int, bold _: Bool
    ) throws(DotRenderingError) -> DotImage {
        throw DotRenderingError(.outOfMemory, "only the full program shapes text")
    }
}
