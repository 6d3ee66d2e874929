import ESCPOS
import PictureRaster
import ReceiptMarkup
import Testing
import TicketRaster

/// What the encoder works out without drawing, against the symbols as zint draws them.
@Suite struct SymbolSizeTests {
    let raster = TicketRaster()

    @Test(arguments: QRLevel.allCases) func theSizeOfAQRCodeIsKnownBeforeItIsDrawn(_ level: QRLevel) throws {
        // Bytes that are neither digits nor letters, so that nothing can be packed closer.
        func width(_ bytes: Int) throws -> Int { try raster.qrCode(Array(repeating: 0xE9, count: bytes), cell: 1, level: level).width }
        for bytes in [1, 7, 8, 14, 15, 26, 27, 62, 63, 106, 107, 271, 272, 500, 858, 859, 1273] {
            #expect(try QRSize.modules(bytes: bytes, level: level) == width(bytes), "\(bytes) bytes")
        }
        #expect(QRSize.modules(bytes: 2954, level: level) == nil)
    }

    @Test(arguments: ["1234567890", "AB1234567", "a1b22c333d4444e55555", "MPP-2026-000123", "{brace}", "x", "12345", "99999999999a"])
    func theShortestCODE128IsAsShortAsZintsOwn(_ text: String) throws {
        let data = try #require(Code128.data(for: text))
        #expect(Code128.content(of: data) == text)
        let zint = try raster.barcode(Barcode(system: .code128, data: text, narrow: 1)).width - 20
        // The start symbol is the first switch; check symbol and stop come behind the data.
        var symbols = 1
        var index = 0
        while index < data.count {
            index += data[index] == 0x7B ? 2 : 1
            symbols += 1
        }
        #expect(symbols * 11 + 13 == zint)
    }
}
