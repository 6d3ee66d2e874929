import ReceiptMarkup

/// Which rows of a layout the printer can set itself, and which code page each of their characters is set in.
///
/// A run of characters that one page covers is made as long as it can be before the next begins. No other choice needs
/// fewer switches: wherever another plan switches, this one has not switched more often (checked against all plans by test).
struct CodePagePlan {
    /// Indices of elements whose text no code page covers; empty where all are covered.
    private(set) var drawn: Set<Int> = []
    /// For each character beyond ASCII that is set, in order: the index of its page in ``PagesOfModel/pages``.
    private(set) var choices: [UInt8] = []

    private var begun = 0
    private var covering = UInt64.max

    init(_ layout: Layout, _ model: PagesOfModel) {
        for (index, element) in layout.elements.enumerated() {
            switch element {
            case .text(let row): take(row, index, model)
            // Foreign bytes are followed by a reset, which selects a page anew.
            case .command: finishRun()
            case .image, .qrCode, .barcode, .cut: break
            }
        }
        finishRun()
    }

    private mutating func take(_ row: Layout.TextRow, _ index: Int, _ model: PagesOfModel) {
        var pages: [UInt64] = []
        for fragment in row.fragments where !fragment.text.isPrintableASCII {
            for character in fragment.text {
                guard case .special = character.setting else { continue }
                let covered = model.pages(with: character)
                if covered == 0 || character.cells != 1 {
                    drawn.insert(index)
                    return
                }
                pages.append(covered)
            }
        }
        for covered in pages {
            if covering & covered == 0 { finishRun() }
            covering &= covered
            choices.append(0)
        }
    }

    private mutating func finishRun() {
        let page = covering == 0 ? 0 : UInt8(covering.trailingZeroBitCount)
        for index in begun..<choices.count { choices[index] = page }
        begun = choices.count
        covering = .max
    }
}

/// A printer's code pages in the order of `CodePage.allCases`.
struct PagesOfModel: Sendable {
    let pages: [(page: CodePage, number: UInt8)]

    init(_ model: PrinterModel) {
        // As many as fit into the set that ``pages(with:)`` returns.
        pages = Array(CodePage.allCases.lazy.compactMap { page in model.codePages[page].map { (page, $0) } }.prefix(64))
    }

    /// A bit for each page that has `character`.
    func pages(with character: Character) -> UInt64 {
        var found: UInt64 = 0
        for (index, page) in pages.enumerated() where page.page.byte(character) != nil { found |= 1 << UInt64(index) }
        return found
    }
}

extension Character {
    /// How a character gets into a line of text.
    enum Setting {
        case ascii(UInt8)
        /// It leaves no mark and takes no room.
        case nothing
        /// A code page may have it.
        case special
    }

    var setting: Setting {
        if let byte = asciiValue { return (0x20...0x7E).contains(byte) ? .ascii(byte) : .nothing }
        // The space that does not break a line is a space on paper.
        if self == "\u{A0}" { return .ascii(0x20) }
        return cells == 0 ? .nothing : .special
    }
}

extension String {
    /// Whether every byte is 20h…7Eh, so that bytes, characters and cells are the same.
    var isPrintableASCII: Bool {
        utf8.withContiguousStorageIfAvailable { $0.allSatisfy { $0 &- 0x20 < 0x5F } } ?? utf8.allSatisfy { $0 &- 0x20 < 0x5F }
    }
}
