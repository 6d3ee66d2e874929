import DeviceEmulators
import DeviceProfiles
import ESCPOS
import Foundation
import PictureRaster
import ReceiptMarkup
import Testing
import TicketRaster

/// What stands in the middle of a ticket stands below each other, on every printer of `Devices/printers`.
@Suite struct PaperAxisTests {
    static let devices = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appending(path: "Devices").path
    static let models = (try? DeviceProfiles.printers(in: devices)) ?? []

    static let square: String = {
        let square = DotImage(width: 64, height: 16) { _, _ in true }
        guard let png = try? PNG.encode(square) else { return "" }
        return Base64(bytes: png)?.text ?? ""
    }()

    /// Twice the middle of the ink, in dots.
    static func axis(_ sheets: [DotImage]) throws -> Int {
        let columns = sheets.flatMap { sheet in
            (0..<sheet.width).filter { x in (0..<sheet.height).contains { sheet.isBlack(x, $0) } }
        }
        return try #require(columns.min()) + #require(columns.max())
    }

    @Test func thereAreManyModels() { #expect(Self.models.count > 80) }

    @Test(arguments: models) func textPicturesAndCodesShareOneAxis(_ model: PrinterModel) throws {
        let raster = TicketRaster()
        // The text is as many letters as make it stand exactly in the middle.
        let text = String(repeating: "H", count: model.columns % 2 == 0 ? 8 : 9)
        let markup = [
            text, "{image:\(Self.square)}", "{option:qrcode,4,m; code:MPP-042}", "{option:code128,2,40; code:MPP-042}", "汉字汉字",
        ]
        var axes: [Int] = []
        for line in markup {
            let layout = Receipt(parsing: line).layout(columns: model.columns)
            let encoded = try ReceiptEncoder(model: model, renderer: raster).encode(layout)
            let printed = PrintedPaper(of: encoded, on: model, renderer: raster).sheets
            let painted = try PaperPainter(model: model, renderer: raster).sheets(of: layout)
            #expect(try Self.axis(painted) == Self.axis(printed), "\(line.prefix(20))")
            axes.append(try Self.axis(printed))
        }
        let spread = try #require(axes.max()) - #require(axes.min())
        #expect(spread <= 2 * model.cellWidth, "\(model.id): twice the middles of text, picture, QR code, bar code, drawn text: \(axes)")
    }

    /// A printer with more room than its columns need, dot by dot.
    @Test(arguments: PrinterModel.ImageSupport.allCases) func aWidePrinterWithFewColumnsIsPaintedAsItPrints(
        _ image: PrinterModel.ImageSupport
    ) throws {
        for barcodes in [[], Set(Barcode.System.allCases)] {
            let model = PreviewTests.model(dots: 576, columns: 42, image: image, barcodes: barcodes)
            #expect(model.areaWidth == 504)
            for line in PreviewTests.lines { try PreviewTests.compare("before\n\(line)\nafter\n=", on: model) }
        }
    }

    /// Codes that fit nowhere, and digits that only fit packed.
    @Test(arguments: [
        "{option:code128,2,40; code:\(String(repeating: "AB-", count: 60))}",
        "{option:qrcode,3,l; code:\(String(repeating: "7", count: 7089))}",
        "{option:qrcode,3,h; code:\(String(repeating: "A", count: 1852))}",
        "{width:9}\n{option:qrcode,3,h; code:\(String(repeating: "x", count: 700))}|",
        "{width:9}\n{option:qrcode,3,l; code:\(String(repeating: "7", count: 600))}",
    ]) func codesAtTheirLimitsArePaintedAsTheyArePrinted(_ line: String) throws {
        for model in PreviewTests.models { try PreviewTests.compare("a\n\(line)\nb\n=", on: model) }
    }
}
