import ReceiptMarkup

/// Draws a row of text as dots, for characters that the printer has not.
struct TextPicture {
    let model: PrinterModel
    let renderer: any DotRenderer

    /// The whole row, as high as the printer would have fed for it.
    func draw(_ row: Layout.TextRow) throws(DotRenderingError) -> DotImage {
        let letters = row.height * model.cellHeight
        var picture = DotBuffer(width: model.dots, height: row.isTight ? letters : max(letters, Int(model.textSpacing)))
        for (index, fragment) in row.fragments.enumerated() {
            let width = model.cellWidth * fragment.decoration.width
            let height = model.cellHeight * fragment.decoration.height
            let image = try renderer.text(
                fragment.text, cells: room(of: index, in: row), cellWidth: width, cellHeight: height, bold: fragment.decoration.bold)
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

    /// Cells that a fragment may spread over. Letters of scripts that know no cells are often wider than one; where nothing
    /// stands at the right they need not be squeezed. What begins at the right has to end where the layout put it.
    private func room(of index: Int, in row: Layout.TextRow) -> Int {
        let fragment = row.fragments[index]
        let own = fragment.text.cells
        let isBounded = fragment.decoration.underline || fragment.decoration.invert || fragment.text.beginsAtTheRight
        guard !isBounded, !fragment.text.isPrintableASCII else { return own }
        let end = index + 1 < row.fragments.count ? row.fragments[index + 1].start - 1 : model.columns
        return max(own, (end - fragment.start) / fragment.decoration.width)
    }
}

extension String {
    /// Whether its first letter is of a script written from right to left (Unicode Standard Annex 9, rule P2, by blocks).
    fileprivate var beginsAtTheRight: Bool {
        let letter = unicodeScalars.first { $0.properties.isAlphabetic }
        return letter.map {
            (0x590...0x8FF).contains($0.value) || (0xFB1D...0xFDFF).contains($0.value) || (0xFE70...0xFEFF).contains($0.value)
        }
            ?? false
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
