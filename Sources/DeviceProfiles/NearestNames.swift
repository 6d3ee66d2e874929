extension [String] {
    /// The few that are most like `name`: those that hold it or parts of it, then those that take the fewest changes of a letter.
    func nearest(to name: String, count: Int = 3) -> [String] {
        let wanted = name.lowercased()
        let parts = wanted.split { !$0.isLetter && !$0.isNumber }
        func strangeness(_ known: String) -> (Int, Int, String) {
            (-parts.count { known.contains($0) }, Self.changes(from: wanted, to: known), known)
        }
        return Array(map { (name: $0, by: strangeness($0)) }.sorted { $0.by < $1.by }.prefix(count).map(\.name))
    }

    /// Letters to insert, remove or replace (Levenshtein's distance).
    private static func changes(from one: String, to other: String) -> Int {
        let other = [UInt8](other.utf8)
        var row = [Int](0...other.count)
        for (index, letter) in one.utf8.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for (column, candidate) in other.enumerated() {
                let replaced = diagonal + (letter == candidate ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = Swift.min(replaced, Swift.min(diagonal, row[column]) + 1)
            }
        }
        return row[other.count]
    }
}
