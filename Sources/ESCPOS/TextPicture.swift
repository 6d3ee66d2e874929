import ReceiptMarkup

/// Draws a row of text as dots, for characters that the printer has not.
struct TextPicture {
    let model: PrinterModel
    let renderer: any DotRenderer

    /// The whole row, as high as the printer would have fed for it.
    func draw(_ row: Layout.TextRow) throws(DotRenderingError) -> DotImage {
        let letters = row.height * model.cellHeight
        var picture = DotBuffer(width: model.dots, height: row.isTight ? letters : max(letters, Int(model.textSpacing)))
        for fragment in row.fragments {
            let width = model.cellWidth * fragment.decoration.width
            let height = model.cellHeight * fragment.decoration.height
            let image = try renderer.text(
                fragment.text, cells: fragment.text.cells, cellWidth: width, cellHeight: height, bold: fragment.decoration.bold)
            let x = fragment.start * model.cellWidth
            // Letters of different sizes stand on one line.
            let y = letters - height
            picture.draw(image, x: x, y: y)
            let box = (x: x, y: y, width: fragment.width * model.cellWidth, height: height)
            if fragment.decoration.underline {
                picture.change(x: box.x, y: box.y + height - 1, width: box.width, height: 1) { _ in true }
            }
            if fragment.decoration.invert {
                picture.change(x: box.x, y: box.y, width: box.width, height: height) { !$0 }
            }
        }
        return picture.image
    }
}

/// Dots that are drawn on.
struct DotBuffer {
    let width: Int
    let height: Int
    private var dots: [Bool]

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
        dots = Array(repeating: false, count: width * height)
    }

    mutating func draw(_ image: DotImage, x: Int, y: Int) {
        change(x: x, y: y, width: image.width, height: image.height) { $0 || image.isBlack($1 - x, $2 - y) }
    }

    mutating func change(x: Int, y: Int, width: Int, height: Int, _ body: (Bool) -> Bool) {
        change(x: x, y: y, width: width, height: height) { black, _, _ in body(black) }
    }

    /// Gives `body` each dot of the rectangle, as far as it lies inside, and its place.
    mutating func change(x: Int, y: Int, width: Int, height: Int, _ body: (Bool, Int, Int) -> Bool) {
        for row in max(0, y)..<max(0, y, min(self.height, y + height)) {
            for column in max(0, x)..<max(0, x, min(self.width, x + width)) {
                dots[row * self.width + column] = body(dots[row * self.width + column], column, row)
            }
        }
    }

    var image: DotImage { DotImage(width: width, height: height) { dots[$1 * width + $0] } }
}
