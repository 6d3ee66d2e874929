/// Cuts a job into pieces that end between commands, so that a question may stand after each.
struct PrintPieces {
    /// What the job is cut into, without questions and without an unfinished end.
    private(set) var pieces: [[UInt8]] = []

    /// - Parameter size: bytes that a piece aims at; only one single longer command makes a longer piece.
    init(_ bytes: [UInt8], size: Int) {
        var decoder = CommandDecoder()
        let commands = decoder.feed(bytes)
        var piece: [UInt8] = []
        for command in commands where !command.wantsAnAnswer {
            let next = command.bytes
            for part in command.isDivisible ? Self.cut(next, size) : [next] {
                if !piece.isEmpty, piece.count + part.count > size {
                    pieces.append(piece)
                    piece = []
                }
                piece += part
            }
        }
        if !piece.isEmpty { pieces.append(piece) }
    }

    private static func cut(_ bytes: [UInt8], _ size: Int) -> [[UInt8]] {
        stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) }
    }
}

extension Command {
    /// Characters may be parted anywhere.
    fileprivate var isDivisible: Bool { if case .text = self { true } else { false } }

    /// Makes the printer talk, or acts ahead of its turn: the session's business alone.
    fileprivate var wantsAnAnswer: Bool {
        switch self {
        case .transmitStatus, .automaticStatus, .processID, .printerID, .realTimeStatus, .realTimeRequest, .clearBuffers, .realTimePulse:
            true
        case .text, .lineFeed, .carriageReturn, .horizontalTab, .initialize, .kanjiOff, .kanjiOn, .codePage, .characterSet, .font,
            .printMode, .align, .bold, .underline, .invert, .size, .upsideDown, .characterSpacing, .doubleStrike, .tabStops,
            .defaultLineSpacing, .lineSpacing, .feedLines, .feedDots, .leftMargin, .printWidth, .absolutePosition, .relativePosition,
            .raster, .columnImage, .bufferGraphics, .printGraphics, .storeLogo, .deleteLogo, .printLogo, .storeBitImages, .printBitImage,
            .storeDownloadedImage, .printDownloadedImage, .qrModel, .qrCell, .qrLevel, .qrStore, .qrPrint, .barcode, .barcodeHeight,
            .barcodeWidth, .barcodeText, .cut, .drawerPulse, .unknown:
            false
        case .spelled(_, let command): command.wantsAnAnswer
        }
    }
}
