import ESCPOS
import Foundation
import ReceiptMarkup

/// Two printers that differ in everything that bytes depend on.
enum Sample {
    static let wide = PrinterModel(
        id: "wide", name: "Wide", paperWidth: .mm80, dots: 576, columns: 48, codePages: [.cp437: 0, .cp858: 19], qr: .native,
        proof: .processID, automaticStatus: true, bufferBytes: 4096, cutter: .partial, feedBeforeCut: 4, image: .raster)
    static let narrow = PrinterModel(
        id: "narrow", name: "Narrow", paperWidth: .mm58, dots: 384, columns: 32, codePages: [:], qr: .raster, proof: .none,
        automaticStatus: false, bufferBytes: 4096, cutter: .none, feedBeforeCut: 3, image: .column)
}

/// Draws small fixed patterns, so that golden bytes do not depend on installed fonts.
struct PatternRenderer: DotRenderer {
    func image(png: [UInt8], maxWidth: Int) throws(DotRenderingError) -> DotImage {
        guard png.starts(with: [0x89, 0x50, 0x4E, 0x47]) else { throw DotRenderingError(.notAPicture, "no PNG signature") }
        return DotImage(width: 20, height: 3) { x, y in x == y || x == 19 }
    }

    /// The outline of the box.
    func text(
        _ text: String, cells: Int, cellWidth: Int, cellHeight: Int, bold: Bool
    ) throws(DotRenderingError) -> DotImage {
        let width = cells * cellWidth
        return DotImage(width: width, height: cellHeight) { x, y in x == 0 || y == 0 || x == width - 1 || y == cellHeight - 1 }
    }

    func barcode(_ code: Barcode) throws(DotRenderingError) -> DotImage {
        DotImage(width: code.data.utf8.count * code.narrow * 11, height: code.height) { _, _ in true }
    }

    func qrCode(_ data: [UInt8], cell: Int, level: QRLevel) throws(DotRenderingError) -> DotImage {
        guard data.count < 100 else { throw DotRenderingError(.tooMuchData, "\(data.count) bytes") }
        return DotImage(width: 2 * cell, height: 2 * cell) { x, y in x / cell == y / cell }
    }
}
