import ESCPOS
import ReceiptMarkup
import SeededRandomness

/// Layouts and printers of every kind.
enum RandomLayout {
    static let alphabet = Array("abc XYZ 0189 éäß€ñ ŁőĄ Жд░║ 漢字 ع ꦲ 😀 e\u{301} \u{A0} \u{AD}\u{7}")

    static func model(_ random: inout SeededGenerator) -> PrinterModel {
        let pages = CodePage.allCases.filter { _ in Int.random(in: 0..<3, using: &random) == 0 }
        let columns = [32, 42, 48].randomElement(using: &random)!
        let dots = columns == 32 ? 384 : columns == 42 ? [512, 576].randomElement(using: &random)! : 576
        return PrinterModel(
            id: "random", name: "Random", paperWidth: columns == 32 ? .mm58 : .mm80, dots: dots, columns: columns,
            codePages: Dictionary(uniqueKeysWithValues: pages.enumerated().map { ($1, UInt8($0 * 3)) }),
            qr: Bool.random(using: &random) ? .native : .raster, proof: .none, automaticStatus: false,
            bufferBytes: [512, 4096, 65536].randomElement(using: &random)!,
            cutter: PrinterModel.Cutter.allCases.randomElement(using: &random)!, feedBeforeCut: Int.random(in: 0...6, using: &random),
            image: Bool.random(using: &random) ? .raster : .column,
            barcodes: Set(Barcode.System.allCases.filter { _ in Bool.random(using: &random) }),
            logoMemory: PrinterModel.LogoMemory.allCases.randomElement(using: &random)!,
            quirks: Set(PrinterModel.Quirk.allCases.filter { _ in Bool.random(using: &random) }))
    }

    static func make(columns: Int, _ random: inout SeededGenerator) -> Layout {
        let elements = (0..<Int.random(in: 0...25, using: &random)).map { _ in element(columns, &random) }
        return Layout(columns: columns, elements: elements)
    }

    private static func element(_ columns: Int, _ random: inout SeededGenerator) -> Layout.Element {
        switch Int.random(in: 0..<12, using: &random) {
        case 0: return .cut
        case 1: return .image(png: [0x89, 0x50, 0x4E, 0x47, UInt8.random(in: 0...3, using: &random)], place(columns, &random))
        case 2:
            let data = (0..<Int.random(in: 1...40, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
            return .qrCode(
                data: data, cell: Int.random(in: 3...4, using: &random), level: QRLevel.allCases.randomElement(using: &random)!,
                Layout.Place(start: 0, width: columns, align: .center))
        case 3:
            return .barcode(
                Barcode(
                    system: .code128, data: String(Int.random(in: 0...99_999_999, using: &random)), showsText: Bool.random(using: &random)),
                Layout.Place(start: 0, width: columns, align: [.left, .center, .right].randomElement(using: &random)!))
        default: return .text(row(columns, &random))
        }
    }

    private static func place(_ columns: Int, _ random: inout SeededGenerator) -> Layout.Place {
        let start = Int.random(in: 0...(columns / 2), using: &random)
        return Layout.Place(
            start: Bool.random(using: &random) ? 0 : start, width: Bool.random(using: &random) ? columns : columns - start,
            align: [.left, .center, .right].randomElement(using: &random)!)
    }

    private static func row(_ columns: Int, _ random: inout SeededGenerator) -> Layout.TextRow {
        var fragments: [Layout.Fragment] = []
        var start = Int.random(in: 0...6, using: &random)
        while start < columns {
            var decoration = Decoration.plain
            decoration.bold = Bool.random(using: &random)
            decoration.underline = Int.random(in: 0..<4, using: &random) == 0
            decoration.invert = Int.random(in: 0..<4, using: &random) == 0
            decoration.width = Int.random(in: 1...3, using: &random)
            decoration.height = Int.random(in: 1...3, using: &random)
            let usesAll = Int.random(in: 0..<4, using: &random) == 0
            let text = String(
                (0..<Int.random(in: 1...10, using: &random)).map { _ in
                    usesAll ? alphabet.randomElement(using: &random)! : alphabet[..<24].randomElement(using: &random)!
                })
            let fragment = Layout.Fragment(start: start, text: text, decoration: decoration)
            guard start + fragment.width <= columns else { break }
            fragments.append(fragment)
            start += fragment.width + Int.random(in: 0...9, using: &random)
        }
        return Layout.TextRow(fragments, isTight: Int.random(in: 0..<5, using: &random) == 0)
    }
}

/// Draws dots full of the bytes that printers take for orders.
struct TrapRenderer: DotRenderer {
    private func trap(_ width: Int, _ height: Int) -> DotImage {
        let bytes: [UInt8] = [0x10, 0x04, 0x10, 0x14, 0x10, 0x05, 0x10, 0x10, 0x04]
        return DotImage(width: width, height: height, bits: (0..<((width + 7) / 8 * height)).map { bytes[$0 % bytes.count] })
    }
    func image(png: [UInt8], maxWidth: Int) throws(DotRenderingError) -> DotImage { trap(min(maxWidth, 80 + Int(png.last ?? 0) * 61), 40) }
    func text(_ text: String, cells: Int, cellWidth: Int, cellHeight: Int, bold: Bool) throws(DotRenderingError) -> DotImage {
        trap(cells * cellWidth, cellHeight)
    }
    func qrCode(_ data: [UInt8], cell: Int, level: QRLevel) throws(DotRenderingError) -> DotImage { trap(21 * cell, 21 * cell) }
    func barcode(_ code: Barcode) throws(DotRenderingError) -> DotImage { trap(100 * code.narrow, code.height) }
}
