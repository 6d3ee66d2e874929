import ReceiptMarkup

/// Greys in black dots.
enum Dither {
    /// Error diffusion by Floyd and Steinberg (1976), every second row from right to left, so that no worms run to one side.
    /// `gray` row by row, 0 black, 255 white.
    static func diffused(_ gray: [UInt8], width: Int, height: Int) -> DotImage {
        let bytesPerRow = (width + 7) / 8
        var bits = [UInt8](repeating: 0, count: bytesPerRow * height)
        // What each pixel of this row and the next still owes, in sixteenths, with a column to spare on both sides.
        var here = [Int](repeating: 0, count: width + 2)
        var below = here
        for y in 0..<height {
            let step = y % 2 == 0 ? 1 : -1
            var x = step == 1 ? 0 : width - 1
            while x >= 0, x < width {
                let wanted = Int(gray[y * width + x]) * 16 + here[x + 1]
                let isBlack = wanted < 128 * 16
                if isBlack { bits[y * bytesPerRow + x / 8] |= 0x80 >> UInt8(x % 8) }
                let error = wanted - (isBlack ? 0 : 255 * 16)
                here[x + 1 + step] += error * 7 / 16
                below[x + 1 - step] += error * 3 / 16
                below[x + 1] += error * 5 / 16
                below[x + 1 + step] += error - error * 7 / 16 - error * 3 / 16 - error * 5 / 16
                x += step
            }
            swap(&here, &below)
            for index in below.indices { below[index] = 0 }
        }
        return DotImage(width: width, height: height, bits: bits)
    }

    /// Black where darker than half: keeps the edges of line art.
    static func cut(_ gray: [UInt8], width: Int, height: Int) -> DotImage {
        DotImage(width: width, height: height) { gray[$1 * width + $0] < 128 }
    }
}
