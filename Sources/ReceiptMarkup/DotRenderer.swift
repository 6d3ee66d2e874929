/// A picture in black dots. Row by row, each row padded to whole bytes,
/// most significant bit leftmost, 1 is black (the order of ESC/POS `GS v 0`).
public struct DotImage: Hashable, Sendable {
    public let width: Int
    public let height: Int
    public var bytesPerRow: Int { (width + 7) / 8 }
    public var bits: [UInt8]

    public init(width: Int, height: Int, bits: [UInt8]) {
        precondition(bits.count == (width + 7) / 8 * height, "bits must hold height rows of whole bytes")
        self.width = width
        self.height = height
        self.bits = bits
    }
}

/// Turns what a printer has no command for into dots. Implemented by `TicketRaster`.
public protocol DotRenderer: Sendable {
    /// Decodes a PNG and reduces it to black dots; scaled down to `maxWidth` dots if it is wider.
    func image(png: [UInt8], maxWidth: Int) throws(DotRenderingError) -> DotImage

    /// One line of text, in a box of `cells` character cells of `cellWidth` × `cellHeight` dots.
    func text(_ text: String, cells: Int, cellWidth: Int, cellHeight: Int, bold: Bool) throws(DotRenderingError) -> DotImage

    /// The characters of `text` that no installed font has and ``text(_:cells:cellWidth:cellHeight:bold:)`` draws as boxes.
    func missingCharacters(in text: String) -> String

    /// The characters of `text` of which ``text(_:cells:cellWidth:cellHeight:bold:)`` draws only the gist: emoji without skin tones,
    /// flags as letters.
    func simplifiedCharacters(in text: String) -> String

    /// A QR code; `cell` is the width of one module in dots, without quiet zone.
    func qrCode(_ data: [UInt8], cell: Int, level: QRLevel) throws(DotRenderingError) -> DotImage

    /// A one-dimensional bar code with its quiet zones, and with its text below where it shows one.
    func barcode(_ code: Barcode) throws(DotRenderingError) -> DotImage
}

extension DotRenderer {
    /// None, for renderers that need no fonts.
    public func missingCharacters(in text: String) -> String { "" }

    /// None, for renderers that draw everything.
    public func simplifiedCharacters(in text: String) -> String { "" }
}

/// Error correction of a QR code (ISO/IEC 18004: about 7, 15, 25, 30 %).
public enum QRLevel: String, Hashable, Sendable, CaseIterable { case l, m, q, h }

/// Why something could not be drawn. Equality is by code; the detail is for the log.
public struct DotRenderingError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        case notAPicture
        /// More or other data than the code can hold, or than its place is wide.
        case tooMuchData
        case outOfMemory
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
