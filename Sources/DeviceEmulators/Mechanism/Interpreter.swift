import ESCPOS
import ReceiptMarkup

/// Carries out commands as far as the motor: settings and the line buffer live here, paper does not.
struct Interpreter: Sendable {
    struct Style: Hashable, Sendable {
        var font: UInt8 = 0
        var bold = false
        var doubleStrike = false
        var underline: UInt8 = 0
        var inverted = false
        var width = 1
        var height = 1
        var upsideDown = false
        var spacing = 0
        var codePage = CodePage.cp437
    }

    let model: PrinterModel
    let renderer: any DotRenderer
    private var glyphs: GlyphCase
    var style = Style()
    var alignment = HorizontalAlignment.left
    private var lineSpacing = Interpreter.defaultLineSpacing
    var leftMargin = 0
    private var printWidth: Int
    private var tabStops: [Int] = []
    var line = PrintLine()
    var qr = StoredCode()
    var barcode = BarcodeSettings()
    var pictures = PictureMemory()
    /// The printer has just printed a raster picture, and a line feed behind it may be lost (a quirk).
    var isBehindRaster = false

    /// 3.75 mm at 8 dots a millimetre.
    static let defaultLineSpacing = 30

    init(model: PrinterModel, renderer: any DotRenderer) {
        self.model = model
        self.renderer = renderer
        glyphs = GlyphCase(renderer: renderer)
        printWidth = model.dots
    }

    /// Settings as after switching on; letters once drawn stay drawn, and stored logos stay stored.
    mutating func initialize() {
        style = Style()
        alignment = .left
        lineSpacing = Self.defaultLineSpacing
        leftMargin = 0
        printWidth = model.dots
        tabStops = []
        line = PrintLine()
        qr = StoredCode()
        barcode = BarcodeSettings()
        pictures.initialize()
        isBehindRaster = false
    }

    /// Forgets the unprinted line but no setting.
    mutating func clearLine() { line = PrintLine() }

    /// What `command` makes the mechanism do, in order. Real-time commands never come here.
    mutating func interpret(_ command: Command) -> [Action] {
        defer { isBehindRaster = command.isRaster }
        switch command {
        case .spelled(_, let command): return interpret(command)
        case .lineFeed where isBehindRaster && model.quirks.contains(.swallowsLineFeedAfterRaster):
            // Nothing to tell: whoever knows the printer sends this one to be lost.
            return []
        case .feedDots where model.quirks.contains(.ignoresFeedDots): return [.ignore("ESC J: \(model.id) does not know it")]
        case .kanjiOff where model.quirks.contains(.noKanjiOff): return write(.text([UInt8(ascii: ".")]))
        case .text, .lineFeed, .carriageReturn, .horizontalTab, .feedLines, .feedDots, .absolutePosition, .relativePosition:
            return write(command)
        case .initialize, .codePage, .font, .printMode, .align, .bold, .underline, .invert, .size, .upsideDown, .characterSpacing,
            .doubleStrike, .tabStops, .defaultLineSpacing, .lineSpacing, .leftMargin, .printWidth:
            return set(command)
        case .kanjiOff, .kanjiOn, .characterSet: return []
        case .raster(let image, let scale): return raster(image, scale)
        case .columnImage(let image): return column(image)
        case .bufferGraphics, .printGraphics, .storeLogo, .deleteLogo, .printLogo, .storeBitImages, .printBitImage, .storeDownloadedImage,
            .printDownloadedImage, .logoNames:
            return memory(command)
        case .qrModel, .qrCell, .qrLevel, .qrStore, .qrPrint: return code(command)
        case .barcode, .barcodeHeight, .barcodeWidth, .barcodeText: return bars(command)
        case .cut(let cut): return self.cut(cut)
        case .drawerPulse, .realTimePulse: return [.openDrawer]
        case .transmitStatus, .automaticStatus, .processID, .printerID: return question(command)
        case .realTimeStatus, .realTimeRequest, .clearBuffers: return []
        // NUL, and CAN outside page mode and behind ``Command/logoNames``.
        case .unknown(let bytes): return bytes == [0] || bytes == [0x18] ? [] : [.ignore(command.untoldPart)]
        }
    }
}

extension Command {
    fileprivate var isRaster: Bool { if case .raster = canonical { true } else { false } }
}

// MARK: - Settings

extension Interpreter {
    private mutating func set(_ command: Command) -> [Action] {
        switch command {
        case .initialize:
            initialize()
            // Automatic status is a setting like any other, which hosts that forget it find out the hard way.
            return [.automaticStatus([])]
        case .codePage(let number):
            guard let page = model.codePages.first(where: { $0.value == number })?.key else {
                return [.ignore("ESC t \(number): \(model.id) has no such code page")]
            }
            style.codePage = page
        case .font(let font): style.font = font & 1
        case .printMode(let mode):
            style.font = mode & 1
            style.bold = mode & 0x08 != 0
            style.height = mode & 0x10 != 0 ? 2 : 1
            style.width = mode & 0x20 != 0 ? 2 : 1
            style.underline = mode & 0x80 != 0 ? 1 : 0
        case .align(let alignment): self.alignment = alignment
        case .bold(let on): style.bold = on
        case .underline(let dots): style.underline = min(2, dots)
        case .invert(let on): style.inverted = on
        case .size(let width, let height): (style.width, style.height) = (Int(width), Int(height))
        case .upsideDown(let on): style.upsideDown = on
        case .doubleStrike(let on): style.doubleStrike = on
        case .tabStops(let columns): tabStops = columns.map { Int($0) * (cell.width + style.spacing) }
        case .characterSpacing(let dots): style.spacing = Int(dots)
        case .defaultLineSpacing: lineSpacing = Self.defaultLineSpacing
        case .lineSpacing(let dots): lineSpacing = Int(dots)
        case .leftMargin(let dots): leftMargin = min(Int(dots), model.dots)
        case .printWidth(let dots): printWidth = Int(dots)
        default: preconditionFailure("not a setting")
        }
        return []
    }

    private var cell: PrinterModel.CharacterCell { style.font == 0 ? model.fontA : model.fontB ?? model.fontA }
    private var cellWidth: Int { cell.width * style.width }
    private var cellHeight: Int { cell.height * style.height }
    var areaWidth: Int { max(cellWidth, min(printWidth, model.dots - leftMargin)) }
}

// MARK: - Text

extension Interpreter {
    private mutating func write(_ command: Command) -> [Action] {
        switch command {
        case .text(let bytes): return bytes.flatMap { put($0) }
        case .lineFeed: return [.move(endLine(rows: lineSpacing))]
        case .carriageReturn: return []
        case .horizontalTab:
            skip(to: nextTabStop)
            return []
        case .feedLines(let lines): return [.move(endLine(rows: Int(lines) * lineSpacing))]
        case .feedDots(let dots): return [.move(endLine(rows: Int(dots)))]
        case .absolutePosition(let dots):
            skip(to: Int(dots))
            return []
        case .relativePosition(let dots):
            skip(to: line.cursor + Int(dots))
            return []
        default: preconditionFailure("neither text nor feed")
        }
    }

    /// Where the head cannot go is not gone to.
    private mutating func skip(to x: Int) {
        if (0...areaWidth).contains(x) { line.skip(to: x, cell: cell.width) }
    }

    /// Every 8 characters where no stops were set.
    private var nextTabStop: Int {
        guard tabStops.isEmpty else { return tabStops.first { $0 > line.cursor } ?? line.cursor }
        let stop = (cell.width + style.spacing) * 8
        return (line.cursor / stop + 1) * stop
    }

    /// Puts one character into the line; a full line is printed first.
    private mutating func put(_ byte: UInt8) -> [Action] {
        let character = style.codePage.character(byte)
        let width = cellWidth + style.spacing * style.width
        let actions: [Action] = line.cursor + cellWidth > areaWidth && !line.isEmpty ? [.move(endLine(rows: lineSpacing))] : []
        let key = GlyphCase.Key(
            character: character ?? " ", cellWidth: cellWidth, cellHeight: cellHeight, bold: style.bold || style.doubleStrike)
        var item = PrintLine.Item(x: line.cursor, image: glyphs.glyph(key))
        item.underline = Int(style.underline)
        item.inverted = style.inverted
        line.add(item, text: Character(character ?? " "), alignment: alignment)
        line.cursor = item.x + width
        return actions
    }

    private mutating func endLine(rows: Int) -> Band {
        defer { line = PrintLine() }
        return line.band(dots: model.dots, left: leftMargin, width: areaWidth, rows: rows, upsideDown: style.upsideDown)
    }

    /// The line so far, printed before something that needs a line of its own.
    mutating func flush() -> [Action] {
        line.isEmpty ? [] : [.move(endLine(rows: lineSpacing))]
    }
}
