import ESCPOS
import Foundation
import ReceiptMarkup
import Testing
import TicketRaster

/// What no code page of a printer has, shaped and drawn.
@Suite struct ScriptTests {
    let raster = TicketRaster()

    static let samples = [
        "Arab": "السلام عليكم", "Jawa": "ꦲꦏ꧀ꦱꦫꦗꦮ", "Cina": "排队号码 办理", "Emoji": "😀 👍 ☂ ❤️", "Campur": "Nama: محمد بن عبدالله (3)",
        "Ibrani": "שלום", "Kurang": "a\u{10FFFD}b",
    ]

    func draw(_ text: String) throws -> DotImage {
        try raster.text(text, cells: text.cells, cellWidth: 12, cellHeight: 24, bold: false)
    }

    func inked(_ image: DotImage) -> Range<Int> {
        let columns = (0..<image.width).filter { x in (0..<image.height).contains { image.isBlack(x, $0) } }
        return (columns.first ?? 0)..<((columns.last ?? -1) + 1)
    }

    @Test func writeSamples() throws {
        guard let folder = ProcessInfo.processInfo.environment["ANJUNGAN_PAPER"] else { return }
        var canvas = Canvas(width: 576, height: 0)
        for (index, name) in Self.samples.keys.sorted().enumerated() {
            canvas.extend(to: index * 40 + 40)
            canvas.draw("[", x: 0, y: index * 40)
            let image = try draw(Self.samples[name]!)
            canvas.draw(image, x: 12, y: index * 40)
            canvas.draw("]", x: 12 + image.width, y: index * 40)
            canvas.draw(name, x: 440, y: index * 40)
        }
        try Data(canvas.png()).write(to: URL(filePath: folder).appending(path: "scripts.png"))
    }
}
