import Foundation
import ReceiptMarkup
import Testing

/// Each folder of `Tests/Golden/Receipts` is one case: the markup, its text on paper of three widths, what was ignored,
/// and, where there is an `image.svg`, its drawing at 32 columns. The bytes for printers beside them are a test of `ESCPOS`.
///
/// `ANJUNGAN_RECORD=1` writes the expected files anew and fails, so that nobody passes by recording; read the difference.
@Suite struct GoldenReceiptTests {
    static let root = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Golden/Receipts")

    static let cases: [String] = {
        let names = try? FileManager.default.contentsOfDirectory(atPath: root.path)
        return (names ?? []).filter { !$0.hasPrefix(".") }.sorted()
    }()

    @Test func thereIsACaseForEveryFeature() { #expect(Self.cases.count >= 16) }

    @Test(arguments: cases, [("wide", 48), ("middle", 42), ("narrow", 32)])
    func markupBecomesTheExpectedText(_ name: String, _ paper: (name: String, columns: Int)) throws {
        let receipt = try Self.receipt(name)
        try Self.compare(receipt.layout(columns: paper.columns).plainText + "\n", name, "\(paper.name).text.txt")
    }

    @Test(arguments: cases) func whatWasIgnoredIsTold(_ name: String) throws {
        try Self.compare(Self.receipt(name).diagnostics.map { "\($0)\n" }.joined(), name, "diagnostics.txt")
    }

    @Test(arguments: ["frame", "looks", "pictures", "cjk"]) func markupBecomesTheExpectedDrawing(_ name: String) throws {
        try Self.compare(Self.receipt(name).layout(columns: 32).svg(renderer: Checkered()), name, "image.svg")
    }

    private static func receipt(_ name: String) throws -> Receipt {
        Receipt(parsing: try String(contentsOf: root.appending(path: "\(name)/receipt.txt"), encoding: .utf8))
    }

    private static func compare(_ actual: String, _ name: String, _ file: String) throws {
        let path = root.appending(path: "\(name)/\(file)")
        if ProcessInfo.processInfo.environment["ANJUNGAN_RECORD"] == "1" {
            try actual.write(to: path, atomically: true, encoding: .utf8)
            Issue.record("recorded \(name)/\(file); look at the difference and run again without ANJUNGAN_RECORD")
            return
        }
        #expect(try Array(actual.utf8) == Array(Data(contentsOf: path)), "\(path.path) is now:\n\(actual)")
    }
}

/// Draws every picture and code as a board of 2 × 2 fields.
struct Checkered: DotRenderer {
    private func board(_ width: Int, _ height: Int) -> DotImage {
        DotImage(width: width, height: height) { x, y in (2 * x < width) == (2 * y < height) }
    }

    func image(png: [UInt8], maxWidth: Int) throws(DotRenderingError) -> DotImage { board(min(40, maxWidth), 20) }

    func text(_ text: String, cells: Int, cellWidth: Int, cellHeight: Int, bold: Bool) throws(DotRenderingError) -> DotImage {
        board(cells * cellWidth, cellHeight)
    }

    func qrCode(_ data: [UInt8], cell: Int, level: QRLevel) throws(DotRenderingError) -> DotImage { board(10 * cell, 10 * cell) }

    func barcode(_ code: Barcode) throws(DotRenderingError) -> DotImage {
        DotImage(width: code.data.utf8.count * code.narrow * 4, height: code.height) { x, _ in x / code.narrow % 2 == 0 }
    }
}
