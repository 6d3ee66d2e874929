import ESCPOS
import Foundation
import Mustache
import PaperTemplates
import PictureRaster
import ReceiptMarkup
import TicketRaster

/// The ticket that encoders are measured with: header, six-fold number, ten two-column lines, QR code of version 4, cut;
/// with or without a logo of 384 × 128 dots.
struct TypicalTicket {
    static let source = """
        {{#logo}}
        {image:{{{logo}}} }
        {{/logo}}
        "{{mall}}"
        {{city}}
        {{agency}}
        ^^^^^^^"{{number}}"^^^^^^^
        {{#lines}}
        |{{name}} | {{amount}}|
        {{/lines}}
        {option:qrcode,4,m;code:{{url}} }
        =
        """

    /// nil without one.
    var logo: Base64?

    static let model = PrinterModel(
        id: "typical-80", name: "Typical 80 mm", paperWidth: .mm80, dots: 576, columns: 48, codePages: [.cp437: 0], qr: .native,
        proof: .processID, automaticStatus: true, bufferBytes: 4096, cutter: .partial, feedBeforeCut: 4, image: .raster)

    /// Line art with some texture, which nothing compresses away.
    static func logoPNG() throws -> [UInt8] {
        try PNG.encode(DotImage(width: 384, height: 128) { x, y in (x / 16 + y / 16) % 3 == 0 || (x * x + y * y) % 97 < 12 })
    }

    private static let texts = [
        "mall": "MPP Pekanbaru", "city": "Kota Pekanbaru", "agency": "Disdukcapil Kota Pekanbaru", "number": "KEA-007",
        "url": "https://mpp.contoh.example/t/01KAJ5Z8QF7W3M9V2X4T6B8C0D",
    ]
    private static let lines = (0..<10).map { ["name": "Keterangan \($0)", "amount": "Rp \($0 * 111 + 100).000"] }

    var fields: Fields {
        var fields = Self.texts.mapValues { FieldValue.text($0) }
        fields["lines"] = .list(Self.lines.map { .group($0.mapValues { .text($0) }) })
        fields["logo"] = logo.map { .base64($0) } ?? .absent
        return fields
    }

    /// The same for swift-mustache, escaped beforehand as it knows no escaping but HTML's.
    var escapedFields: [String: any Sendable] {
        var fields: [String: any Sendable] = Self.texts.mapValues { ReceiptMarkup.escape($0) }
        fields["lines"] = Self.lines.map { $0.mapValues { ReceiptMarkup.escape($0) } }
        if let logo { fields["logo"] = logo.text }
        return fields
    }

    /// How often `body` runs in a second of this process's processor time, measured for `seconds`.
    static func rate(seconds: Double, _ body: () throws -> Void) rethrows -> Double {
        for _ in 0..<20 { try body() }
        let start = cpuSeconds
        var count = 0
        while cpuSeconds - start < seconds {
            for _ in 0..<20 { try body() }
            count += 20
        }
        return Double(count) / (cpuSeconds - start)
    }

    private static var cpuSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// What our own way takes.
    struct Ours {
        /// Filled template → bytes, tickets a second.
        var encoded: Double
        /// Fields → bytes, tickets a second.
        var filled: Double
        /// Fields → markup, by swift-mustache, a second.
        var library: Double
        var bytes: Int
    }

    func measure(seconds: Double) throws -> Ours {
        let template = try PaperTemplate(Self.source, file: "typical")
        let encoder = ReceiptEncoder(model: Self.model, renderer: TicketRaster())
        let press = PaperPress(template: template, encoder: encoder, allowingDeviceCommands: false)
        let fields = fields
        let markup = try template.markup(fields)
        let library = try MustacheTemplate(string: "{{% CONTENT_TYPE:TEXT}}" + Self.source)
        let escaped = escapedFields
        return Ours(
            encoded: try Self.rate(seconds: seconds) {
                _ = try encoder.encode(Receipt(parsing: markup).layout(columns: Self.model.columns))
            },
            filled: try Self.rate(seconds: seconds) { _ = try press.sheet(fields) },
            library: Self.rate(seconds: seconds) { _ = library.render(escaped) },
            bytes: try press.sheet(fields).count)
    }

    /// Megabytes of tickets that are decoded in a second.
    func decoding(seconds: Double) throws -> Double {
        let press = PaperPress(
            template: try PaperTemplate(Self.source, file: "typical"),
            encoder: ReceiptEncoder(model: Self.model, renderer: TicketRaster()), allowingDeviceCommands: false)
        let ticket = try press.sheet(fields)
        let stream = Array(repeatElement(ticket, count: max(1, 1_000_000 / ticket.count)).joined())
        let rate = Self.rate(seconds: seconds) {
            var decoder = CommandDecoder()
            precondition(!decoder.feed(stream).isEmpty && decoder.pending.isEmpty)
        }
        return rate * Double(stream.count) / 1e6
    }
}
