import ReceiptMarkup
import TicketRaster

/// The roll so far as one picture: the last sheets, oldest on top, as they would hang one above the other.
struct PaperPicture {
    /// A sheet with its dots.
    struct Piece: Sendable {
        var dots: DotImage
        var caption: String
        var isCut: Bool
    }

    private static let margin = 24
    private static let captionHeight = 34
    private static let desk: UInt8 = 214
    private static let paper: UInt8 = 252
    private static let ink: UInt8 = 28
    private static let shadow: UInt8 = 178

    private let width: Int
    private let pieces: [Piece]

    init(paperWidth: Int, pieces: [Piece]) {
        width = paperWidth + 4 * Self.margin
        self.pieces = pieces
    }

    /// An 8-bit grey PNG.
    func png() throws(DotRenderingError) -> [UInt8] {
        let height = pieces.reduce(Self.margin) { $0 + $1.dots.height + 2 * Self.margin + Self.captionHeight }
        var page = Canvas(width: width, height: max(height, 3 * Self.margin))
        page.fill(x: 0, y: 0, width: page.width, height: page.height, gray: Self.desk)
        if pieces.isEmpty { page.draw("belum ada kertas / no paper yet", x: Self.margin, y: Self.margin) }
        var y = Self.margin
        for piece in pieces {
            draw(piece, at: y, on: &page)
            y += piece.dots.height + Self.margin
            page.draw(piece.caption, x: Self.margin, y: y, cellWidth: 10, cellHeight: 20)
            y += Self.captionHeight + Self.margin
        }
        return try page.png()
    }

    private func draw(_ piece: Piece, at y: Int, on page: inout Canvas) {
        let paperWidth = width - 2 * Self.margin
        page.fill(x: Self.margin + 4, y: y + 4, width: paperWidth, height: piece.dots.height, gray: Self.shadow)
        page.fill(x: Self.margin, y: y, width: paperWidth, height: piece.dots.height, gray: Self.paper)
        page.draw(piece.dots, x: 2 * Self.margin, y: y, gray: Self.ink)
        if !piece.isCut { tear(x: Self.margin, y: y + piece.dots.height, width: paperWidth, on: &page) }
    }

    /// The lower edge of paper that was not cut: teeth.
    private func tear(x: Int, y: Int, width: Int, on page: inout Canvas) {
        for column in 0..<width {
            let depth = abs(column % 12 - 6)
            page.fill(x: x + column, y: y - depth, width: 1, height: depth + 5, gray: Self.desk)
        }
    }
}
