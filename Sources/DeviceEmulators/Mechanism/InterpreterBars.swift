import ESCPOS
import ReceiptMarkup

/// How `GS k` draws, as after switching on.
struct BarcodeSettings: Hashable, Sendable {
    var height = 162
    var narrow = 3
    var text = TextPlace.none

    /// Where `GS H` puts the data in letters.
    enum TextPlace: UInt8 { case none, above, below, both }
}

/// Bar codes of the printer's own.
extension Interpreter {
    mutating func bars(_ command: Command) -> [Action] {
        switch command {
        case .barcodeHeight(let dots): barcode.height = max(1, Int(dots))
        case .barcodeWidth(let dots): barcode.narrow = Int(min(6, max(2, dots)))
        case .barcodeText(let place): barcode.text = BarcodeSettings.TextPlace(rawValue: place & 3) ?? .none
        case .barcode(let system, let data):
            defer { if model.quirks.contains(.forgetsBarcodeSettings) { barcode = BarcodeSettings() } }
            return print(system, data)
        default: preconditionFailure("not a bar code")
        }
        return []
    }

    private mutating func print(_ parameter: UInt8, _ data: [UInt8]) -> [Action] {
        guard let system = Barcode.System(parameter: parameter), model.barcodes.contains(system) else {
            return [.ignore("GS k \(parameter): \(model.id) draws no such bar code")]
        }
        guard let content = system == .code128 && parameter == 73 ? Code128.content(of: data) : String(validating: data, as: UTF8.self)
        else {
            return [.ignore("GS k \(parameter): data that the bar code cannot hold")]
        }
        let code = Barcode(system: system, data: content, narrow: barcode.narrow, height: barcode.height)
        do throws(DotRenderingError) {
            // Printers leave the white at both sides to the host.
            let bars = try renderer.barcode(code).withoutQuietZones
            guard bars.width <= areaWidth else { return [.ignore("GS k \(parameter): the code is wider than the paper")] }
            var band = picture(bars, 1, 1)
            if barcode.text != .none { band = try withText(content, band, barcode.text, barsWidth: bars.width) }
            band.marks = [Mark(row: band.ink.height / 2, content: .code(content))]
            return flush() + [.move(band)]
        } catch {
            return [.ignore("GS k \(parameter): \(error.detail)")]
        }
    }

    /// The bars with their data in letters above, below or both.
    private func withText(
        _ content: String, _ bars: Band, _ place: BarcodeSettings.TextPlace, barsWidth: Int
    ) throws(DotRenderingError) -> Band {
        let cell = model.fontA
        let letters = try renderer.text(content, cells: content.count, cellWidth: cell.width, cellHeight: cell.height, bold: false)
        let barsLeft = leftMargin + alignment.offset(of: barsWidth, in: areaWidth)
        let x = max(0, barsLeft + (barsWidth - letters.width) / 2)
        let above = place == .below ? 0 : cell.height
        var ink = DotCanvas(width: model.dots, height: bars.ink.height + above + (place == .above ? 0 : cell.height))
        ink.draw(bars.ink.image, x: 0, y: above)
        if place != .below { ink.draw(letters, x: x, y: 0) }
        if place != .above { ink.draw(letters, x: x, y: above + bars.ink.height) }
        return Band(ink: ink, rows: ink.height)
    }
}

extension DotImage {
    /// From the first bar to the last, as the first row has them.
    fileprivate var withoutQuietZones: DotImage {
        let bars = (0..<width).filter { height > 0 && isBlack($0, 0) }
        guard let first = bars.first, let last = bars.last else { return self }
        return DotImage(width: last - first + 1, height: height) { isBlack($0 + first, $1) }
    }
}
