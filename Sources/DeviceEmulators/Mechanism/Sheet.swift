public import ReceiptMarkup

/// One piece of paper: what stands between two cuts, or what has come out since the last one.
public struct Sheet: Hashable, Sendable {
    /// 1 for the first; never used twice.
    public let number: Int
    /// What a reader can make out, line by line.
    public internal(set) var lines: [String] = []
    /// What a scanner reads from the codes on it.
    public internal(set) var codes: [String] = []
    /// Rows of dots; 8 are a millimetre on a printer of 203 dpi.
    public internal(set) var rows = 0
    public let dotsPerMillimetre: Int
    /// The dots, while they are kept.
    public internal(set) var picture: DotImage?
    /// It was cut off. False for the running sheet and for one that was torn off.
    public internal(set) var isCut = false
    /// When its first row was moved, from the start of the emulator.
    public internal(set) var startedAt: Duration
    /// When it was cut or torn off; nil while it is the running sheet.
    public internal(set) var finishedAt: Duration?

    public var text: String { lines.joined(separator: "\n") }
    public var millimetres: Double { Double(rows) / Double(dotsPerMillimetre) }
    public var printID: String? { lines.lazy.compactMap(PrintIDPattern.find).first }
}

/// Finds a print id (26 characters of Crockford's base 32, a full stop, a copy number) in a line of text.
enum PrintIDPattern {
    private static let length = 26

    static func find(in text: String) -> String? {
        let bytes = Array(text.utf8)
        for stop in bytes.indices where bytes[stop] == UInt8(ascii: ".") && stop >= length {
            let id = bytes[(stop - length)..<stop]
            let copy = bytes[(stop + 1)...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            let isWhole = stop == length || !isBase32(bytes[stop - length - 1])
            if id.allSatisfy(isBase32), isWhole, !copy.isEmpty {
                return String(decoding: bytes[(stop - length)..<copy.endIndex], as: UTF8.self)
            }
        }
        return nil
    }

    private static func isBase32(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "A")...UInt8(ascii: "Z"):
            ![UInt8(ascii: "I"), UInt8(ascii: "L"), UInt8(ascii: "O"), UInt8(ascii: "U")].contains(byte)
        default: false
        }
    }
}
