public import ESCPOS
public import ReceiptMarkup

/// The slip by which a person proves that a roll can be printed on, and sees that the printer is the one that was configured.
///
/// A printer confirms a sheet on a roll that lies the wrong way round, or whose coating has faded, as it confirms any other:
/// only reading the sheet tells the difference. The code stands on it in large letters and in a QR code, for eyes and for a scanner.
/// A ruler shows whether the columns are those of the profile, a line of letters whether its code pages are.
public struct TestSlip: Hashable, Sendable {
    /// The printer's name.
    public var printer: String
    /// Where the printer is reached, as in the configuration.
    public var address: String
    public var model: PrinterModel
    /// What has to be read back.
    public var code: String
    /// A kiosk waits for the code; without one it is only compared with what the command has said.
    public var isNoted: Bool

    public init(printer: String, address: String, model: PrinterModel, code: String, isNoted: Bool) {
        self.printer = printer
        self.address = address
        self.model = model
        self.code = code
        self.isNoted = isNoted
    }

    /// What a scanner reads: `UJI:CODE`.
    public var payload: String { Self.prefix + code }
    private static let prefix = "UJI:"

    /// The characters of a code: Crockford's base 32, without those that look like another.
    public static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

    /// The code in what was typed or scanned: in capitals, without spaces, with or without the scanner's prefix;
    /// the letters O, I and L are the digits that they look like.
    public static func code(in text: String) -> String {
        let letters = text.uppercased().filter { !$0.isWhitespace }
        let code = letters.hasPrefix(prefix) ? letters.dropFirst(prefix.count) : letters[...]
        return String(code.map { $0 == "O" ? "0" : $0 == "I" || $0 == "L" ? "1" : $0 })
    }

    /// The slip as a receipt for a printer of ``model``, cut at its end.
    public var receipt: Receipt { Receipt(parsing: markup) }

    /// The slip's markup. The ruler is as long as a line of ``model``.
    public var markup: String {
        let name = escape(printer)
        let letters = escape(code)
        let ruler = (1...max(model.columns, 1)).map { $0 % 10 == 0 ? "\($0 / 10 % 10)" : "." }.joined()
        let remedy = isNoted ? "atau ketik:\nanjungan printer confirm \(name) \(letters)" : "atau bandingkan dengan kode di layar."
        return """
            ^^"UJI CETAK"
            {text:words}
            {width:10,*}
            |Perangkat |\(name) |
            |Model |\(escape(model.name)) |
            |Profil |\(escape(model.id)) |
            |Alamat |\(escape(address)) |
            |Kertas |\(model.paperWidth.rawValue) mm |
            |Baris |\(model.columns) huruf, \(model.dots) titik |
            {width:auto}
            -
            \(ruler)
            ABCDEFGHIJKLM abcdefghijklm 0123456789
            é è ç ñ ü ½ ° £ │ ─
            -
            Terbacakah kertas ini? Pindai kode ini:
            {option:qrcode,6,m}
            {code:\(escape(payload)) }
            \(remedy)

            ^^^^"\(letters)"
            =

            """
    }
}
