public import ReceiptMarkup

/// Turns a layout into the bytes for one printer, with the commands that nearly every printer understands.
public struct ReceiptEncoder: Sendable {
    public let model: PrinterModel
    let renderer: any DotRenderer

    /// `renderer` draws pictures, and the characters and codes that the printer does not have.
    public init(model: PrinterModel, renderer: any DotRenderer) {
        self.model = model
        self.renderer = renderer
    }

    /// The whole receipt, from the reset to the last cut.
    public func encode(_ layout: Layout) throws(ReceiptEncodingError) -> [UInt8] {
        try commands(for: layout).flatMap(\.bytes)
    }

    /// The commands of ``encode(_:)``; device commands of the layout are ``Command/unknown(_:)``.
    public func commands(for layout: Layout) throws(ReceiptEncodingError) -> [Command] {
        guard layout.columns <= model.columns else {
            throw ReceiptEncodingError(
                .layoutTooWide,
                "The layout has \(layout.columns) columns, but \(model.name) prints \(model.columns); lay it out for \(model.columns).")
        }
        var writer = CommandWriter(model: model)
        writer.start()
        for element in layout.elements {
            switch element {
            case .text(let row): try write(row, to: &writer)
            case .image(let png, let place):
                let room = place.width * model.cellWidth
                let picture = try rendered("a picture") { () throws(DotRenderingError) in try renderer.image(png: png, maxWidth: room) }
                write(picture, at: place, to: &writer)
            case .qrCode(let data, let cell, let level, let place):
                try writeQRCode(data, cell: cell, level: level, at: place, to: &writer)
            case .barcode(let code, let place):
                let picture = try rendered("a bar code") { () throws(DotRenderingError) in try renderer.barcode(code) }
                write(picture, at: place, to: &writer)
            case .cut: writer.cut()
            case .command(let bytes): writer.raw(bytes)
            }
        }
        return writer.commands
    }

    private func write(_ row: Layout.TextRow, to writer: inout CommandWriter) throws(ReceiptEncodingError) {
        if writer.canEncode(row) {
            writer.row(row)
        } else {
            let picture = try rendered("a line of text") { () throws(DotRenderingError) in
                try TextPicture(model: model, renderer: renderer).draw(row)
            }
            writer.picture(picture, align: .left)
        }
    }

    /// The printer aligns what has the whole paper as its place; for anything narrower the white at the left is drawn too.
    private func write(_ picture: DotImage, at place: Layout.Place, to writer: inout CommandWriter) {
        if place.start == 0, place.width >= model.columns {
            writer.picture(picture, align: place.align)
        } else {
            let room = place.width * model.cellWidth
            let left = place.start * model.cellWidth + place.align.offset(of: picture.width, in: room)
            writer.picture(picture.shifted(right: left), align: .left)
        }
    }

    private func writeQRCode(
        _ data: [UInt8], cell: Int, level: QRLevel, at place: Layout.Place, to writer: inout CommandWriter
    ) throws(ReceiptEncodingError) {
        let symbol = try rendered("a QR code") { () throws(DotRenderingError) in
            try renderer.qrCode(data, cell: cell, level: level)
        }
        // Readers want four modules of white around the symbol (ISO/IEC 18004 clause 9.1).
        writer.white(rows: 4 * cell)
        if model.qr == .native, place.start == 0, place.width >= model.columns {
            writer.qrCode(data, cell: cell, level: level, align: place.align)
        } else {
            write(symbol, at: place, to: &writer)
        }
        writer.white(rows: 4 * cell)
    }

    private func rendered(
        _ what: String, _ body: () throws(DotRenderingError) -> DotImage
    ) throws(ReceiptEncodingError) -> DotImage {
        do throws(DotRenderingError) {
            return try body()
        } catch {
            throw ReceiptEncodingError(.rendering(error.code), "Cannot draw \(what): \(error.detail)")
        }
    }
}

/// Why a layout cannot be printed on a printer.
public struct ReceiptEncodingError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        case layoutTooWide
        case rendering(DotRenderingError.Code)
    }

    public var code: Code
    public var detail: String

    public init(_ code: Code, _ detail: String) {
        self.code = code
        self.detail = detail
    }

    public static func == (lhs: Self, rhs: Self) -> Bool { lhs.code == rhs.code }
    public func hash(into hasher: inout Hasher) { hasher.combine(code) }
    public var description: String { detail }
}
