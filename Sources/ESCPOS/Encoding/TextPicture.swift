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
                picture.fill(x: box.x, y: box.y + height - 1, width: box.width, height: 1)
            }
            if fragment.decoration.invert {
                picture.invert(x: box.x, y: box.y, width: box.width, height: height)
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
    private var bits: [UInt8]
    private var bytesPerRow: Int { (width + 7) / 8 }

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
        bits = Array(repeating: 0, count: (width + 7) / 8 * height)
    }

    /// Adds the black dots of `image`, as far as they lie inside; `x` not left of the edge.
    mutating func draw(_ image: DotImage, x: Int, y: Int) {
        let shifted = image.shifted(right: x % 8)
        let bytes = min(shifted.bytesPerRow, bytesPerRow - x / 8)
        guard bytes > 0 else { return }
        for row in max(0, -y)..<max(0, -y, min(image.height, height - y)) {
            for byte in 0..<bytes { bits[(y + row) * bytesPerRow + x / 8 + byte] |= shifted.bits[row * shifted.bytesPerRow + byte] }
        }
        whitenPadding()
    }

    /// Gives `change` each byte of the rectangle, as far as it lies inside, with a mask of its dots there.
    private mutating func forEachByte(x: Int, y: Int, width: Int, height: Int, _ change: (inout UInt8, UInt8) -> Void) {
        let columns = (x..<(x + max(0, width))).clamped(to: 0..<self.width)
        guard !columns.isEmpty else { return }
        for row in (y..<(y + max(0, height))).clamped(to: 0..<self.height) {
            for byte in (columns.lowerBound / 8)...((columns.upperBound - 1) / 8) {
                let before: UInt8 = 0xFF >> UInt8(max(0, columns.lowerBound - byte * 8))
                let behind: UInt8 = 0xFF << UInt8(max(0, byte * 8 + 8 - columns.upperBound))
                change(&bits[row * bytesPerRow + byte], before & behind)
            }
        }
    }

    mutating func fill(x: Int, y: Int, width: Int, height: Int) {
        forEachByte(x: x, y: y, width: width, height: height) { $0 |= $1 }
    }

    mutating func invert(x: Int, y: Int, width: Int, height: Int) {
        forEachByte(x: x, y: y, width: width, height: height) { $0 ^= $1 }
    }

    /// Beyond the last column of a row nothing is black.
    private mutating func whitenPadding() {
        guard width % 8 != 0 else { return }
        for row in 0..<height { bits[(row + 1) * bytesPerRow - 1] &= ~(0xFF >> UInt8(width % 8)) }
    }

    var image: DotImage { DotImage(width: width, height: height, bits: bits) }
}
