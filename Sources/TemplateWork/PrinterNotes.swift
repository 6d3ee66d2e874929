public import ESCPOS
public import ProjectFiles
public import ReceiptMarkup

extension FilledReceipt {
    /// What a printer prints otherwise than the markup says, as FILE:LINE: message, or why it cannot print it at all.
    public func notes(on model: PrinterModel, drawing renderer: any DotRenderer) -> [String] {
        let layout = receipt.layout(columns: model.columns)
        do throws(ReceiptEncodingError) {
            return told(try ReceiptEncoder(model: model, renderer: renderer).encoded(layout).notes, columns: model.columns)
        } catch {
            return ["\(file): \(model.name) cannot print this: \(error)"]
        }
    }

    /// As ``notes(on:drawing:)``, of what is encoded already.
    func told(_ notes: [EncodingNote], columns: Int) -> [String] {
        notes.map { note in
            let line = receipt.line(ofElement: note.element, columns: columns)
            return "\(line.map(place) ?? file): \(note)"
        }
    }
}
