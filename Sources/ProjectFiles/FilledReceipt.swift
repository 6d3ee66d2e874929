import PaperTemplates
public import ReceiptMarkup

/// A receipt that knows where its lines stand in the files it was made of.
public struct FilledReceipt {
    public let receipt: Receipt
    /// As the command named it.
    public let file: String
    /// Where each line of the markup begins; without them the file is the markup itself.
    let lines: [TemplatePlace]

    /// What was ignored, as FILE:LINE:COLUMN: message.
    public var ignored: [String] { receipt.diagnostics.map { "\(place(ofLine: $0.line)):\($0.column): \($0.message)" } }

    /// FILE:LINE of a line of the markup, counted from 1.
    public func place(ofLine line: Int) -> String {
        let place = lines.indices.contains(line - 1) ? lines[line - 1] : nil
        return "\(place?.file ?? file):\(place?.line ?? line)"
    }
}
