import ReceiptMarkup

/// Rows of dots that can be drawn on; the order of bits is that of `DotImage`.
struct DotCanvas: Hashable, Sendable {
    let width: Int
    let height: Int
    private(set) var bits: [UInt8]
    var bytesPerRow: Int { (width + 7) / 8 }

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
        bits = Array(repeating: 0, count: (width + 7) / 8 * height)
    }

    subscript(x: Int, y: Int) -> Bool {
        get { bits[y * bytesPerRow + x / 8] & (0x80 >> UInt8(x % 8)) != 0 }
        set {
            let mask: UInt8 = 0x80 >> UInt8(x % 8)
            if newValue { bits[y * bytesPerRow + x / 8] |= mask } else { bits[y * bytesPerRow + x / 8] &= ~mask }
        }
    }

    var image: DotImage { DotImage(width: width, height: height, bits: bits) }

    func row(_ y: Int) -> ArraySlice<UInt8> { bits[y * bytesPerRow..<(y + 1) * bytesPerRow] }

    /// Adds the black dots of `image`; what would fall beyond the edges falls off.
    mutating func draw(_ image: DotImage, x: Int, y: Int, scaleX: Int = 1, scaleY: Int = 1) {
        if x >= 0, x % 8 == 0, scaleX == 1, scaleY == 1 { return drawWholeBytes(image, x: x, y: y) }
        for sourceY in 0..<image.height {
            for byteX in 0..<image.bytesPerRow {
                let byte = image.bits[sourceY * image.bytesPerRow + byteX]
                if byte == 0 { continue }
                for bit in 0..<min(8, image.width - byteX * 8) where byte & (0x80 >> UInt8(bit)) != 0 {
                    fill(x: x + (byteX * 8 + bit) * scaleX, y: y + sourceY * scaleY, width: scaleX, height: scaleY)
                }
            }
        }
    }

    /// Pictures as wide as the paper are the bulk of all data and always begin at a whole byte.
    private mutating func drawWholeBytes(_ image: DotImage, x: Int, y: Int) {
        let bytes = min(image.bytesPerRow, bytesPerRow - x / 8)
        guard bytes > 0 else { return }
        let lastMask: UInt8 = image.width % 8 == 0 ? 0xFF : ~(0xFF >> UInt8(image.width % 8))
        for sourceY in 0..<image.height where (0..<height).contains(y + sourceY) {
            let source = sourceY * image.bytesPerRow
            let target = (y + sourceY) * bytesPerRow + x / 8
            for offset in 0..<bytes {
                bits[target + offset] |= image.bits[source + offset] & (offset == image.bytesPerRow - 1 ? lastMask : 0xFF)
            }
        }
    }

    mutating func fill(x: Int, y: Int, width: Int, height: Int) {
        for row in clampedRows(y, height) {
            for column in clampedColumns(x, width) { self[column, row] = true }
        }
    }

    mutating func invert(x: Int, y: Int, width: Int, height: Int) {
        for row in clampedRows(y, height) {
            for column in clampedColumns(x, width) { self[column, row].toggle() }
        }
    }

    private func clampedRows(_ y: Int, _ count: Int) -> Range<Int> { (y..<y + max(0, count)).clamped(to: 0..<height) }
    private func clampedColumns(_ x: Int, _ count: Int) -> Range<Int> { (x..<x + max(0, count)).clamped(to: 0..<width) }

    /// Turned by half a turn.
    var upsideDown: DotCanvas {
        var turned = DotCanvas(width: width, height: height)
        for y in 0..<height {
            for x in 0..<width where self[x, y] { turned[width - 1 - x, height - 1 - y] = true }
        }
        return turned
    }
}
