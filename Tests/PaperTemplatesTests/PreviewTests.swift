import DeviceEmulators
import ESCPOS
import PaperTemplates
import PictureRaster
import ReceiptMarkup
import SeededRandomness
import Testing
import TicketRaster

/// The preview paints what the emulated printer prints: two readings of the same layout that share no code.
@Suite struct PreviewTests {
    static let renderer = TicketRaster()

    static func model(
        dots: Int = 576, columns: Int = 48, pages: [CodePage: UInt8] = [.cp437: 0, .cp858: 19], qr: PrinterModel.CodeSupport = .native,
        image: PrinterModel.ImageSupport = .raster, cutter: PrinterModel.Cutter = .partial, feed: Int = 4, buffer: Int = 4096,
        barcodes: Set<Barcode.System> = [], quirks: Set<PrinterModel.Quirk> = []
    ) -> PrinterModel {
        PrinterModel(
            id: "test", name: "Test", paperWidth: dots > 384 ? .mm80 : .mm58, dots: dots, columns: columns, codePages: pages, qr: qr,
            proof: .none, automaticStatus: false, bufferBytes: buffer, cutter: cutter, feedBeforeCut: feed, image: image,
            barcodes: barcodes,
            quirks: quirks
        )
    }

    /// Models that differ in everything that moves a dot.
    static let models: [PrinterModel] = [
        model(), model(dots: 384, columns: 32, qr: .raster, image: .column, feed: 3, buffer: 512),
        model(dots: 512, columns: 42, qr: .raster),
        model(dots: 384, columns: 32, pages: [.cp437: 0], cutter: .none, feed: 5), model(feed: 0, buffer: 256),
        model(barcodes: Set(Barcode.System.allCases)),
        model(dots: 384, columns: 32, image: .column, barcodes: Set(Barcode.System.allCases)),
        model(quirks: [.realTimeInData, .swallowsLineFeedAfterRaster]),
        model(dots: 384, columns: 32, qr: .raster, image: .column, quirks: [.realTimeInData]),
    ]

    /// Where the two papers differ, in words; nil when they are the same.
    static func difference(_ painted: [DotImage], _ printed: [DotImage]) -> String? {
        guard painted.map(\.height) == printed.map(\.height) else {
            return "rows \(painted.map(\.height)), printed \(printed.map(\.height))"
        }
        for (number, (one, other)) in zip(painted, printed).enumerated() where one != other {
            for y in 0..<one.height {
                for x in 0..<one.width where one.isBlack(x, y) != other.isBlack(x, y) {
                    return "sheet \(number), row \(y), dot \(x): painted \(one.isBlack(x, y)), printed \(other.isBlack(x, y))"
                }
            }
        }
        return nil
    }

    static func compare(_ markup: String, on model: PrinterModel, _ note: String = "") throws {
        let layout = Receipt(parsing: markup).layout(columns: model.columns)
        let bytes = try ReceiptEncoder(model: model, renderer: renderer).encode(layout)
        let printed = PrintedPaper(of: bytes, on: model, renderer: renderer)
        #expect(printed.ignored == [], "\(markup)\(note)")
        let painted = try PaperPainter(model: model, renderer: renderer).sheets(of: layout)
        if let difference = difference(painted, printed.sheets) { Issue.record("\(difference) of\n\(markup)\n\(model)\(note)") }
    }

    static let logo: String = {
        let picture = DotImage(width: 181, height: 67) { x, y in (x * y / 7 + x) % 5 < 2 || x == 180 || y == 66 }
        guard let png = try? PNG.encode(picture) else { return "" }
        return Base64(bytes: png)?.text ?? ""
    }()

    /// Dots that are full of the bytes that some printers take for orders.
    static let trap: String = {
        let orders: [UInt8] = [0x10, 0x04, 0x10, 0x14, 0x10, 0x05, 0x10, 0x10, 0x04]
        let picture = DotImage(width: 184, height: 70, bits: (0..<(23 * 70)).map { orders[$0 % orders.count] })
        guard let png = try? PNG.encode(picture) else { return "" }
        return Base64(bytes: png)?.text ?? ""
    }()

    @Test(arguments: PrinterModel.ImageSupport.allCases) func dotsBlackenedForPrintersThatTakeOrdersFromPicturesArePainted(
        _ image: PrinterModel.ImageSupport
    ) throws {
        let (plain, careful) = (Self.model(image: image), Self.model(image: image, quirks: [.realTimeInData]))
        for line in ["{image:\(Self.trap)}", "{width:20}\n{image:\(Self.trap)}|", "{align:right;width:18}\n|{image:\(Self.trap)}"] {
            try Self.compare("a\n\(line)\n汉字\n=", on: careful)
            let layout = Receipt(parsing: line).layout(columns: 48)
            let sheets = try [plain, careful].map { try PaperPainter(model: $0, renderer: Self.renderer).sheets(of: layout) }
            #expect(image == .column || Self.difference(sheets[0], sheets[1]) != nil, "the trap is one")
        }
    }

    /// Lines of markup of every kind.
    static let lines: [String] = [
        "", "text", "|left", "right|", "|left | right|", "\"bold\" _under_ `inverted` plain", "^wide^ normal ^^tall^^ x", "^^^double^^^",
        "^^^^^four^^^^^", "^^^^^^^KKA-007^^^^^^^", "|`_~both~_` | ^^^`~A~`^^^|", "café ½ £ ñ ─│┌", "ꦲꦤꦕꦫꦏ | 公共 |السلام",
        "|ꦲꦤꦕꦫꦏ", "ꦲꦤꦕꦫꦏ|", "ꦲꦤꦕꦫꦏ abc|", "|السلام عليكم | 2026|", "|^ꦲꦤ^ x | _ꦲꦤ_ ^^ꦲ^^|", "{option:qrcode,4,q; code:é\\x01\\x00汉}",
        "_公共_ `x` ^^é^^",
        "a|b|c|d", "-", "{width:6,*,9}", "{width:auto}", "{border:line}", "{border:space}", "{border:0}", "{align:left}", "{align:center}",
        "{align:right}", "{width:20}", "{text:nowrap}", "{text:wrap}", "{image:\(logo)}", "|{image:\(logo)}", "{image:\(logo)}|",
        "{option:qrcode,4,m; code:7K2M9QX4TB}", "{option:qrcode,3,l; code:https://mpp.contoh.example/l/ktp-el}|",
        "{option:qrcode,3,l; code:\(String(repeating: "9", count: 300))}",
        "=", "a long line of text that has to be broken over several lines of paper because it is so long",
    ]

    @Test func everyKindOfLineIsPaintedAsItIsPrinted() throws {
        for model in Self.models {
            for line in Self.lines { try Self.compare("before\n\(line)\n\(line)\nafter\n=", on: model) }
        }
    }

    @Test func randomReceiptsArePaintedAsTheyArePrinted() throws {
        var (generator, seed) = SeededGenerator.announced("preview")
        for model in Self.models {
            for _ in 0..<15 {
                let lines = (0..<Int.random(in: 1...9, using: &generator)).map { _ in Self.lines.randomElement(using: &generator) ?? "" }
                try Self.compare(lines.joined(separator: "\n"), on: model, ", seed \(seed)")
            }
        }
    }

    @Test(arguments: [
        "{option:code39,3,72,hri; code:ABC-123}", "{option:ean,2,40; code:9780201379624}", "{option:code128,2,60; code:KKA-007}|",
        "|{option:itf,2,50,hri; code:12345}", "{option:upc,4,240,hri; code:03600029145}|", "{option:codabar,3,hri; code:a12-34b}",
        "{option:code93,4,40,hri; code:KKA-007}", "{option:ean,3,hri; code:9638507}", "{option:code39,4,hri; code:mpp-pekanbaru-1}",
        "{option:code128,4,24,hri; code:MPP/2026/11/21/000123456}", "{width:20}\n{option:code128,2,hri; code:KKA-007}",
    ])
    func barCodesArePaintedAsTheyArePrinted(_ line: String) throws {
        for model in Self.models { try Self.compare("a\n\(line)\nb\n=", on: model) }
    }

    @Test func aDotMoreOrLessIsFound() throws {
        let model = Self.models[0]
        let sheets = try PaperPainter(model: model, renderer: Self.renderer).sheets(of: Receipt(parsing: "a\n=").layout(columns: 48))
        var other = sheets
        other[0].bits[other[0].bits.count / 2] ^= 1
        #expect(sheets.count == 1 && Self.difference(sheets, sheets) == nil && Self.difference(sheets, other) != nil)
    }
}
