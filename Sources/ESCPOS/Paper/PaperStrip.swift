import ReceiptMarkup

/// Paper on its way from the head to the knife, as the preview sees it: rows of dots, top first.
struct PaperStrip {
    let width: Int
    /// Rows between head and knife.
    private let knifeRows: Int
    private var bits: [UInt8]
    private(set) var height: Int
    /// Paper has moved since the last cut.
    private var hasMoved = false
    private(set) var sheets: [DotImage] = []

    private var bytesPerRow: Int { (width + 7) / 8 }

    init(width: Int, knifeRows: Int) {
        self.width = width
        self.knifeRows = knifeRows
        height = knifeRows
        bits = Array(repeating: 0, count: knifeRows * ((width + 7) / 8))
    }

    /// Moves the paper by `rows`, white so far, and returns where they begin.
    mutating func feed(_ rows: Int) -> Int {
        guard rows > 0 else { return height }
        defer { height += rows }
        bits.append(contentsOf: repeatElement(0, count: rows * bytesPerRow))
        hasMoved = true
        return height
    }

    /// The dots of the last `rows` rows.
    func last(_ rows: Int) -> DotImage { DotImage(width: width, height: rows, bits: Array(bits.suffix(rows * bytesPerRow))) }

    /// Blackens the dots of `image`; what lies beyond the head's edges is lost.
    mutating func draw(_ image: DotImage, x: Int, y: Int) {
        for row in 0..<min(image.height, height - y) {
            for column in 0..<min(image.width, width - x) where image.isBlack(column, row) { change(x + column, y + row) { $0 | $1 } }
        }
    }

    /// Blackens a box, or swaps black and white in it.
    mutating func fill(x: Int, y: Int, width: Int, height: Int, inverting: Bool = false) {
        for row in y..<min(y + height, self.height) {
            for column in x..<min(x + width, self.width) { change(column, row) { inverting ? $0 ^ $1 : $0 | $1 } }
        }
    }

    private mutating func change(_ x: Int, _ y: Int, _ body: (_ byte: UInt8, _ dot: UInt8) -> UInt8) {
        let index = y * bytesPerRow + x / 8
        bits[index] = body(bits[index], 0x80 >> UInt8(x % 8))
    }

    /// What is below the knife stays for the next sheet.
    mutating func cut() {
        guard hasMoved, height > knifeRows else { return }
        take(height - knifeRows)
    }

    /// What has come out after the last cut is a sheet too.
    mutating func end() {
        if hasMoved { take(height) }
    }

    private mutating func take(_ rows: Int) {
        sheets.append(DotImage(width: width, height: rows, bits: Array(bits[..<(rows * bytesPerRow)])))
        bits.removeFirst(rows * bytesPerRow)
        height -= rows
        hasMoved = false
    }
}
