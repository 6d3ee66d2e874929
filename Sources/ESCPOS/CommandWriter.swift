import ReceiptMarkup

/// Writes commands and remembers the printer's settings, so that each is sent only when it changes.
struct CommandWriter {
    let model: PrinterModel
    private(set) var commands: [Command] = []
    private var decoration = Decoration.plain
    private var align = HorizontalAlignment.left
    private var page: CodePage?
    /// Dots from one line to the next; nil while it is the printer's default.
    private var lineSpacing: UInt8?

    /// Dots from one line of text to the next. The default of 30 costs a centimetre of paper on every ticket;
    /// two dots of white beside what the characters of font A have themselves read as well.
    static let textSpacing: UInt8 = 26

    init(model: PrinterModel) { self.model = model }

    mutating func start() {
        commands += [.initialize, .kanjiOff]
        set(lineSpacing: Self.textSpacing)
        if let first = model.firstCodePage { select(first) }
    }

    /// Whether every character is in ASCII or in one of the printer's code pages.
    func canEncode(_ row: Layout.TextRow) -> Bool {
        row.fragments.allSatisfy { fragment in fragment.text.allSatisfy { model.codePage(for: $0, preferring: page) != nil } }
    }

    mutating func row(_ row: Layout.TextRow) {
        set(align: .left)
        set(lineSpacing: row.isTight ? UInt8(clamping: row.height * model.cellHeight) : Self.textSpacing)
        var position = 0
        for fragment in row.fragments {
            if fragment.start > position {
                set(.plain)
                commands.append(.text(Array(repeating: 0x20, count: fragment.start - position)))
            }
            set(fragment.decoration)
            write(fragment.text)
            position = fragment.start + fragment.width
        }
        commands.append(.lineFeed)
    }

    /// White paper, finer than a line.
    mutating func white(rows: Int) {
        set(lineSpacing: UInt8(clamping: rows))
        set(.plain)
        commands.append(.lineFeed)
    }

    mutating func picture(_ picture: DotImage, align: HorizontalAlignment) {
        guard picture.width > 0, picture.height > 0 else { return }
        set(align: align)
        switch model.image {
        case .raster:
            for top in stride(from: 0, to: picture.height, by: model.stripRows) {
                commands.append(.raster(picture.rows(top..<min(picture.height, top + model.stripRows)), scale: .normal))
            }
        case .column:
            set(lineSpacing: 24)
            for top in stride(from: 0, to: picture.height, by: 24) {
                commands += [.columnImage(ColumnImage(band: picture, top: top)), .lineFeed]
            }
        }
        set(align: .left)
    }

    mutating func qrCode(_ data: [UInt8], cell: Int, level: QRLevel, align: HorizontalAlignment) {
        set(align: align)
        commands += [.qrModel(50), .qrCell(UInt8(cell)), .qrLevel(level), .qrStore(data), .qrPrint]
        set(align: .left)
    }

    /// Feeds first: what was printed last is still below the knife.
    mutating func cut() {
        set(lineSpacing: nil)
        set(.plain)
        if model.feedBeforeCut > 0 { commands.append(.feedLines(UInt8(clamping: model.feedBeforeCut))) }
        switch model.cutter {
        case .full: commands.append(.cut(.here(.full)))
        case .partial: commands.append(.cut(.here(.partial)))
        case .none: break
        }
    }

    /// Foreign bytes may have changed any setting, so all are forgotten by a reset.
    mutating func raw(_ bytes: [UInt8]) {
        commands.append(.unknown(bytes))
        (decoration, align, page, lineSpacing) = (.plain, .left, nil, nil)
        start()
    }

    private mutating func write(_ text: String) {
        var run: [UInt8] = []
        for character in text {
            guard let found = model.codePage(for: character, preferring: page) else { continue }
            if let needed = found.page, needed != page {
                flush(&run)
                select(needed)
            }
            run.append(found.byte)
        }
        flush(&run)
    }

    private mutating func flush(_ run: inout [UInt8]) {
        if !run.isEmpty { commands.append(.text(run)) }
        run = []
    }

    private mutating func select(_ new: CodePage) {
        guard let number = model.codePages[new] else { return }
        page = new
        commands.append(.codePage(number))
    }

    private mutating func set(_ new: Decoration) {
        if new.bold != decoration.bold { commands.append(.bold(new.bold)) }
        if new.underline != decoration.underline { commands.append(.underline(new.underline ? 1 : 0)) }
        if new.invert != decoration.invert { commands.append(.invert(new.invert)) }
        if new.width != decoration.width || new.height != decoration.height {
            commands.append(.size(width: UInt8(new.width), height: UInt8(new.height)))
        }
        decoration = new
    }

    private mutating func set(align new: HorizontalAlignment) {
        if new != align { commands.append(.align(new)) }
        align = new
    }

    private mutating func set(lineSpacing new: UInt8?) {
        if new != lineSpacing { commands.append(new.map { .lineSpacing($0) } ?? .defaultLineSpacing) }
        lineSpacing = new
    }
}

extension PrinterModel {
    /// Dots of a character cell of font A across.
    public var cellWidth: Int { dots / columns }
    /// Dots of a character cell of font A down.
    public var cellHeight: Int { 24 }
    /// Dots from one line to the next at the default spacing (`ESC 2`).
    public var lineHeight: Int { 30 }

    /// The page to begin with: CP437 where there is one, for it is what printers show when a page number is wrong.
    var firstCodePage: CodePage? { CodePage.allCases.first { codePages[$0] != nil } }

    /// A page with `character` and its byte there; no page at all for ASCII, nil when the printer lacks the character.
    func codePage(for character: Character, preferring page: CodePage?) -> (page: CodePage?, byte: UInt8)? {
        if let byte = character.asciiValue, (0x20...0x7E).contains(byte) { return (nil, byte) }
        let known = CodePage.allCases.filter { codePages[$0] != nil }
        for candidate in (page.map { [$0] } ?? []) + known {
            if let byte = candidate.byte(character) { return (candidate, byte) }
        }
        return nil
    }
}
