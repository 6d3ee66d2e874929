extension DotImage {
    /// A picture whose dots are black where `isBlack(x, y)`.
    public init(width: Int, height: Int, isBlack: (_ x: Int, _ y: Int) -> Bool) {
        let bytesPerRow = (width + 7) / 8
        var bits = [UInt8](repeating: 0, count: bytesPerRow * height)
        for y in 0..<height {
            for x in 0..<width where isBlack(x, y) { bits[y * bytesPerRow + x / 8] |= 0x80 >> UInt8(x % 8) }
        }
        self.init(width: width, height: height, bits: bits)
    }

    /// Whether the dot at `x`, `y` is black. Both must lie in the picture.
    public func isBlack(_ x: Int, _ y: Int) -> Bool {
        bits[y * bytesPerRow + x / 8] & 0x80 >> UInt8(x % 8) != 0
    }

    /// The rows of `range` as a picture of their own.
    public func rows(_ range: Range<Int>) -> DotImage {
        DotImage(
            width: width, height: range.count, bits: Array(bits[(range.lowerBound * bytesPerRow)..<(range.upperBound * bytesPerRow)]))
    }
}
