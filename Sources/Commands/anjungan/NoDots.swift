import ReceiptMarkup

/// Draws nothing: the full program does.
struct NoDots: DotRenderer {
    private static let elsewhere = DotRenderingError(.outOfMemory, "only the full program draws")

    func image(png _: [UInt8], maxWidth _: Int) throws(DotRenderingError) -> DotImage { throw Self.elsewhere }

    func text(
        _: String, cells _: Int, cellWidth _: Int, cellHeight _: Int, bold _: Bool
    ) throws(DotRenderingError) -> DotImage { throw Self.elsewhere }

    func qrCode(_: [UInt8], cell _: Int, level _: QRLevel) throws(DotRenderingError) -> DotImage { throw Self.elsewhere }

    func barcode(_: Barcode) throws(DotRenderingError) -> DotImage { throw Self.elsewhere }
}
