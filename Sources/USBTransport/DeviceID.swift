/// What a printer says of itself in answer to GET_DEVICE_ID: an IEEE 1284 device id such as
/// `MFG:EPSON;MDL:TM-T20II;CMD:ESC/POS;CLS:PRINTER;`.
///
/// Source: IEEE 1284-2000, clause 7.6; USB Device Class Definition for Printing Devices 1.1, clause 4.2.1.
public struct DeviceID: Hashable, Sendable, CustomStringConvertible {
    /// The string as it came, without its length.
    public let description: String
    private let values: [String: String]

    /// Reads the string; what is no `KEY:value;` is passed over, as real printers demand.
    public init(_ text: String) {
        description = text
        var values: [String: String] = [:]
        for pair in text.split(separator: ";") {
            guard let colon = pair.firstIndex(of: ":") else { continue }
            let key = Self.trimmed(pair[..<colon]).uppercased()
            if !key.isEmpty, values[key] == nil { values[key] = Self.trimmed(pair[pair.index(after: colon)...]) }
        }
        self.values = values
    }

    /// Reads the answer to GET_DEVICE_ID: two bytes with the length, themselves included, then the string; nil if there is none.
    ///
    /// The length is big-endian; some printers send it the other way round or too long.
    public init?(answer: [UInt8]) {
        guard answer.count > 2 else { return nil }
        let big = Int(answer[0]) << 8 | Int(answer[1])
        let little = Int(answer[1]) << 8 | Int(answer[0])
        let length = [big, little].first { (3...answer.count).contains($0) } ?? answer.count
        let text = answer[2..<length].prefix { $0 != 0 }
        guard !text.isEmpty else { return nil }
        self.init(String(decoding: text, as: UTF8.self))
    }

    /// `MFG`.
    public var manufacturer: String? { self["MFG"] ?? self["MANUFACTURER"] }
    /// `MDL`.
    public var model: String? { self["MDL"] ?? self["MODEL"] }
    /// `SN`.
    public var serial: String? { self["SN"] ?? self["SERN"] ?? self["SERIALNUMBER"] }

    private subscript(_ key: String) -> String? { values[key].flatMap { $0.isEmpty ? nil : $0 } }

    private static func trimmed(_ text: Substring) -> String {
        let start = text.drop { $0.isWhitespace }
        return String(start.reversed().drop { $0.isWhitespace }.reversed())
    }
}
