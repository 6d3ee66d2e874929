import ReceiptMarkup

/// A bar code as `GS k` in form B takes it.
struct NativeBarcode {
    /// The m of the command.
    let parameter: UInt8
    let data: [UInt8]

    /// Throws where the data are not what the system can hold, for printers say nothing and print nothing then.
    init(_ code: Barcode) throws(DotRenderingError) {
        let bytes = Array(code.data.utf8)
        switch code.system {
        case .upc:
            data = try Self.retail(bytes, lengths: [12], code)
        case .ean:
            data = try Self.retail(bytes, lengths: [8, 13], code)
        case .itf:
            guard !bytes.isEmpty, bytes.allSatisfy(\.isDigit) else { throw Self.refused(code, "only digits") }
            // Two digits make one group.
            data = bytes.count % 2 == 0 ? bytes : [0x30] + bytes
        case .code39:
            let letters = bytes.map { (0x61...0x7A).contains($0) ? $0 - 0x20 : $0 }
            let isWhole = letters.allSatisfy { $0.isDigit || (0x41...0x5A).contains($0) || Array(" $%+-./".utf8).contains($0) }
            guard !bytes.isEmpty, isWhole else { throw Self.refused(code, "digits, letters and the characters - . $ / + % and space") }
            data = letters
        case .codabar:
            data = try Self.codabar(bytes, code)
        case .code93:
            guard !bytes.isEmpty, bytes.allSatisfy({ $0 < 128 }) else { throw Self.refused(code, "ASCII characters") }
            data = bytes
        case .code128:
            guard let wire = Code128.data(for: code.data) else { throw Self.refused(code, "at most 250 ASCII characters") }
            data = wire
        }
        parameter = code.system == .ean && data.count == 8 ? 68 : code.system.parameter
        guard data.count <= 255 else { throw Self.refused(code, "at most 255 characters") }
    }

    /// UPC and EAN with the check digit, which is worked out where it is missing and checked where it is there.
    private static func retail(_ bytes: [UInt8], lengths: [Int], _ code: Barcode) throws(DotRenderingError) -> [UInt8] {
        guard bytes.allSatisfy(\.isDigit), let length = lengths.first(where: { $0 == bytes.count || $0 == bytes.count + 1 }) else {
            throw refused(code, lengths.map { "\($0 - 1) or \($0)" }.joined(separator: ", ") + " digits")
        }
        let digits = bytes.prefix(length - 1)
        // The last digit before the check digit weighs three, the one before it one, and so on.
        let sum = digits.reversed().enumerated().reduce(0) { $0 + Int($1.element - 0x30) * ($1.offset % 2 == 0 ? 3 : 1) }
        let check = UInt8((10 - sum % 10) % 10) + 0x30
        guard bytes.count < length || bytes.last == check else { throw refused(code, "the check digit \(check - 0x30) at its end") }
        return digits + [check]
    }

    private static func codabar(_ bytes: [UInt8], _ code: Barcode) throws(DotRenderingError) -> [UInt8] {
        let letters = bytes.map { (0x61...0x64).contains($0) ? $0 - 0x20 : $0 }
        let isBounded = letters.count > 2 && [letters.first, letters.last].allSatisfy { ($0.map { (0x41...0x44).contains($0) }) == true }
        let isWhole = letters.dropFirst().dropLast().allSatisfy { $0.isDigit || Array("-$:/.+".utf8).contains($0) }
        guard isBounded, isWhole else { throw refused(code, "digits and - $ : / . + between letters A to D") }
        return letters
    }

    private static func refused(_ code: Barcode, _ wanted: String) -> DotRenderingError {
        DotRenderingError(.tooMuchData, "The bar code \(code.system.rawValue) cannot hold \"\(code.data)\"; it takes \(wanted).")
    }
}

extension NativeBarcode {
    /// Dots from the first bar to the last at `narrow` dots, rather more than less: printers differ in their wide bars.
    func width(narrow: Int) -> Int {
        // Wide bars as Epson draws them: 5, 8, 10, 13 and 16 dots.
        let wide = (5 * narrow + 1) / 2 + (narrow == 6 ? 1 : 0)
        switch parameter {
        case 65, 67: return 95 * narrow
        case 68: return 67 * narrow
        // Nine bars and spaces of which three are wide, and the space behind; a start and a stop character.
        case 69: return (data.count + 2) * (3 * wide + 7 * narrow)
        case 70: return data.count / 2 * (4 * wide + 6 * narrow) + wide + 6 * narrow
        case 71: return data.count * (3 * wide + 5 * narrow)
        // Characters beyond the base set take two symbols; start, stop and two check symbols, and the last bar.
        case 72: return (data.reduce(4) { $0 + ($1.isCode93Base ? 1 : 2) } * 9 + 1) * narrow
        default: return ((Code128.content(of: data).flatMap { Code128.modules(of: $0) }) ?? 0) * narrow
        }
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (0x30...0x39).contains(self) }
    fileprivate var isCode93Base: Bool {
        isDigit || (0x41...0x5A).contains(self) || [0x20, 0x24, 0x25, 0x2B, 0x2D, 0x2E, 0x2F].contains(self)
    }
}
