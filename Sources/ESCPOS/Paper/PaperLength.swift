import ReceiptMarkup

/// How much paper a stream of commands moves on a given printer, without drawing anything.
///
/// It follows what the commands' descriptions say of feeding (Epson, *ESC/POS Command Reference*: LF, ESC d, ESC J, ESC 3, GS v 0,
/// GS ( k, GS k, GS V): a line moves by the line spacing or by its tallest part, whichever is more; a picture by its rows.
/// What a printer does not know it passes over, as here. Bar codes with readable text are counted with one line of font A for each text.
public struct PaperLength: Sendable {
    /// 3.75 mm at 8 dots a millimetre.
    private static let defaultLineSpacing = 30

    private let model: PrinterModel
    /// Rows of dots moved so far.
    public private(set) var rows = 0

    private var decoder = CommandDecoder()
    private var lineSpacing = Self.defaultLineSpacing
    private var font: UInt8 = 0
    private var width = 1
    private var height = 1
    private var spacing = 0
    private var leftMargin = 0
    private var printWidth: Int
    /// The unprinted line: where its next character goes, and its tallest part; nil while it is empty.
    private var line: (cursor: Int, height: Int)?
    private var cursor = 0
    private var qr = (cell: 3, level: QRLevel.l, data: [UInt8]())
    private var barcode = (height: 162, texts: 0)

    public init(model: PrinterModel) {
        self.model = model
        printWidth = model.dots
    }

    /// The paper that `bytes` move on a printer of that model, in micrometres.
    public static func micrometres(of bytes: [UInt8], on model: PrinterModel) -> Int {
        var length = PaperLength(model: model)
        length.feed(bytes)
        return length.micrometres
    }

    /// Thousandths of a millimetre, so that whole numbers add up without rounding.
    public var micrometres: Int { rows * 1000 / model.dotsPerMillimetre }

    /// Takes the next bytes of the stream, which may end within a command.
    public mutating func feed(_ bytes: some Sequence<UInt8>) {
        for command in decoder.feed(bytes) { take(command) }
    }

    /// Takes the next command.
    public mutating func take(_ command: Command) {
        switch command {
        case .text(let bytes): for _ in bytes { put() }
        case .lineFeed: endLine(lineSpacing)
        case .feedLines(let lines): endLine(Int(lines) * lineSpacing)
        case .feedDots(let dots): endLine(model.quirks.contains(.ignoresFeedDots) ? 0 : Int(dots))
        case .horizontalTab: cursor = (cursor / (cell.width * 8) + 1) * cell.width * 8
        case .absolutePosition(let dots): cursor = Int(dots)
        case .raster(let image, let scale): if model.image == .raster { move(image.height * scale.vertical) }
        case .columnImage(let image): add(width: image.width * (image.mode % 2 == 0 ? 2 : 1), height: 24)
        case .qrCell, .qrLevel, .qrStore, .qrPrint: code(command)
        case .barcode, .barcodeHeight, .barcodeText: bars(command)
        case .cut(let cut): self.cut(cut)
        default: set(command)
        }
    }

    private mutating func set(_ command: Command) {
        switch command {
        case .initialize:
            let (rows, decoder) = (rows, decoder)
            self = PaperLength(model: model)
            (self.rows, self.decoder) = (rows, decoder)
        case .font(let font): self.font = font & 1
        case .printMode(let mode):
            (font, height, width) = (mode & 1, mode & 0x10 != 0 ? 2 : 1, mode & 0x20 != 0 ? 2 : 1)
        case .size(let width, let height): (self.width, self.height) = (Int(width), Int(height))
        case .characterSpacing(let dots): spacing = Int(dots)
        case .defaultLineSpacing: lineSpacing = Self.defaultLineSpacing
        case .lineSpacing(let dots): lineSpacing = Int(dots)
        case .leftMargin(let dots): leftMargin = min(Int(dots), model.dots)
        case .printWidth(let dots): printWidth = Int(dots)
        default: break
        }
    }
}

// MARK: - Lines

extension PaperLength {
    private var cell: (width: Int, height: Int) {
        let cell = font == 0 ? model.fontA : model.fontB ?? model.fontA
        return (cell.width * width, cell.height * height)
    }

    /// One character; a full line is printed first.
    private mutating func put() {
        let area = max(cell.width, min(printWidth, model.dots - leftMargin))
        if line != nil, cursor + cell.width > area { endLine(lineSpacing) }
        add(width: cell.width + spacing * width, height: cell.height)
    }

    private mutating func add(width: Int, height: Int) {
        cursor += width
        line = (cursor, max(line?.height ?? 0, height))
    }

    private mutating func endLine(_ feed: Int) {
        rows += max(feed, line?.height ?? 0)
        line = nil
        cursor = 0
    }

    /// Something that needs lines of its own.
    private mutating func move(_ count: Int) {
        if line != nil { endLine(lineSpacing) }
        rows += count
    }

    private mutating func cut(_ cut: Cut) {
        if line != nil { endLine(lineSpacing) }
        guard model.cutter != .none, !model.quirks.contains(.noFeedAndCut) else { return }
        if case .afterFeed(_, let dots) = cut { rows += model.feedBeforeCut * Self.defaultLineSpacing + Int(dots) }
    }
}

// MARK: - Codes

extension PaperLength {
    private mutating func code(_ command: Command) {
        guard model.qr == .native else { return }
        switch command {
        case .qrCell(let dots): qr.cell = Int(min(16, max(1, dots)))
        case .qrLevel(let level): qr.level = level
        case .qrStore(let data): qr.data = data
        case .qrPrint: if !qr.data.isEmpty { move((QRSize.modules(of: qr.data, level: qr.level) ?? 0) * qr.cell) }
        default: break
        }
    }

    private mutating func bars(_ command: Command) {
        switch command {
        case .barcodeHeight(let dots): barcode.height = max(1, Int(dots))
        case .barcodeText(let place): barcode.texts = [0, 1, 1, 2][Int(place & 3)]
        default:
            move(barcode.height + barcode.texts * model.fontA.height)
            if model.quirks.contains(.forgetsBarcodeSettings) { barcode = (162, 0) }
        }
    }
}
