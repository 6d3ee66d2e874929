/// A HID POS scanner as a value: what it scans becomes input reports, in the layout that makers' manuals print.
///
/// Source: Access IS, LSR118 product manual, appendix B: report 2 with a length, the AIM identifier, 56 octets of data, three more, and in the
/// last bit whether the code goes on in the next report.
public struct EmulatedPOSScanner: Sendable {
    /// The AIM identifier that it sends.
    public var symbology: String

    public init(symbology: String = "]Q3") { self.symbology = symbology }

    /// Octets of data in one report.
    public static let capacity = 56

    /// The report descriptor: the scanned data report 2, and the trigger report 4 in the other direction.
    public static let descriptor: [UInt8] = [
        0x05, 0x8C, 0x09, 0x02, 0xA1, 0x01,  // a bar code scanner
        0x09, 0x12, 0xA1, 0x02, 0x85, 0x02, 0x15, 0x00, 0x26, 0xFF, 0x00, 0x75, 0x08,  // its scanned data report, in octets
        0x95, 0x01, 0x05, 0x01, 0x09, 0x3B, 0x81, 0x02,  // a byte count
        0x95, 0x03, 0x05, 0x8C, 0x09, 0xFB, 0x09, 0xFC, 0x09, 0xFD, 0x81, 0x02,  // the symbology identifiers 1 to 3
        0x95, 0x38, 0x09, 0xFE, 0x82, 0x02, 0x01,  // decoded data
        0x95, 0x02, 0x81, 0x03,  // two that mean nothing
        0x95, 0x01, 0x75, 0x01, 0x25, 0x01, 0x09, 0xFF, 0x81, 0x02, 0x95, 0x07, 0x81, 0x03, 0xC0,  // decode data continued, and seven bits
        0x09, 0x14, 0xA1, 0x02, 0x85, 0x04, 0x95, 0x01, 0x09, 0x60, 0x91, 0x02, 0x95, 0x07, 0x91, 0x03, 0xC0,  // initiate barcode read
        0xC0,
    ]

    /// The reports for a code, in their order.
    public func reports(_ code: [UInt8]) -> [[UInt8]] {
        stride(from: 0, to: max(code.count, 1), by: Self.capacity).map { start in
            let part = Array(code[start..<min(start + Self.capacity, code.count)])
            let isContinued = start + Self.capacity < code.count
            let filling = [UInt8](repeating: 0, count: Self.capacity - part.count + 2)
            return [2, UInt8(part.count)] + Array(symbology.utf8) + part + filling + [isContinued ? 1 : 0]
        }
    }
}
