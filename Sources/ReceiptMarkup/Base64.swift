/// Text that is base64 (RFC 4648 clause 4) of at least one byte, with its padding. None of its characters means anything to
/// the markup where it stands in a property.
public struct Base64: Hashable, Sendable {
    public let text: String

    /// Takes `text` as it is; nil when it is no base64.
    public init?(_ text: String) {
        var text = text
        let isBase64 = text.withUTF8 { bytes in
            guard !bytes.isEmpty, bytes.count % 4 == 0 else { return false }
            let padding = bytes.suffix(2).reversed().prefix { $0 == UInt8(ascii: "=") }.count
            return bytes.dropLast(padding).allSatisfy { base64Values[Int($0)] < 64 }
        }
        guard isBase64 else { return nil }
        self.text = text
    }

    /// Encodes `bytes`; nil when there are none.
    public init?(bytes: some Collection<UInt8>) {
        guard !bytes.isEmpty else { return nil }
        text = encodeBase64(Array(bytes))
    }
}

/// The bytes of RFC 4648 base64, with or without its padding; nil when it is none, or empty.
func decodeBase64(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    guard let run = base64Run(text), run.end == text.endIndex else { return nil }
    return run.bytes
}

/// What ``decodeBase64(_:)`` makes of the digits and padding that `text` begins with, and the index behind them.
///
/// A logo is some thousand digits on each ticket, so they are looked up four at a time.
func base64Run(_ text: ArraySlice<UInt8>) -> (bytes: [UInt8], end: Int)? {
    let run: (bytes: [UInt8], length: Int)? = base64Values.withUnsafeBufferPointer { values in
        text.withUnsafeBufferPointer { text in
            var digits = 0
            while digits < text.count, values[Int(text[digits])] < 64 { digits += 1 }
            var padding = 0
            while digits + padding < text.count, text[digits + padding] == UInt8(ascii: "=") { padding += 1 }
            // Six bits left over are a digit without its byte.
            guard digits > 0, digits % 4 != 1, padding <= 2 else { return nil }
            let count = digits * 3 / 4
            let bytes = [UInt8](unsafeUninitializedCapacity: count) { target, initialized in
                func value(_ index: Int) -> UInt32 { UInt32(values[Int(text[index])]) }
                var (read, written) = (0, 0)
                while read + 4 <= digits {
                    let bits = value(read) << 18 | value(read + 1) << 12 | value(read + 2) << 6 | value(read + 3)
                    target[written] = UInt8(truncatingIfNeeded: bits >> 16)
                    target[written + 1] = UInt8(truncatingIfNeeded: bits >> 8)
                    target[written + 2] = UInt8(truncatingIfNeeded: bits)
                    (read, written) = (read + 4, written + 3)
                }
                var bits: UInt32 = 0
                for index in read..<digits { bits |= value(index) << UInt32(18 - 6 * (index - read)) }
                while written < count {
                    target[written] = UInt8(truncatingIfNeeded: bits >> 16)
                    bits <<= 8
                    written += 1
                }
                initialized = count
            }
            return (bytes, digits + padding)
        }
    }
    return run.map { ($0.bytes, text.startIndex + $0.length) }
}

/// The value of each digit by its byte; 255 for what is none.
private let base64Values: [UInt8] = (0...255).map { (byte: UInt8) -> UInt8 in
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: 255
    }
}

/// RFC 4648 base64 with its padding.
func encodeBase64(_ bytes: [UInt8]) -> String {
    let digits: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    digits.withUTF8Buffer { digits in
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for digit in 0...group.count { text.append(digits[bits >> (18 - 6 * digit) & 0x3F]) }
            text += repeatElement(UInt8(ascii: "="), count: 3 - group.count)
        }
    }
    return String(decoding: text, as: UTF8.self)
}
