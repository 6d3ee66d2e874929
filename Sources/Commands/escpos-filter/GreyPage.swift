/// A page in shades of grey: row by row, one octet a pixel, 255 is white.
struct GreyPage {
    var width: Int
    var height: Int
    var pixels: [UInt8]

    func rows(_ range: Range<Int>) -> GreyPage {
        GreyPage(width: width, height: range.count, pixels: Array(pixels[range.lowerBound * width..<range.upperBound * width]))
    }

    /// Without the white at its end: paper costs money, and a page is as long as its program thought.
    func withoutWhiteEnd() -> GreyPage {
        guard let last = pixels.lastIndex(where: { $0 < Self.nearlyWhite }) else { return rows(0..<0) }
        return rows(0..<last / width + 1)
    }

    /// Shades above this leave no dot.
    private static let nearlyWhite: UInt8 = 248

    /// Reads pictures in the binary grey format one after another (netpbm, pgm(5): `P5`, width, height, greatest value 255, pixels).
    static func all(in stream: [UInt8]) throws(FilterError) -> [GreyPage] {
        var pages: [GreyPage] = []
        var rest = stream[...]
        while !rest.isEmpty {
            guard rest.starts(with: "P5".utf8) else { throw FilterError("pdftoppm wrote something that is not a grey picture") }
            rest.removeFirst(2)
            let width = try number(&rest)
            let height = try number(&rest)
            let greatest = try number(&rest)
            guard greatest == 255, rest.popFirst() != nil, width > 0, rest.count >= width * height else {
                throw FilterError("pdftoppm wrote a picture that breaks off; is the temporary space full?")
            }
            pages.append(GreyPage(width: width, height: height, pixels: Array(rest.prefix(width * height))))
            rest = rest.dropFirst(width * height)
        }
        return pages
    }

    private static func number(_ rest: inout ArraySlice<UInt8>) throws(FilterError) -> Int {
        rest = rest.drop { [0x20, 0x0A, 0x0D, 0x09].contains($0) }
        let digits = rest.prefix { (0x30...0x39).contains($0) }
        guard digits.count <= 6, let number = Int(String(decoding: digits, as: UTF8.self)) else {
            throw FilterError("pdftoppm wrote a picture without its size")
        }
        rest = rest.dropFirst(digits.count)
        return number
    }
}
