import ESCPOS
import ReceiptMarkup
import Testing

/// A ticket for every printer of `Devices/printers`, encoded and read back.
@Suite struct PrinterTicketTests {
    static let markup = """
        ^^^DINAS KEPENDUDUKAN
        ^^^^^^A-042
        {width:* 10}
        |Layanan| Rp 15.000|
        |Café, señor, Ångström, Łódź, €, Привет, Ελλάδα| 中文|
        {width:auto}
        "Terima kasih" _Matur nuwun_ `ꦩꦠꦸꦂ` العربية
        {code:https://anjungan.example/t/A-042; option:qrcode,4,m}
        {code:4006381333931; option:ean,2,60,hri}
        {code:A042; option:code128,2,60}
        -
        =
        """

    @Test(arguments: PrinterModelsTests.models) func aTicketComesBackWholeAndKeepsToTheProfile(_ model: PrinterModel) throws {
        let layout = Receipt(parsing: Self.markup).layout(columns: model.columns)
        let bytes = try ReceiptEncoder(model: model, renderer: BoxRenderer()).encode(layout)
        var decoder = CommandDecoder()
        let commands = decoder.feed(bytes)
        #expect(decoder.pending.isEmpty, "a command is cut off")
        #expect(commands.first == .initialize)
        var cuts = 0
        for command in commands {
            switch command {
            case .unknown(let bytes): Issue.record("\(model.id) gets \(bytes.prefix(8)), which no one knows")
            case .codePage(let number): #expect(model.codePages.values.contains(number))
            case .raster(let image, scale: _):
                #expect(model.image == .raster)
                #expect(image.bytesPerRow <= (model.dots + 7) / 8)
                #expect(image.height <= model.stripRows)
            case .columnImage(let band):
                #expect(model.image == .column)
                #expect(band.width <= model.dots)
            case .qrPrint: #expect(model.qr == .native)
            case .barcode: #expect(!model.barcodes.isEmpty)
            case .cut(let cut):
                cuts += 1
                #expect(model.cutter != .none, "\(cut)")
            default: break
            }
        }
        #expect(cuts == (model.cutter == .none ? 0 : 1))
        #expect(commands.contains(.qrPrint) == (model.qr == .native))
    }

    /// The characters of the ticket that a page has come out as text: nothing is lost by asking the wrong page.
    @Test(arguments: PrinterModelsTests.models) func everyPageOfAProfileIsReadBackAsItWasWritten(_ model: PrinterModel) throws {
        for (page, number) in model.codePages {
            let written = (UInt8(0x80)...0xFF).compactMap { byte in page.character(byte).flatMap { page.byte($0) } }
            #expect(!written.isEmpty, "\(model.id) names \(page.rawValue) as page \(number), which writes nothing")
        }
    }
}

/// Draws boxes, so that the test needs no fonts.
private struct BoxRenderer: DotRenderer {
    func image(png: [UInt8], maxWidth: Int) throws(DotRenderingError) -> DotImage { Self.box(width: 16, height: 16) }

    func text(_ text: String, cells: Int, cellWidth: Int, cellHeight: Int, bold: Bool) throws(DotRenderingError) -> DotImage {
        Self.box(width: cells * cellWidth, height: cellHeight)
    }

    func qrCode(_ data: [UInt8], cell: Int, level: QRLevel) throws(DotRenderingError) -> DotImage {
        Self.box(width: 29 * cell, height: 29 * cell)
    }

    func barcode(_ code: Barcode) throws(DotRenderingError) -> DotImage {
        Self.box(width: min(280, code.data.utf8.count * code.narrow * 11), height: code.height)
    }

    private static func box(width: Int, height: Int) -> DotImage {
        DotImage(width: width, height: height, bits: [UInt8](repeating: 0xFF, count: (width + 7) / 8 * height))
    }
}
