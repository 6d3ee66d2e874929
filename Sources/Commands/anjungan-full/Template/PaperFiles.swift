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
