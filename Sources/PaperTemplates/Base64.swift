/// Text that is base64 (RFC 4648 clause 4) of at least one byte, with its padding. None of its characters means anything to
/// ReceiptLine where it stands in a property.
public struct Base64: Hashable, Sendable {
    public let text: String

    /// Takes `text` as it is; nil when it is no base64.
    public init?(_ text: String) {
        var text = text
        let isBase64 = text.withUTF8 { bytes in
            guard !bytes.isEmpty, bytes.count % 4 == 0 else { return false }
            let padding = bytes.suffix(2).reversed().prefix { $0 == UInt8(ascii: "=") }.count
            return bytes.dropLast(padding).allSatisfy(Self.isDigit)
        }
        guard isBase64 else { return nil }
        self.text = text
    }

    /// Encodes `bytes`; nil when there are none.
    public init?(bytes: some Collection<UInt8>) {
        guard !bytes.isEmpty else { return nil }
        var digits: [UInt8] = []
        digits.reserveCapacity((bytes.count + 2) / 3 * 4)
        var group = 0
        var count = 0
        for byte in bytes {
            group = group << 8 | Int(byte)
            count += 1
            if count == 3 {
                digits += (0..<4).map { Self.digits[group >> (18 - 6 * $0) & 63] }
                (group, count) = (0, 0)
            }
        }
        if count > 0 {
            group <<= 8 * (3 - count)
            digits += (0...count).map { Self.digits[group >> (18 - 6 * $0) & 63] }
            digits += repeatElement(UInt8(ascii: "="), count: 3 - count)
        }
        text = String(decoding: digits, as: UTF8.self)
    }

    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    private static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "+"), UInt8(ascii: "/"):
            true
        default: false
        }
    }
}
