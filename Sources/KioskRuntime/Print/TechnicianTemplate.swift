public import ESCPOS
import Foundation
public import PaperTemplates
import ProjectFiles
import TicketRaster

extension PaperPress {
    /// Reads `NAME.receipt` of a templates folder, which only a technician may write to.
    public init(_ name: String, in templates: String, model: PrinterModel) throws {
        let path = "\(templates)/\(name).receipt"
        let source = String(decoding: try TicketPress.read(path), as: UTF8.self)
        let folder = TemplateFolder(templates)
        let template = try PaperTemplate(source, file: path) { folder?.partial($0) }
        self.init(template: template, encoder: ReceiptEncoder(model: model, renderer: TicketRaster()), allowingDeviceCommands: true)
    }
}
