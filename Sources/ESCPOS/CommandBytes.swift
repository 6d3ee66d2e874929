import ReceiptMarkup

/// The control characters that begin commands.
enum Control {
    static let eot: UInt8 = 0x04
    static let enq: UInt8 = 0x05
    static let ht: UInt8 = 0x09
    static let lf: UInt8 = 0x0A
    static let cr: UInt8 = 0x0D
    static let dle: UInt8 = 0x10
    static let dc4: UInt8 = 0x14
    static let esc: UInt8 = 0x1B
    static let fs: UInt8 = 0x1C
    static let gs: UInt8 = 0x1D
}

/// The fixed tail of `DLE DC4 8`, which keeps stray data from clearing a buffer.
let clearBuffersTail: [UInt8] = [0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08]

extension Command {
    /// The command as the printer reads it.
    public var bytes: [UInt8] {
        switch self {
        case .text(let bytes), .unknown(let bytes): bytes
        case .lineFeed: [Control.lf]
        case .carriageReturn: [Control.cr]
        case .horizontalTab: [Control.ht]
        case .initialize: esc("@")
        case .kanjiOff: [Control.fs, ascii(".")]
        case .kanjiOn: [Control.fs, ascii("&")]
        case .codePage(let n): esc("t", n)
        case .characterSet(let n): esc("R", n)
        case .font(let n): esc("M", n)
        case .printMode(let n): esc("!", n)
        case .align(let alignment): esc("a", alignment.parameter)
        case .bold(let on): esc("E", on ? 1 : 0)
        case .underline(let dots): esc("-", dots)
        case .invert(let on): gs("B", on ? 1 : 0)
        case .size(let width, let height): gs("!", (width - 1) << 4 | (height - 1))
        case .upsideDown(let on): esc("{", on ? 1 : 0)
        case .characterSpacing(let dots): esc(" ", dots)
        case .defaultLineSpacing: esc("2")
        case .lineSpacing(let dots): esc("3", dots)
        case .feedLines(let n): esc("d", n)
        case .feedDots(let n): esc("J", n)
        case .leftMargin(let dots): gs("L") + low16(dots)
        case .printWidth(let dots): gs("W") + low16(dots)
        case .absolutePosition(let dots): esc("$") + low16(dots)
        case .raster(let image, let scale):
            gs("v", ascii("0"), scale.rawValue) + low16(UInt16(image.bytesPerRow)) + low16(UInt16(image.height)) + image.bits
        case .columnImage(let band): esc("*", band.mode) + low16(UInt16(band.width)) + band.columns
        case .qrModel(let n): qr(65, [n, 0])
        case .qrCell(let n): qr(67, [n])
        case .qrLevel(let level): qr(69, [level.parameter])
        case .qrStore(let data): qr(80, [48] + data)
        case .qrPrint: qr(81, [48])
        case .barcode(let system, let data):
            // Form A ends with NUL, form B (from 65 on) begins with a length.
            system < 65 ? gs("k", system) + data + [0] : gs("k", system, UInt8(data.count)) + data
        case .barcodeHeight(let n): gs("h", n)
        case .barcodeWidth(let n): gs("w", n)
        case .barcodeText(let n): gs("H", n)
        case .cut(.here(let kind)): gs("V", kind == .full ? 0 : 1)
        case .cut(.afterFeed(let kind, let dots)): gs("V", kind == .full ? 65 : 66, dots)
        case .drawerPulse(let pin, let on, let off): esc("p", pin, on, off)
        case .transmitStatus(let n): gs("r", n)
        case .automaticStatus(let mask): gs("a", mask.rawValue)
        case .processID(let id): gs("(", ascii("H"), 6, 0, 48, 48) + id
        case .printerID(let n): gs("I", n)
        case .realTimeStatus(let n): [Control.dle, Control.eot, n]
        case .realTimeRequest(let n): [Control.dle, Control.enq, n]
        case .clearBuffers: [Control.dle, Control.dc4, 8] + clearBuffersTail
        case .realTimePulse(let pin, let time): [Control.dle, Control.dc4, 1, pin, time]
        }
    }
}

func ascii(_ character: Unicode.Scalar) -> UInt8 { UInt8(ascii: character) }

private func esc(_ letter: Unicode.Scalar, _ parameters: UInt8...) -> [UInt8] { [Control.esc, ascii(letter)] + parameters }

private func gs(_ letter: Unicode.Scalar, _ parameters: UInt8...) -> [UInt8] { [Control.gs, ascii(letter)] + parameters }

private func low16(_ value: UInt16) -> [UInt8] { [UInt8(value & 0xFF), UInt8(value >> 8)] }

/// `GS ( k` with symbol type 49, QR code.
private func qr(_ function: UInt8, _ parameters: [UInt8]) -> [UInt8] {
    gs("(", ascii("k")) + low16(UInt16(parameters.count + 2)) + [49, function] + parameters
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
