import ESCPOS
import PaperTemplates
import ReceiptMarkup
import TicketRaster

/// A receipt that knows where its lines stand in the files it was made of.
struct FilledReceipt {
    let receipt: Receipt
    let file: String
    /// Where each line of the markup begins; without them the file is the markup itself.
    let lines: [TemplatePlace]

    /// What was ignored, as FILE:LINE:COLUMN: message.
    var ignored: [String] { receipt.diagnostics.map { "\(place(ofLine: $0.line)):\($0.column): \($0.message)" } }

    /// What a printer prints otherwise than the markup says, as FILE:LINE: message, or why it cannot print it at all.
    func notes(on model: PrinterModel) -> [String] {
        let layout = receipt.layout(columns: model.columns)
        do throws(ReceiptEncodingError) {
            return told(try ReceiptEncoder(model: model, renderer: TicketRaster()).encoded(layout).notes, columns: model.columns)
        } catch {
            return ["\(file): \(model.name) cannot print this: \(error)"]
        }
    }

    /// As ``notes(on:)``, of what is encoded already.
    func told(_ notes: [EncodingNote], columns: Int) -> [String] {
        notes.map { note in
            let line = receipt.line(ofElement: note.element, columns: columns)
            return "\(line.map(place) ?? file): \(note)"
        }
    }

    private func place(ofLine line: Int) -> String {
        let place = lines.indices.contains(line - 1) ? lines[line - 1] : nil
        return "\(place?.file ?? file):\(place?.line ?? line)"
    }
}
