public import PictureRaster
public import ReceiptMarkup

/// Shaped text by Pango, and pictures and codes, as dots.
public struct TicketRaster: PictureRenderer {
    public init() {}

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
