public import ReceiptMarkup

/// Paints a layout as one printer will print it: every row of paper that it moves, and where each dot stands.
///
/// It knows what a printer does and not how it is told to: it shares no layout with ``ReceiptEncoder`` nor with the emulated
/// printer, only what `GS k` is able to say and which dots are blackened for printers that take orders from pictures
/// (``PrinterModel/Quirk/realTimeInData``), and a test holds its paper against theirs, dot by dot. Only the letters are
/// stand-ins, in the printer's own cells. Bytes of `{command:…}` are the printer's secret and are not shown.
public struct PaperPainter: Sendable {
    public let model: PrinterModel
    let renderer: any DotRenderer

    /// `renderer` draws letters, pictures and codes.
    public init(model: PrinterModel, renderer: any DotRenderer) {
        self.model = model
        self.renderer = renderer
    }

    /// The sheets, each from knife to knife: it begins with the white paper that lay between knife and head.
    /// The last one is as long as what has left the head.
    public func sheets(of layout: Layout) throws(DotRenderingError) -> [DotImage] {
        var strip = PaperStrip(width: model.dots, knifeRows: model.cutter == .none ? 0 : feedToKnife)
        var hasPrinted = false
        for element in Self.elementsOnPaper(layout) {
            switch element {
            case .text(let row): try paint(row, on: &strip)
            case .image(let png, let place): paint(try renderer.image(png: png, maxWidth: room(place)), at: place, on: &strip)
            case .qrCode(let data, let cell, let level, let place):
                do throws(DotRenderingError) {
                    try paint(data, cell, level, at: place, on: &strip)
                } catch {
                    try paint(String(decoding: data, as: UTF8.self), instead: error, at: place, on: &strip)
                }
            case .barcode(let code, let place):
                do throws(DotRenderingError) {
                    try paint(code, at: place, on: &strip)
                } catch {
                    try paint(code.text, instead: error, at: place, on: &strip)
                }
            case .command: break
            case .cut where !hasPrinted: continue
            case .cut:
                _ = strip.feed(feedToKnife)
                if model.cutter != .none { strip.cut() }
            }
            hasPrinted = element != .cut
        }
        strip.end()
        return strip.sheets
    }

    private var feedToKnife: Int { min(255, model.feedBeforeCut) * model.lineHeight }

    /// Empty lines behind the last cut would be the next sheet's and are not fed.
    private static func elementsOnPaper(_ layout: Layout) -> ArraySlice<Layout.Element> {
        guard let cut = layout.elements.lastIndex(of: .cut), layout.elements[(cut + 1)...].allSatisfy(\.isWhite) else {
            return layout.elements[...]
        }
        return layout.elements[...cut]
    }
}

extension Layout.Element {
    fileprivate var isWhite: Bool {
        guard case .text(let row) = self else { return false }
        return row.fragments.allSatisfy { fragment in
            !fragment.decoration.underline && !fragment.decoration.invert && fragment.text.allSatisfy(\.isWhitespace)
        }
    }
}

// MARK: - Pictures and codes

extension PaperPainter {
    func room(_ place: Layout.Place) -> Int { place.width * model.cellWidth }

    func isWhole(_ place: Layout.Place) -> Bool { place.start == 0 && place.width >= model.columns }

    /// A picture that we send. Raster rows are whole bytes, which moves what stands in the middle or at the right;
    /// bands of `ESC *` are 24 rows each.
    func paint(_ picture: DotImage, at place: Layout.Place, on strip: inout PaperStrip) {
        guard picture.width > 0, picture.height > 0 else { return }
        let isRaster = model.image == .raster
        let top = strip.feed(isRaster ? picture.height : (picture.height + 23) / 24 * 24)
        if isWhole(place) {
            let width = min(picture.width, model.areaWidth)
            let x = place.align.offset(of: isRaster ? (width + 7) / 8 * 8 : width, in: model.areaWidth)
            strip.draw(PictureStrips(model).onPaper(picture), x: x, y: top)
        } else {
            let x = place.start * model.cellWidth + place.align.offset(of: picture.width, in: room(place))
            // The white at its left is sent, too.
            strip.draw(PictureStrips(model).onPaper(picture.shifted(right: x)), x: 0, y: top)
        }
    }
}

// MARK: - Text

extension PaperPainter {
    /// One look of letters and the box they stand in.
    private struct Box {
        var x: Int
        var letters: DotImage
        var decoration: Decoration
    }

    /// A code that does not fit its place is printed in letters.
    private func paint(
        _ text: String, instead error: DotRenderingError, at place: Layout.Place, on strip: inout PaperStrip
    ) throws(DotRenderingError) {
        guard error.code == .tooMuchData else { throw error }
        for row in place.rows(of: text) { try paint(row, on: &strip) }
    }

    private func paint(_ row: Layout.TextRow, on strip: inout PaperStrip) throws(DotRenderingError) {
        // What a printer lacks is drawn with the whole row that it stands in, and as one picture.
        let isDrawn = row.fragments.contains { $0.text.contains { !hasLetter($0) } }
        var boxes: [Box] = []
        for (index, fragment) in row.fragments.enumerated() {
            let next = index + 1 < row.fragments.count ? row.fragments[index + 1].start : nil
            boxes += isDrawn ? try drawn(fragment, before: next) : try set(fragment)
        }
        let letters = isDrawn ? row.height * model.cellHeight : boxes.map(\.letters.height).max() ?? 0
        let spacing = row.isTight ? min(255, row.height * model.cellHeight) : min(255, model.cellHeight + 2)
        let text = max(letters, spacing)
        let rows = isDrawn && model.image == .column ? (text + 23) / 24 * 24 : text
        let top = strip.feed(rows)
        for box in boxes {
            let y = top + letters - box.letters.height
            strip.draw(box.letters, x: box.x, y: y)
            if box.decoration.underline { strip.fill(x: box.x, y: top + letters - 1, width: box.letters.width, height: 1) }
            if box.decoration.invert {
                strip.fill(x: box.x, y: y, width: box.letters.width, height: box.letters.height, inverting: true)
            }
        }
        // It may be that a drawn row needs more dots than its letters have.
        if isDrawn { strip.draw(PictureStrips(model).onPaper(strip.last(rows).withoutWhiteRight), x: 0, y: top) }
    }

    /// Letter by letter, as a printer sets them.
    private func set(_ fragment: Layout.Fragment) throws(DotRenderingError) -> [Box] {
        let width = model.cellWidth * fragment.decoration.width
        let height = model.cellHeight * fragment.decoration.height
        var x = fragment.start * model.cellWidth
        var boxes: [Box] = []
        for character in fragment.text where character.cells > 0 {
            let letter = character == "\u{A0}" ? " " : String(character)
            let image = try renderer.text(letter, cells: 1, cellWidth: width, cellHeight: height, bold: fragment.decoration.bold)
            boxes.append(Box(x: x, letters: image, decoration: fragment.decoration))
            x += width
        }
        return boxes
    }

    /// Shaped as a whole. `next` is the cell where something else begins at its right.
    private func drawn(_ fragment: Layout.Fragment, before next: Int?) throws(DotRenderingError) -> [Box] {
        let own = fragment.text.cells
        var cells = own
        // Letters that know no cells take what is white at their right, all but the cell in front of other text.
        // What is ASCII keeps its cells; so does what would otherwise move: lines, boxes, and text that begins at the right.
        let moves = fragment.decoration.underline || fragment.decoration.invert || fragment.text.isRightToLeft
        if !moves, !fragment.text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) {
            let end = next.map { $0 - 1 } ?? model.columns
            cells = max(own, (end - fragment.start) / fragment.decoration.width)
        }
        let image = try renderer.text(
            fragment.text, cells: cells, cellWidth: model.cellWidth * fragment.decoration.width,
            cellHeight: model.cellHeight * fragment.decoration.height, bold: fragment.decoration.bold)
        return [Box(x: fragment.start * model.cellWidth, letters: image, decoration: fragment.decoration)]
    }

    /// In ASCII, in one of the printer's code pages, or nothing to see.
    private func hasLetter(_ character: Character) -> Bool {
        if character.isASCII || character == "\u{A0}" || character.cells == 0 { return true }
        return character.cells == 1 && model.codePages.keys.contains { $0.byte(character) != nil }
    }
}

extension String {
    /// Whether its first letter is Hebrew, Arabic, or of the scripts between and behind them (blocks of the Unicode Standard).
    fileprivate var isRightToLeft: Bool {
        guard let letter = unicodeScalars.first(where: \.properties.isAlphabetic)?.value else { return false }
        return [0x0590...0x08FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFF].contains { $0.contains(letter) }
    }
}
