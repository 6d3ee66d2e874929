import ReceiptMarkup

/// The slip by which a person proves that a roll can be printed on.
///
/// A printer confirms a sheet on a roll that lies the wrong way round, or whose coating has faded, as it confirms any other:
/// only reading the sheet tells the difference. The code stands on it in large letters and in a QR code, for eyes and for a scanner.
public struct TestSlip: Hashable, Sendable {
    /// The printer's name.
    public var printer: String
    /// What has to be read back.
    public var code: String

    public init(printer: String, code: String) {
        self.printer = printer
        self.code = code
    }

    /// What a scanner reads: `UJI:CODE`.
    public var payload: String { Self.prefix + code }
    private static let prefix = "UJI:"

    /// The code in what was typed or scanned: in capitals, without spaces, with or without the scanner's prefix.
    public static func code(in text: String) -> String {
        let letters = text.uppercased().filter { !$0.isWhitespace }
        return letters.hasPrefix(prefix) ? String(letters.dropFirst(prefix.count)) : letters
    }

    /// The slip as a receipt, cut at its end.
    public var markup: String {
        let name = escape(printer)
        let code = escape(code)
        return """
            ^^"UJI CETAK"
            Printer \(name)
            -
            Terbacakah kertas ini? Pindai kode ini:
            {option:qrcode,6,m}
            {code:\(escape(payload)) }
            atau ketik:
            anjungan printer confirm \(name) \(code)

            ^^^^"\(code)"
            Hitam pada putih, rata kiri sampai kanan:
            =

            """
    }
}
