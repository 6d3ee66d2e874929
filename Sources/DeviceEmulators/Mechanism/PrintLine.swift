import ESCPOS
import ReceiptMarkup

/// What has been put into the line buffer and waits for the line feed.
struct PrintLine: Sendable {
    struct Item: Sendable {
        var x: Int
        var image: DotImage
        var scaleX = 1
        var scaleY = 1
        var underline = 0
        var inverted = false
        var height: Int { image.height * scaleY }
        var width: Int { image.width * scaleX }
    }

    private(set) var items: [Item] = []
    private(set) var text = ""
    /// Where the next item goes, in dots from the left margin.
    var cursor = 0
    /// Alignment counts as it is when a line begins.
    private(set) var alignment = HorizontalAlignment.left

    var isEmpty: Bool { items.isEmpty }
    var height: Int { items.map(\.height).max() ?? 0 }

    mutating func add(_ item: Item, text character: Character?, alignment: HorizontalAlignment) {
        if isEmpty { self.alignment = alignment }
        items.append(item)
        cursor = item.x + item.width
        if let character { text.append(character) }
    }

    /// Goes to `x`; a reader sees as many spaces as cells of `cell` dots fit in between.
    mutating func skip(to x: Int, cell: Int) {
        if x > cursor { text.append(String(repeating: " ", count: max(1, (x - cursor) / cell))) }
        cursor = x
    }

    /// The finished line. `left` and `width` are the printing area.
    func band(dots: Int, left: Int, width: Int, rows: Int, upsideDown: Bool) -> Band {
        var ink = DotCanvas(width: dots, height: height)
        let used = items.map { $0.x + $0.width }.max() ?? 0
        let offset = left + alignment.offset(of: used, in: width)
        for item in items {
            let top = ink.height - item.height
            ink.draw(item.image, x: offset + item.x, y: top, scaleX: item.scaleX, scaleY: item.scaleY)
            if item.underline > 0 {
                ink.fill(x: offset + item.x, y: ink.height - item.underline, width: item.width, height: item.underline)
            }
            if item.inverted { ink.invert(x: offset + item.x, y: top, width: item.width, height: item.height) }
        }
        var band = Band(ink: upsideDown ? ink.upsideDown : ink, rows: rows)
        if text.contains(where: { !$0.isWhitespace }) {
            band.marks = [Mark(row: ink.height / 2, content: .text(text))]
            band.restartsOnNewPaper = true
        }
        return band
    }
}
