import ReceiptMarkup

/// Commands that begin with GS.
extension Cursor {
    mutating func groupSeparator() -> Command? {
        guard let letter = byte() else { return nil }
        switch Unicode.Scalar(letter) {
        case "!": return byte().map { .size(width: ($0 >> 4 & 7) + 1, height: ($0 & 7) + 1) }
        case "B": return byte().map { .invert($0 & 1 == 1) }
        case "L": return word().map { .leftMargin(UInt16($0)) }
        case "W": return word().map { .printWidth(UInt16($0)) }
        case "h": return byte().map { .barcodeHeight($0) }
        case "w": return byte().map { .barcodeWidth($0) }
        case "H": return byte().map { .barcodeText($0 & 0x0F) }
        case "r": return byte().map { .transmitStatus($0 & 0x0F) }
        case "a": return byte().map { .automaticStatus(AutomaticStatusMask(rawValue: $0)) }
        case "I": return byte().map { .printerID($0) }
        case "v": return raster()
        case "k": return barcode()
        case "V": return cut()
        case "(": return extended()
        default: return otherGroup(letter)
        }
    }

    /// Passes over what the emulated printer has no use for. Lengths as in the public ESC/POS reference.
    private mutating func otherGroup(_ letter: UInt8) -> Command? {
        switch Unicode.Scalar(letter) {
        case "/", "b", "f", "T", "#": return skip(1)
        case "$", "\\", "P": return skip(2)
        case "^": return skip(3)
        case "*":
            guard let x = byte(), let y = byte() else { return nil }
            return skip(Int(x) * Int(y) * 8)
        case "8":
            guard byte() != nil, let low = word(), let high = word() else { return nil }
            return skip(low | high << 16)
        default: return skip(0)
        }
    }

    private mutating func raster() -> Command? {
        guard let zero = byte(), let mode = byte(), let width = word(), let height = word() else { return nil }
        guard zero == ascii("0"), let scale = RasterScale(rawValue: mode & 0x0F) else { return skip(0) }
        return take(width * height).map { .raster(DotImage(width: width * 8, height: height, bits: $0), scale: scale) }
    }

    private mutating func barcode() -> Command? {
        guard let system = byte() else { return nil }
        if system < 65 { return untilNul().map { .barcode(system: system, data: $0) } }
        guard let count = byte() else { return nil }
        return take(Int(count)).map { .barcode(system: system, data: $0) }
    }

    private mutating func cut() -> Command? {
        guard let mode = byte() else { return nil }
        switch mode {
        case 0, 48: return .cut(.here(.full))
        case 1, 49: return .cut(.here(.partial))
        case 65: return byte().map { .cut(.afterFeed(.full, dots: $0)) }
        case 66: return byte().map { .cut(.afterFeed(.partial, dots: $0)) }
        case 97, 98, 103, 104: return skip(1)
        default: return skip(0)
        }
    }

    /// `GS ( x pL pH …`: the length is always there, so that an unknown one is passed over whole.
    private mutating func extended() -> Command? {
        guard let letter = byte(), let count = word(), let data = take(count) else { return nil }
        switch Unicode.Scalar(letter) {
        case "H" where count == 6 && data[0] == 48 && data[1] == 48: return .processID(Array(data[2...]))
        case "k" where count >= 3 && data[0] == 49: return qr(function: data[1], Array(data[2...]))
        default: return skip(0)
        }
    }

    private mutating func qr(function: UInt8, _ parameters: [UInt8]) -> Command? {
        switch (function, parameters.count) {
        case (65, 2) where parameters[1] == 0: .qrModel(parameters[0])
        case (67, 1): .qrCell(parameters[0])
        case (69, 1):
            QRLevel.allCases.first { $0.parameter == parameters[0] }.map { .qrLevel($0) } ?? skip(0)
        case (80, 1...) where parameters[0] == 48: .qrStore(Array(parameters[1...]))
        case (81, 1) where parameters[0] == 48: .qrPrint
        default: skip(0)
        }
    }
}
