import CPictures
public import ReceiptMarkup

// QR codes and bar codes, whose modules zint works out.

extension PictureRenderer {
    public func qrCode(_ data: [UInt8], cell: Int, level: QRLevel) throws(DotRenderingError) -> DotImage {
        let symbol = try Modules(
            BARCODE_QRCODE, data, option1: CInt((QRLevel.allCases.firstIndex(of: level) ?? 0) + 1),
            name: "QR code at level \(level.rawValue)")
        return DotImage(width: symbol.width * cell, height: symbol.height * cell) { x, y in symbol.isBlack(x / cell, y / cell) }
    }

    public func barcode(_ code: Barcode) throws(DotRenderingError) -> DotImage {
        let symbol = try Modules(code.system.symbology, Array(code.data.utf8), name: "bar code \(code.system.rawValue)")
        let quiet = code.system.quietModules * code.narrow
        let width = symbol.width * code.narrow + 2 * quiet
        let bars = DotImage(width: width, height: code.height) { x, _ in
            x >= quiet && x < width - quiet && symbol.isBlack((x - quiet) / code.narrow, 0)
        }
        guard code.showsText else { return bars }
        let cells = min(code.text.cells, width / 12)
        let text = try text(code.text, cells: cells, cellWidth: 12, cellHeight: 24, bold: false)
        let indent = (width - text.width) / 2
        return DotImage(width: width, height: code.height + text.height) { x, y in
            if y < code.height { return bars.isBlack(x, y) }
            return (indent..<(indent + text.width)).contains(x) && text.isBlack(x - indent, y - code.height)
        }
    }
}

extension Barcode.System {
    fileprivate var symbology: CInt {
        switch self {
        case .upc: BARCODE_UPCA
        case .ean: BARCODE_EANX
        case .code39: BARCODE_CODE39
        case .itf: BARCODE_C25INTER
        case .codabar: BARCODE_CODABAR
        case .code93: BARCODE_CODE93
        case .code128: BARCODE_CODE128
        }
    }

    /// White modules on each side that readers want (ISO/IEC 15420 for UPC and EAN; ten for the others).
    fileprivate var quietModules: Int {
        switch self {
        case .upc: 9
        case .ean: 11
        case .code39, .itf, .codabar, .code93, .code128: 10
        }
    }
}

/// The black and white modules of one symbol.
private struct Modules {
    let width: Int
    let height: Int
    private let black: [Bool]

    func isBlack(_ x: Int, _ y: Int) -> Bool { black[y * width + x] }

    init(_ symbology: CInt, _ data: [UInt8], option1: CInt = -1, name: String) throws(DotRenderingError) {
        guard let symbol = ZBarcode_Create() else { throw DotRenderingError(.outOfMemory, "zint has no memory for a \(name).") }
        defer { ZBarcode_Delete(symbol) }
        symbol.pointee.symbology = symbology
        symbol.pointee.input_mode = DATA_MODE
        symbol.pointee.output_options = OUT_BUFFER_INTERMEDIATE
        symbol.pointee.option_1 = option1
        symbol.pointee.show_hrt = 0
        // One pixel for each module; zint counts in halves.
        symbol.pointee.scale = 0.5
        let status = ZBarcode_Encode_and_Buffer(symbol, data, CInt(data.count), 0)
        guard status < ZINT_ERROR, let bitmap = symbol.pointee.bitmap else {
            let reason = withUnsafeBytes(of: &symbol.pointee.errtxt) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            throw DotRenderingError(.tooMuchData, "No \(name) of \(data.count) bytes: \(reason).")
        }
        width = Int(symbol.pointee.bitmap_width)
        height = Int(symbol.pointee.bitmap_height)
        let count = width * height
        black = UnsafeBufferPointer(start: bitmap, count: count).map { $0 == UInt8(ascii: "1") }
    }
}
