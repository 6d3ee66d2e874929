public import ReceiptMarkup

/// One ESC/POS command: what we send, and what the emulated printer understands.
///
/// ``bytes`` and ``CommandDecoder`` are the two directions. A command without a case of its own
/// decodes to ``unknown(_:)`` with all its bytes, so that nothing of a stream is lost.
public enum Command: Hashable, Sendable {
    // MARK: Text

    /// Characters of the selected code page, bytes 20h…FFh. A decoder may deliver one run in several pieces.
    case text([UInt8])
    /// LF: prints the line and feeds by the line spacing.
    case lineFeed
    /// CR: printers without automatic line feed ignore it.
    case carriageReturn
    /// HT: to the next tab stop (every 8 characters).
    case horizontalTab
    /// ESC @: settings as after switching on; the line buffer is cleared.
    case initialize
    /// FS .: bytes from 80h are single characters again, not halves of Chinese ones.
    case kanjiOff
    /// FS &: double-byte mode.
    case kanjiOn
    /// ESC t n: what n means depends on the printer, see ``PrinterModel/codePages``.
    case codePage(UInt8)
    /// ESC R n: national variants of some ASCII characters.
    case characterSet(UInt8)
    /// ESC M n: 0 is font A (12×24 dots), 1 font B (9×17).
    case font(UInt8)
    /// ESC ! n: 01 font B, 08 bold, 10 tall, 20 wide, 80 underline.
    case printMode(UInt8)
    /// ESC a n.
    case align(HorizontalAlignment)
    /// ESC E n.
    case bold(Bool)
    /// ESC - n: thickness 0, 1 or 2 dots.
    case underline(UInt8)
    /// GS B n: white on black.
    case invert(Bool)
    /// GS ! n: magnification, each 1…8.
    case size(width: UInt8, height: UInt8)
    /// ESC { n: rotated by 180°.
    case upsideDown(Bool)
    /// ESC SP n: dots to the right of each character.
    case characterSpacing(UInt8)
    /// ESC G n: on thermal printers the same as bold.
    case doubleStrike(Bool)
    /// ESC D n1…nk NUL: columns of the tab stops, at most 32.
    case tabStops([UInt8])

    // MARK: Position and feed

    /// ESC 2: 30 dots at 203 dpi.
    case defaultLineSpacing
    /// ESC 3 n: dots.
    case lineSpacing(UInt8)
    /// ESC d n: prints the line and feeds n lines.
    case feedLines(UInt8)
    /// ESC J n: prints the line and feeds n dots.
    case feedDots(UInt8)
    /// GS L: dots.
    case leftMargin(UInt16)
    /// GS W: dots.
    case printWidth(UInt16)
    /// ESC $: dots from the left margin.
    case absolutePosition(UInt16)
    /// ESC \\: dots from where the line is; negative ones go back.
    case relativePosition(Int16)

    // MARK: Pictures and codes

    /// GS v 0: a picture, row by row. Its width is whole bytes on the wire.
    case raster(DotImage, scale: RasterScale)
    /// ESC *: one band of 8 or 24 rows, column by column.
    case columnImage(ColumnImage)
    /// GS ( L 112: a picture into the buffer that ``printGraphics`` prints.
    case bufferGraphics(DotImage, scale: RasterScale)
    /// GS ( L 50.
    case printGraphics
    /// GS ( L 67: a picture into the memory that outlives power; `GS 8 L` where it is longer than 65,535 bytes.
    case storeLogo(LogoKey, DotImage)
    /// GS ( L 66.
    case deleteLogo(LogoKey)
    /// GS ( L 69.
    case printLogo(LogoKey, scale: RasterScale)
    /// FS q: all pictures of the older memory at once, the first is number 1. Their sides are whole bytes on the wire.
    case storeBitImages([DotImage])
    /// FS p n m.
    case printBitImage(UInt8, scale: RasterScale)
    /// GS *: a picture that lasts until the power goes. Its sides are whole bytes on the wire.
    case storeDownloadedImage(DotImage)
    /// GS / m.
    case printDownloadedImage(scale: RasterScale)
    /// GS ( k 65: 49 or 50 (the usual), 51 micro.
    case qrModel(UInt8)
    /// GS ( k 67: dots per module, 1…16.
    case qrCell(UInt8)
    /// GS ( k 69.
    case qrLevel(QRLevel)
    /// GS ( k 80: keeps the data for ``qrPrint``.
    case qrStore([UInt8])
    /// GS ( k 81.
    case qrPrint
    /// GS k m … : a one-dimensional bar code; `system` is m.
    case barcode(system: UInt8, data: [UInt8])
    /// GS h n: dots.
    case barcodeHeight(UInt8)
    /// GS w n: dots of a narrow bar, 2…6.
    case barcodeWidth(UInt8)
    /// GS H n: 0 none, 1 above, 2 below, 3 both.
    case barcodeText(UInt8)

    // MARK: Mechanism

    /// GS V: see ``Cut``.
    case cut(Cut)
    /// ESC p m t1 t2: times in units of 2 ms.
    case drawerPulse(pin: UInt8, on: UInt8, off: UInt8)

    // MARK: Questions, answered when their turn comes

    /// GS r n: 1 paper sensor, 2 drawer.
    case transmitStatus(UInt8)
    /// GS a n: answers ``AutomaticStatus`` at once and at every change; 0 switches it off.
    case automaticStatus(AutomaticStatusMask)
    /// GS ( H 48: four characters 20h…7Eh, sent back once everything before has been printed.
    case processID([UInt8])
    /// GS I n.
    case printerID(UInt8)
    /// GS ( L 64: which pictures are in the memory of ``storeLogo``. Behind its answer the printer waits for one character: `CAN`
    /// ends that.
    case logoNames

    // MARK: Real time: acted on when received, ahead of everything that waits

    /// DLE EOT n: 1…4, see ``RealTimeQuery``.
    case realTimeStatus(UInt8)
    /// DLE ENQ n: 1 resume from the broken line, 2 clear the buffers and recover.
    case realTimeRequest(UInt8)
    /// DLE DC4 8 with its seven fixed bytes.
    case clearBuffers
    /// DLE DC4 1 m t: drawer pulse, t in units of 100 ms.
    case realTimePulse(pin: UInt8, time: UInt8)

    /// Something without a case here, whole where its length is known.
    case unknown([UInt8])
    /// A command in another spelling than ``bytes`` would give it, such as `ESC E 255` for bold.
    indirect case spelled([UInt8], meaning: Command)
}

extension Command {
    /// The command in our spelling.
    public var canonical: Command {
        if case .spelled(_, let command) = self { command } else { self }
    }

    /// Acted on when received, even while the printer stands still and data before it waits.
    public var isRealTime: Bool {
        switch self {
        case .realTimeStatus, .realTimeRequest, .clearBuffers, .realTimePulse: true
        case .spelled(_, let command): command.isRealTime
        case .text, .lineFeed, .carriageReturn, .horizontalTab, .initialize, .kanjiOff, .kanjiOn, .codePage, .characterSet, .font,
            .printMode, .align, .bold, .underline, .invert, .size, .upsideDown, .characterSpacing, .doubleStrike, .tabStops,
            .defaultLineSpacing, .lineSpacing, .feedLines, .feedDots, .leftMargin, .printWidth, .absolutePosition, .relativePosition,
            .raster, .columnImage, .bufferGraphics, .printGraphics, .storeLogo, .deleteLogo, .printLogo, .storeBitImages, .printBitImage,
            .storeDownloadedImage, .printDownloadedImage, .qrModel, .qrCell, .qrLevel, .qrStore, .qrPrint, .barcode, .barcodeHeight,
            .barcodeWidth, .barcodeText, .cut, .drawerPulse, .transmitStatus, .automaticStatus, .processID, .printerID, .logoNames,
            .unknown:
            false
        }
    }
}
