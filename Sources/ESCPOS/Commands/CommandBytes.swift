import ReceiptMarkup

/// The control characters that begin commands.
enum Control {
    static let eot: UInt8 = 0x04
    static let enq: UInt8 = 0x05
    static let ht: UInt8 = 0x09
    static let lf: UInt8 = 0x0A
    static let ff: UInt8 = 0x0C
    static let cr: UInt8 = 0x0D
    static let dle: UInt8 = 0x10
    static let dc4: UInt8 = 0x14
    static let can: UInt8 = 0x18
    static let esc: UInt8 = 0x1B
    static let fs: UInt8 = 0x1C
    static let gs: UInt8 = 0x1D
}

/// The fixed tail of `DLE DC4 8`, which keeps stray data from clearing a buffer.
let clearBuffersTail: [UInt8] = [0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08]

extension Command {
    /// The command as the printer reads it.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return bytes
    }

    /// Adds the command as the printer reads it.
    ///
    /// A picture or data longer than the command can say is a mistake of the caller: it traps.
    public func append(to bytes: inout [UInt8]) {
        switch self {
        case .text(let data), .unknown(let data), .spelled(let data, _): bytes += data
        case .lineFeed: bytes.append(Control.lf)
        case .carriageReturn: bytes.append(Control.cr)
        case .horizontalTab: bytes.append(Control.ht)
        case .kanjiOff: bytes.fs(".")
        case .kanjiOn: bytes.fs("&")
        case .initialize, .codePage, .characterSet, .font, .printMode, .align, .bold, .underline, .upsideDown, .characterSpacing,
            .doubleStrike, .tabStops, .defaultLineSpacing, .lineSpacing, .feedLines, .feedDots, .absolutePosition, .relativePosition,
            .columnImage, .drawerPulse:
            appendEscape(to: &bytes)
        case .invert, .size, .leftMargin, .printWidth, .barcode, .barcodeHeight, .barcodeWidth, .barcodeText, .cut, .transmitStatus,
            .automaticStatus, .processID, .printerID, .qrModel, .qrCell, .qrLevel, .qrStore, .qrPrint:
            appendGroup(to: &bytes)
        case .raster, .bufferGraphics, .printGraphics, .storeLogo, .deleteLogo, .printLogo, .storeBitImages, .printBitImage,
            .storeDownloadedImage, .printDownloadedImage, .logoNames:
            appendPicture(to: &bytes)
        case .realTimeStatus(let n): bytes.append(Control.dle, Control.eot, n)
        case .realTimeRequest(let n): bytes.append(Control.dle, Control.enq, n)
        case .clearBuffers:
            bytes.append(Control.dle, Control.dc4, 8)
            bytes += clearBuffersTail
        case .realTimePulse(let pin, let time):
            bytes.append(Control.dle, Control.dc4, 1)
            bytes.append(pin)
            bytes.append(time)
        }
    }

    private func appendEscape(to bytes: inout [UInt8]) {
        switch self {
        case .initialize: bytes.esc("@")
        case .codePage(let n): bytes.esc("t", n)
        case .characterSet(let n): bytes.esc("R", n)
        case .font(let n): bytes.esc("M", n)
        case .printMode(let n): bytes.esc("!", n)
        case .align(let alignment): bytes.esc("a", alignment.parameter)
        case .bold(let on): bytes.esc("E", on ? 1 : 0)
        case .underline(let dots): bytes.esc("-", dots)
        case .upsideDown(let on): bytes.esc("{", on ? 1 : 0)
        case .characterSpacing(let dots): bytes.esc(" ", dots)
        case .doubleStrike(let on): bytes.esc("G", on ? 1 : 0)
        case .tabStops(let columns):
            bytes.esc("D")
            bytes += columns
            bytes.append(0)
        case .defaultLineSpacing: bytes.esc("2")
        case .lineSpacing(let dots): bytes.esc("3", dots)
        case .feedLines(let n): bytes.esc("d", n)
        case .feedDots(let n): bytes.esc("J", n)
        case .absolutePosition(let dots):
            bytes.esc("$")
            bytes.word(Int(dots))
        case .relativePosition(let dots):
            bytes.esc("\\")
            bytes.word(Int(UInt16(bitPattern: dots)))
        case .columnImage(let band):
            bytes.esc("*", band.mode)
            bytes.word(band.width)
            bytes += band.columns
        case .drawerPulse(let pin, let on, let off):
            bytes.esc("p", pin)
            bytes.append(on)
            bytes.append(off)
        default: preconditionFailure("not behind ESC")
        }
    }

    private func appendGroup(to bytes: inout [UInt8]) {
        switch self {
        case .invert(let on): bytes.gs("B", on ? 1 : 0)
        case .size(let width, let height): bytes.gs("!", (width - 1) << 4 | (height - 1))
        case .leftMargin(let dots):
            bytes.gs("L")
            bytes.word(Int(dots))
        case .printWidth(let dots):
            bytes.gs("W")
            bytes.word(Int(dots))
        case .barcode(let system, let data):
            bytes.gs("k", system)
            // Form A ends with NUL, form B (from 65 on) begins with a length.
            if system >= 65 { bytes.append(UInt8(data.count)) }
            bytes += data
            if system < 65 { bytes.append(0) }
        case .barcodeHeight(let n): bytes.gs("h", n)
        case .barcodeWidth(let n): bytes.gs("w", n)
        case .barcodeText(let n): bytes.gs("H", n)
        case .cut(.here(let kind)): bytes.gs("V", kind == .full ? 0 : 1)
        case .cut(.afterFeed(let kind, let dots)):
            bytes.gs("V", kind == .full ? 65 : 66)
            bytes.append(dots)
        case .transmitStatus(let n): bytes.gs("r", n)
        case .automaticStatus(let mask): bytes.gs("a", mask.rawValue)
        case .processID(let id): bytes.extended("H", 48, 48, id)
        case .printerID(let n): bytes.gs("I", n)
        // GS ( k with symbol type 49, QR code.
        case .qrModel(let n): bytes.extended("k", 49, 65, [n, 0])
        case .qrCell(let n): bytes.extended("k", 49, 67, [n])
        case .qrLevel(let level): bytes.extended("k", 49, 69, [level.parameter])
        case .qrStore(let data):
            bytes.gs("(", ascii("k"))
            bytes.word(data.count + 3)
            bytes.append(49, 80, 48)
            bytes += data
        case .qrPrint: bytes.extended("k", 49, 81, [48])
        default: preconditionFailure("not behind GS")
        }
    }
}

@inline(__always)
func ascii(_ character: Unicode.Scalar) -> UInt8 { UInt8(truncatingIfNeeded: character.value) }

extension [UInt8] {
    @inline(__always)
    mutating func append(_ first: UInt8, _ second: UInt8, _ third: UInt8) {
        append(first)
        append(second)
        append(third)
    }

    @inline(__always)
    mutating func esc(_ letter: Unicode.Scalar) {
        append(Control.esc)
        append(ascii(letter))
    }

    @inline(__always)
    mutating func esc(_ letter: Unicode.Scalar, _ parameter: UInt8) { append(Control.esc, ascii(letter), parameter) }

    @inline(__always)
    mutating func gs(_ letter: Unicode.Scalar) {
        append(Control.gs)
        append(ascii(letter))
    }

    @inline(__always)
    mutating func gs(_ letter: Unicode.Scalar, _ parameter: UInt8) { append(Control.gs, ascii(letter), parameter) }

    mutating func fs(_ letter: Unicode.Scalar) {
        append(Control.fs)
        append(ascii(letter))
    }

    /// Low byte first.
    mutating func word(_ value: Int) {
        let word = UInt16(value)
        append(UInt8(truncatingIfNeeded: word))
        append(UInt8(truncatingIfNeeded: word >> 8))
    }

    /// `GS ( letter pL pH m fn …`.
    mutating func extended(_ letter: Unicode.Scalar, _ m: UInt8, _ function: UInt8, _ parameters: [UInt8]) {
        gs("(", ascii(letter))
        word(parameters.count + 2)
        append(m)
        append(function)
        self += parameters
    }
}

extension HorizontalAlignment {
    var parameter: UInt8 {
        switch self {
        case .left: 0
        case .center: 1
        case .right: 2
        }
    }
}

extension QRLevel {
    var parameter: UInt8 {
        switch self {
        case .l: 48
        case .m: 49
        case .q: 50
        case .h: 51
        }
    }
}
