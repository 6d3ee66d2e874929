public import ESCPOS
import ReceiptMarkup

/// A template on its way to one printer: fields → markup → layout → bytes. The only way that the kiosk's paper takes.
public struct PaperPress: Sendable {
    public let template: PaperTemplate
    public let encoder: ReceiptEncoder
    let allowsDeviceCommands: Bool

    /// - Parameter allowingDeviceCommands: Whether `{command:…}` reaches the printer: only for templates of the technician's folder.
    public init(template: PaperTemplate, encoder: ReceiptEncoder, allowingDeviceCommands: Bool) {
        self.template = template
        self.encoder = encoder
        allowsDeviceCommands = allowingDeviceCommands
    }

    /// The bytes of one sheet, and what of it is otherwise than the template says.
    ///
    /// - Throws: ``TemplateError`` or `ReceiptEncodingError`.
    public func encoded(_ fields: Fields) throws -> EncodedReceipt {
        let receipt = Receipt(parsing: try template.markup(fields), allowingDeviceCommands: allowsDeviceCommands)
        return try encoder.encoded(receipt.layout(columns: encoder.model.columns))
    }

    /// The bytes of ``encoded(_:)``.
    public func sheet(_ fields: Fields) throws -> [UInt8] { try encoded(fields).bytes }
}
