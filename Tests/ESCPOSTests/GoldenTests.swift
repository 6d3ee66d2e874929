import ESCPOS
import Foundation
import ReceiptMarkup
import Testing

/// Each folder of `Tests/Golden/Receipts` is one case: the markup, what comes of it on two printers, and a note.
///
/// `ANJUNGAN_RECORD=1` writes the expected files anew and fails, so that nobody passes by recording; read the difference.
@Suite struct GoldenTests {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Golden/Receipts")

    static let cases: [String] = {
        let names = try? FileManager.default.contentsOfDirectory(atPath: root.path)
        return (names ?? []).filter { !$0.hasPrefix(".") }.sorted()
    }()

    @Test func thereAreGoldenCases() { #expect(Self.cases.count >= 8) }

    @Test(arguments: cases) func markupBecomesTheExpectedTextAndBytes(_ name: String) throws {
        let folder = Self.root.appending(path: name)
        let receipt = Receipt(parsing: try String(contentsOf: folder.appending(path: "receipt.txt"), encoding: .utf8))
        try compare(receipt.diagnostics.map { "\($0)\n" }.joined(), folder.appending(path: "diagnostics.txt"))
        for model in [Sample.wide, Sample.narrow] {
            let layout = receipt.layout(columns: model.columns)
            let commands = try ReceiptEncoder(model: model, renderer: PatternRenderer()).commands(for: layout)
            try compare(layout.plainText + "\n", folder.appending(path: "\(model.id).text.txt"))
            try compare(commands.map(Self.explained).joined(), folder.appending(path: "\(model.id).bytes.txt"))
        }
        #expect(FileManager.default.fileExists(atPath: folder.appending(path: "note.md").path), "\(name) has no note.md")
    }

    /// Hexadecimal bytes of one command and, after `#`, what it is.
    static func explained(_ command: Command) -> String {
        let hex = command.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined(separator: " ")
        return "\(hex)  # \(command.explanation)\n"
    }

    private func compare(_ actual: String, _ file: URL) throws {
        if ProcessInfo.processInfo.environment["ANJUNGAN_RECORD"] == "1" {
            try actual.write(to: file, atomically: true, encoding: .utf8)
            Issue.record("recorded \(file.lastPathComponent); look at the difference and run again without ANJUNGAN_RECORD")
            return
        }
        let expected = try String(contentsOf: file, encoding: .utf8)
        let differing = zip(actual.split(separator: "\n"), expected.split(separator: "\n")).first { $0 != $1 }
        #expect(
            actual == expected,
            "\(file.path): first difference, now \(differing?.0.prefix(200) ?? "-"), expected \(differing?.1.prefix(200) ?? "-")")
    }
}
