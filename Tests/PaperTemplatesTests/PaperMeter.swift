import ESCPOS
import ReceiptMarkup

/// What a printer makes of a command stream: how much paper, and the text of each line.
///
/// Its own short reading of the ESC/POS reference, independent of encoder and emulator.
struct PaperMeter {
    private(set) var dots = 0
    private(set) var lines: [String] = []
    private(set) var codes: [String] = []
    private(set) var cuts = 0
    private var spacing = 30
    private var height = 24
    private var width = 1
    private var tallest = 0
    private var cellsUsed = 0
    private(set) var widest = 0
    private var text = ""
    private var cell = 0

    init(_ commands: [Command]) {
        for command in commands { take(command) }
    }

    private mutating func take(_ command: Command) {
        switch command {
        case .text(let bytes):
            text += String(decoding: bytes, as: UTF8.self)
            tallest = max(tallest, height)
            cellsUsed += bytes.count * width
        case .absolutePosition(let dots):
            text += " "
            cellsUsed = Int(dots) / 12
        case .lineFeed: endLine(spacing)
        case .defaultLineSpacing: spacing = 30
        case .lineSpacing(let n): spacing = Int(n)
        case .feedLines(let n): endLine(Int(n) * spacing)
        case .size(let columns, let rows): (width, height) = (Int(columns), Int(rows) * 24)
        case .raster(let image, let scale): dots += image.height * scale.vertical
        case .qrCell(let n): cell = Int(n)
        case .qrStore(let data): codes.append(String(decoding: data, as: UTF8.self))
        // Version 1 holds 20 characters at level M.
        case .qrPrint: dots += (codes.last ?? "").count <= 20 ? 21 * cell : 177 * cell
        case .cut: cuts += 1
        default: break
        }
    }

    private mutating func endLine(_ feed: Int) {
        dots += max(feed, tallest)
        widest = max(widest, cellsUsed)
        lines.append(text)
        (text, tallest, cellsUsed) = ("", 0, 0)
    }
}
