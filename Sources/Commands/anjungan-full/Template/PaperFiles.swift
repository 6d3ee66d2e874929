import ReceiptMarkup

extension DotImage {
    /// Sheets one below the other, with a dotted line where the knife went; nil without any row.
    static func stacked(_ sheets: [DotImage]) -> DotImage? {
        guard let width = sheets.map(\.width).max(), sheets.contains(where: { $0.height > 0 }) else { return nil }
        let knife = DotImage(width: width, height: 9) { x, y in y == 4 && x % 8 < 4 }
        let rows = sheets.enumerated().flatMap { index, sheet in (index == 0 ? [] : [knife]) + [sheet] }
        return DotImage(width: width, height: rows.map(\.height).reduce(0, +), bits: rows.flatMap(\.bits))
    }
}

extension DotImage {
    /// The dots as an SVG in the paper's own size: a path with a stroke for each run of black dots.
    func svg(dotsPerMillimetre: Int) -> String {
        var path = ""
        for y in 0..<height {
            var x = 0
            while x < width {
                let start = x
                while x < width, isBlack(x, y) { x += 1 }
                if x > start { path += "M\(start) \(y)h\(x - start)v1H\(start)z" }
                x += 1
            }
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(millimetres(width, dotsPerMillimetre))mm" \
            height="\(millimetres(height, dotsPerMillimetre))mm" viewBox="0 0 \(width) \(height)" shape-rendering="crispEdges">\
            <rect width="\(width)" height="\(height)" fill="#fff"/><path d="\(path)"/></svg>

            """
    }

    private func millimetres(_ dots: Int, _ dotsPerMillimetre: Int) -> Double { Double(dots) / Double(dotsPerMillimetre) }
}
