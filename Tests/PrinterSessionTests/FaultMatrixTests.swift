import Foundation
import Testing

/// The table in `Sources/ESCPOS/README.md` is what comes out of this test.
@Suite struct FaultMatrixTests {
    static let readme = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .appending(path: "../../Sources/ESCPOS/README.md").standardizedFileURL
    static let (begin, end) = ("<!-- fault matrix -->\n", "<!-- end of the fault matrix -->")

    @Test func theReadmeTellsWhatBecomesOfATicketInEveryTrouble() throws {
        let matrix = FaultMatrix()
        print(matrix.table)
        #expect(matrix.violations == [])
        let text = try String(contentsOf: Self.readme, encoding: .utf8)
        let from = try #require(text.range(of: Self.begin))
        let to = try #require(text.range(of: Self.end))
        if ProcessInfo.processInfo.environment["ANJUNGAN_RECORD"] == "1" {
            let recorded = text[..<from.upperBound] + matrix.table + text[to.lowerBound...]
            try String(recorded).write(to: Self.readme, atomically: true, encoding: .utf8)
            Issue.record("recorded \(Self.readme.path): read it, then run without ANJUNGAN_RECORD")
        } else {
            #expect(String(text[from.upperBound..<to.lowerBound]) == matrix.table, "ANJUNGAN_RECORD=1 writes the new table")
        }
    }
}
