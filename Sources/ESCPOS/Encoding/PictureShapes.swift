import ReceiptMarkup

extension DotImage {
    /// The same dots with white at their left.
    func shifted(right dots: Int) -> DotImage {
        guard dots > 0 else { return self }
        let target = (width + dots + 7) / 8
        var shifted = [UInt8](repeating: 0, count: target * height)
        let (bytes, bits) = (dots / 8, dots % 8)
        for row in 0..<height {
            for index in 0..<bytesPerRow {
                let byte = self.bits[row * bytesPerRow + index]
                guard byte != 0 else { continue }
                let place = row * target + bytes + index
                shifted[place] |= byte >> UInt8(bits)
                // What goes over the edge of the row is padding, which is white.
                if bits > 0, bytes + index + 1 < target { shifted[place + 1] |= byte << UInt8(8 - bits) }
            }
        }
        return DotImage(width: width + dots, height: height, bits: shifted)
    }

    /// The columns of `range`, which begins with a whole byte.
    func columns(_ range: Range<Int>) -> DotImage {
        precondition(range.lowerBound % 8 == 0 && range.upperBound <= width, "pictures are cut at whole bytes")
        let target = (range.count + 7) / 8
        var cut: [UInt8] = []
        cut.reserveCapacity(target * height)
        let last: UInt8 = range.count % 8 == 0 ? 0xFF : ~(0xFF >> UInt8(range.count % 8))
        for row in 0..<height {
            let start = row * bytesPerRow + range.lowerBound / 8
            cut += bits[start..<(start + target)]
            if target > 0 { cut[cut.count - 1] &= last }
        }
        return DotImage(width: range.count, height: height, bits: cut)
    }

    /// Without the white at the right, in whole bytes, so that less goes over the wire; at least one byte wide.
    var withoutWhiteRight: DotImage {
        var used = 1
        for row in 0..<height {
            var index = bytesPerRow
            while index > used, bits[row * bytesPerRow + index - 1] == 0 { index -= 1 }
            used = max(used, index)
        }
        return used >= bytesPerRow ? self : columns(0..<(used * 8))
    }
}
