public import ESCPOS
import Foundation
import TicketRaster

extension Configuration {
    /// The tickets' logo for the printer's memory; nil where `printer_logo` does not ask for that, or the model cannot keep it.
    public func storedLogo(_ model: PrinterModel) throws -> StoredLogo? {
        switch printerLogo {
        case .ticket: nil
        case .memory: try StoredLogo(png: [UInt8](TicketPress.read(logoFile)), model: model, renderer: TicketRaster())
        }
    }

    /// The PNG that tickets bear.
    public var logoFile: String { "\(kioskDirectory)/templates/logo.png" }
}
