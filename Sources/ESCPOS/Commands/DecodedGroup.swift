import ReceiptMarkup

/// Commands that begin with GS.
extension Cursor {
    mutating func groupSeparator() -> Command? {
        guard let letter = byte() else { return nil }
        switch Unicode.Scalar(letter) {
        case "!":
            return byte().map { spelled($0 & 0x88 == 0, .size(width: ($0 >> 4 & 7) + 1, height: ($0 & 7) + 1)) }
        case "B": return byte().map { spelled($0 < 2, .invert($0 & 1 == 1)) }
        case "L": return word().map { .leftMargin(UInt16($0)) }
        case "W": return word().map { .printWidth(UInt16($0)) }
        case "h": return byte().map { .barcodeHeight($0) }
        case "w": return byte().map { .barcodeWidth($0) }
        case "H": return byte().map { spelled($0 < 16, .barcodeText($0 & 0x0F)) }
        case "r": return byte().map { spelled($0 < 16, .transmitStatus($0 & 0x0F)) }
        case "a": return byte().map { .automaticStatus(AutomaticStatusMask(rawValue: $0)) }
        case "I": return byte().map { .printerID($0) }
        case "v": return raster()
        case "k": return barcode()
        case "V": return cut()
        case "(": return extended()
        case "8": return longExtended()
        case "*": return downloadedImage()
        case "/":
            return byte().map { mode in
                guard let scale = RasterScale(rawValue: mode & 0x0F) else { return spelled(false, .unknown([Control.gs, letter, mode])) }
                return spelled(mode < 4, .printDownloadedImage(scale: scale))
            }
        case "Q": return variableImage()
        case "C": return counter()
        case "D": return bitmapFile()
        case "g": return maintenanceCounter()
        default: return other(Control.gs, letter)
        }
    }

    private mutating func raster() -> Command? {
        guard let zero = byte() else { return nil }
        guard zero == ascii("0") else { return skip(0) }
        guard let mode = byte(), let width = word(), let height = word() else { return nil }
        guard mode < 4 || (48...51).contains(mode), let scale = RasterScale(rawValue: mode & 0x0F) else { return skip(width * height) }
        return take(width * height).map {
            spelled(mode < 4, .raster(DotImage(width: width * 8, height: height, bits: $0), scale: scale))
        }
    }

    /// `GS Q 0 m xL xH yL yH d…`, columns of any height.
    private mutating func variableImage() -> Command? {
        guard let zero = byte() else { return nil }
        guard zero == ascii("0") else { return skip(0) }
        guard byte() != nil, let width = word(), let height = word() else { return nil }
        return skip(width * height)
    }

    private mutating func barcode() -> Command? {
        guard let system = byte() else { return nil }
        switch system {
        case 0...8:
            // Form A has no length; no symbol for paper holds more.
            guard let found = untilNul(limit: 255) else { return nil }
            return found.ends ? .barcode(system: system, data: found.data) : skip(0)
        case 65...:
            guard let count = byte() else { return nil }
            return take(Int(count)).map { .barcode(system: system, data: $0) }
        default: return skip(0)
        }
    }

    private mutating func cut() -> Command? {
        guard let mode = byte() else { return nil }
        switch mode {
        case 0, 48: return spelled(mode == 0, .cut(.here(.full)))
        case 1, 49: return spelled(mode == 1, .cut(.here(.partial)))
        case 65: return byte().map { .cut(.afterFeed(.full, dots: $0)) }
        case 66: return byte().map { .cut(.afterFeed(.partial, dots: $0)) }
        case 97, 98, 103, 104: return skip(1)
        default: return skip(0)
        }
    }

    /// `GS ( x pL pH …`: the length is always there, so that an unknown one is passed over whole.
    private mutating func extended() -> Command? {
        guard let letter = byte(), let count = word(), has(count) else { return nil }
        if letter == ascii("L") { return graphics(count, isShort: true) }
        guard count >= 2 else { return skip(count) }
        switch (Unicode.Scalar(letter), peek(0), peek(1)) {
        case ("H", 48, 48) where count == 6:
            return take(count).map { .processID(Array($0[2...])) }
        case ("k", 49, let function): return qr(function, count: count)
        default: return skip(count)
        }
    }

    /// `GS 8 L p1 p2 p3 p4 …`, the same with a longer length.
    private mutating func longExtended() -> Command? {
        guard let letter = byte(), let low = word(), let high = word() else { return nil }
        let count = low | high << 16
        guard has(count) else { return nil }
        return letter == ascii("L") ? graphics(count, isShort: false) : skip(count)
    }

    private mutating func qr(_ function: UInt8, count: Int) -> Command? {
        let command: Command?
        switch (function, count) {
        case (65, 4) where peek(3) == 0: command = .qrModel(peek(2))
        case (67, 3): command = .qrCell(peek(2))
        case (69, 3): command = QRLevel.allCases.first { $0.parameter == peek(2) }.map { .qrLevel($0) }
        case (80, 3...) where peek(2) == 48:
            return take(count).map { .qrStore(Array($0[3...])) }
        case (81, 3) where peek(2) == 48: command = .qrPrint
        default: command = nil
        }
        guard let skipped = skip(count) else { return nil }
        return command ?? skipped
    }

    /// `GS C 0 n m`, `GS C 1 …`, `GS C 2 n`, and `GS C ; … ;` with five semicolons.
    private mutating func counter() -> Command? {
        guard let kind = byte() else { return nil }
        switch Unicode.Scalar(kind) {
        case "0", "2": return skip(2)
        case "1": return skip(6)
        case ";":
            var left = 5
            // Five numbers of up to five digits.
            for offset in 0..<30 {
                guard has(offset + 1) else { return nil }
                if peek(offset) == ascii(";") { left -= 1 }
                if left == 0 { return skip(offset + 1) }
            }
            return skip(0)
        default: return skip(0)
        }
    }

    /// `GS g 0 m nL nH` clears and `GS g 2 m nL nH` asks for a counter of the maintenance.
    private mutating func maintenanceCounter() -> Command? {
        guard let kind = byte() else { return nil }
        return kind == ascii("0") || kind == ascii("2") ? skip(3) : skip(0)
    }

    /// `GS D m fn a kc1 kc2 b c d…` and `GS D m fn a bx by c d…`: d is a BMP file, which says its own length.
    private mutating func bitmapFile() -> Command? {
        guard has(2) else { return nil }
        let parameters: Int
        switch (peek(0), peek(1)) {
        case (48, 67), (48, 83): parameters = 7
        case (48, 112), (48, 113): parameters = 6
        default: return skip(2)
        }
        // "BM" and the length of the file, low byte first.
        guard has(parameters + 6) else { return nil }
        guard peek(parameters) == ascii("B"), peek(parameters + 1) == ascii("M") else { return skip(parameters) }
        let count = (2..<6).reversed().reduce(0) { $0 << 8 | Int(peek(parameters + $1)) }
        return skip(parameters + max(6, count))
    }
}
