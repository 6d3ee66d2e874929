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
            #expect(try QRSize.modules(of: Array(repeating: 0xE9, count: bytes), level: level) == width(bytes), "\(bytes) bytes")
        }
    }

    /// What the largest symbol holds of digits, letters and bytes (ISO/IEC 18004 table 7).
    static let limits: [(QRLevel, digits: Int, letters: Int, bytes: Int)] = [
        (.l, 7089, 4296, 2953), (.m, 5596, 3391, 2331), (.q, 3993, 2420, 1663), (.h, 3057, 1852, 1273),
    ]

    /// What passes the check is printed as a code, by the printer and by us, and the next character more is told by both.
    @Test(arguments: limits) func checkSizeAndSymbolAgreeUpToTheLastCharacter(_ level: QRLevel, _ digits: Int, _ letters: Int, _ bytes: Int)
        throws
    {
        for (character, limit) in [("8", digits), ("A", letters), ("a", bytes)] {
            for count in [1, 40, limit / 3, limit - 1, limit, limit + 1] {
                let text = String(repeating: character, count: count)
                let receipt = Receipt(parsing: "{option:qrcode,3,\(level.rawValue); code:\(text)}")
                #expect(receipt.diagnostics.isEmpty == (count <= limit), "\(count) times \(character)")
                let modules = QRSize.modules(of: Array(text.utf8), level: level)
                #expect(try modules == (count <= limit ? raster.qrCode(Array(text.utf8), cell: 1, level: level).width : nil))
                guard count <= limit else { continue }
                for qr in PrinterModel.CodeSupport.allCases {
                    var model = TicketTemplateModel.wide
                    model.qr = qr
                    let encoder = ReceiptEncoder(model: model, renderer: raster)
                    let encoded = try encoder.encoded(receipt.layout(columns: model.columns))
                    #expect(!encoded.notes.contains { $0.code == .codeInLetters }, "\(count) times \(character), \(qr): \(encoded.notes)")
                }
            }
        }
    }

    /// Between the smallest symbols too, where the counts in front of the data grow by two bits: versions 9 to 10 and 26 to 27.
    @Test(arguments: QRLevel.allCases) func everySizeIsThatOfTheSymbol(_ level: QRLevel) throws {
        for character in Array("8Aa".utf8) {
            for count in stride(from: 1, through: 1200, by: 37) {
                let data = [UInt8](repeating: character, count: count)
                #expect(try QRSize.modules(of: data, level: level) == raster.qrCode(data, cell: 1, level: level).width)
            }
        }
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
