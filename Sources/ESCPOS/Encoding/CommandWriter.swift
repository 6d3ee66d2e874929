import ReceiptMarkup

/// Writes commands and remembers the printer's settings, so that each is sent only when it changes.
struct CommandWriter {
    let model: PrinterModel
    private(set) var bytes: [UInt8] = []
    private let cellWidth: Int
    private let textSpacing: UInt8
    private let pages: PagesOfModel
    private var choices: ArraySlice<UInt8>
    private var decoration = Decoration.plain
    private var align = HorizontalAlignment.left
    /// Index of the selected page; nil before one is selected.
    private var page: UInt8?
    /// Dots from one line to the next; nil while it is the printer's default.
    private var lineSpacing: UInt8?
    /// Something was printed since the last cut.
    private var hasPrinted = false
    private var barcode: BarcodeLook?

    init(model: PrinterModel, pages: PagesOfModel, plan: CodePagePlan) {
        self.model = model
        self.pages = pages
        choices = plan.choices[...]
        cellWidth = model.cellWidth
        textSpacing = model.textSpacing
        bytes.reserveCapacity(1024)
        start()
    }

    private mutating func start() {
        bytes.esc("@")
        if !model.quirks.contains(.noKanjiOff) { bytes.fs(".") }
        if model.areaWidth < model.dots { Command.printWidth(UInt16(clamping: model.areaWidth)).append(to: &bytes) }
        set(lineSpacing: textSpacing)
        if !pages.pages.isEmpty { select(choices.first ?? 0) }
    }

    /// A row all of whose characters are in the plan.
    mutating func row(_ row: Layout.TextRow) {
        set(align: .left)
        set(lineSpacing: row.isTight ? UInt8(clamping: row.height * model.cellHeight) : textSpacing)
        var position = 0
        for fragment in row.fragments {
            go(from: position, to: fragment.start, for: fragment.decoration)
            set(fragment.decoration)
            position = fragment.start + write(fragment.text) * fragment.decoration.width
        }
        lineFeed()
    }

    /// Spaces where their look is that of white paper and they are not longer than `ESC $`. Tall ones left over from the row
    /// before would make this row taller.
    private mutating func go(from position: Int, to start: Int, for next: Decoration) {
        let gap = start - position
        guard gap > 0 else { return }
        guard gap <= 4, next.leavesSpacesWhite || decoration.leavesSpacesWhite && decoration.height == 1 else {
            bytes.esc("$")
            bytes.word(start * cellWidth)
            return
        }
        if !decoration.leavesSpacesWhite || decoration.height > 1 { set(next) }
        for _ in 0..<gap { bytes.append(0x20) }
    }

    /// White paper, finer than a line.
    mutating func white(rows: Int) {
        set(lineSpacing: UInt8(clamping: rows))
        lineFeed()
    }

    mutating func picture(_ picture: DotImage, align: HorizontalAlignment) {
        guard picture.width > 0, picture.height > 0 else { return }
        set(align: align)
        if model.image == .column { set(lineSpacing: 24) }
        PictureStrips(model).append(picture, to: &bytes)
        hasPrinted = true
    }

    mutating func qrCode(_ data: [UInt8], cell: Int, level: QRLevel, align: HorizontalAlignment) {
        set(align: align)
        write(.qrModel(50))
        write(.qrCell(UInt8(cell)))
        write(.qrLevel(level))
        write(.qrStore(data))
        write(.qrPrint)
    }

    mutating func barcode(_ parameter: UInt8, _ data: [UInt8], _ look: BarcodeLook, align: HorizontalAlignment) {
        set(align: align)
        if look != barcode || model.quirks.contains(.forgetsBarcodeSettings) {
            write(.barcodeHeight(look.height))
            write(.barcodeWidth(look.narrow))
            write(.barcodeText(look.showsText ? 2 : 0))
        }
        barcode = look
        write(.barcode(system: parameter, data: data))
    }

    /// Feeds first: what was printed last is still below the knife. Nothing is cut twice.
    mutating func cut() {
        guard hasPrinted else { return }
        set(lineSpacing: nil)
        if model.feedBeforeCut > 0 { write(.feedLines(UInt8(clamping: model.feedBeforeCut))) }
        switch model.cutter {
        case .full: write(.cut(.here(.full)))
        case .partial: write(.cut(.here(.partial)))
        case .none: break
        }
        hasPrinted = false
    }

    /// Foreign bytes may have changed any setting, so all are forgotten by a reset.
    mutating func raw(_ foreign: [UInt8]) {
        bytes += foreign
        (decoration, align, page, lineSpacing, barcode) = (.plain, .left, nil, nil, nil)
        hasPrinted = true
        start()
    }

    private mutating func lineFeed() {
        bytes.append(Control.lf)
        hasPrinted = true
    }

    private mutating func write(_ command: Command) {
        command.append(to: &bytes)
        hasPrinted = true
    }

    /// Returns the cells that the text takes up before magnification.
    private mutating func write(_ text: String) -> Int {
        if text.isPrintableASCII {
            let count = bytes.count
            bytes.append(contentsOf: text.utf8)
            return bytes.count - count
        }
        var cells = 0
        for character in text {
            switch character.setting {
            case .ascii(let byte): bytes.append(byte)
            case .nothing: continue
            case .special:
                guard let choice = choices.popFirst(), let byte = pages.pages[Int(choice)].page.byte(character) else {
                    preconditionFailure("the plan covers every character of the rows that are set")
                }
                if choice != page { select(choice) }
                bytes.append(byte)
            }
            cells += 1
        }
        return cells
    }

    private mutating func select(_ choice: UInt8) {
        page = choice
        bytes.esc("t", pages.pages[Int(choice)].number)
    }

    private mutating func set(_ new: Decoration) {
        guard new != decoration else { return }
        if new.bold != decoration.bold { bytes.esc("E", new.bold ? 1 : 0) }
        if new.underline != decoration.underline { bytes.esc("-", new.underline ? 1 : 0) }
        if new.invert != decoration.invert { bytes.gs("B", new.invert ? 1 : 0) }
        if new.width != decoration.width || new.height != decoration.height {
            bytes.gs("!", UInt8(new.width - 1) << 4 | UInt8(new.height - 1))
        }
        decoration = new
    }

    private mutating func set(align new: HorizontalAlignment) {
        if new != align { bytes.esc("a", new.parameter) }
        align = new
    }

    private mutating func set(lineSpacing new: UInt8?) {
        guard new != lineSpacing else { return }
        if let new { bytes.esc("3", new) } else { bytes.esc("2") }
        lineSpacing = new
    }
}

extension Decoration {
    /// A space in this look is one cell of white paper.
    fileprivate var leavesSpacesWhite: Bool { !underline && !invert && width == 1 }
}

/// The settings of `GS h`, `GS w` and `GS H`.
struct BarcodeLook: Hashable {
    var height: UInt8
    var narrow: UInt8
    var showsText: Bool
}
