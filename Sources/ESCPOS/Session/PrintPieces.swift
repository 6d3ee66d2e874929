import ReceiptMarkup

/// Cuts a job into pieces that end between commands, so that a question may stand after each.
///
/// The last piece begins with the last visible thing. So while the question before it is unanswered, the sheet is not whole,
/// and a printer that then obeys an order to forget has certainly not printed it.
struct PrintPieces {
    struct Piece: Hashable, Sendable {
        var bytes: [UInt8] = []
        /// Rows of paper that it moves, at most; the knife counts as some.
        var rows = 0
    }

    /// What the job is cut into, without questions and without an unfinished end.
    private(set) var pieces: [Piece] = []
    /// The printer may hold other pictures in its memory afterwards.
    let changesLogos: Bool

    /// - Parameters:
    ///   - size: bytes that a piece aims at; only one single longer command makes a longer piece.
    ///   - held: the picture that the printer has in its memory.
    init(_ bytes: [UInt8], size: Int, held: StoredLogo? = nil) {
        var decoder = CommandDecoder()
        let asked = decoder.feed(bytes).filter { !$0.wantsAnAnswer }
        changesLogos = asked.contains(where: \.changesLogos)
        let commands = Self.partingLastCharacter(changesLogos ? asked : held?.shortened(asked) ?? asked)
        let tail = commands.lastIndex(where: \.isVisible) ?? commands.startIndex
        for part in [commands[..<tail], commands[tail...]] { add(part, size) }
    }

    private mutating func add(_ commands: ArraySlice<Command>, _ size: Int) {
        var piece = Piece()
        for command in commands {
            for part in command.isDivisible ? Self.cut(command.bytes, size).map(Command.text) : [command] {
                let next = part.bytes
                if !piece.bytes.isEmpty, piece.bytes.count + next.count > size {
                    pieces.append(piece)
                    piece = Piece()
                }
                piece.bytes += next
                piece.rows += part.mostRows
            }
        }
        if !piece.bytes.isEmpty { pieces.append(piece) }
    }

    private static func cut(_ bytes: [UInt8], _ size: Int) -> [[UInt8]] {
        stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) }
    }

    /// The last character alone is enough for the last piece.
    private static func partingLastCharacter(_ commands: [Command]) -> [Command] {
        guard let last = commands.lastIndex(where: \.isVisible), case .text(let text) = commands[last], text.count > 1 else {
            return commands
        }
        return commands[..<last] + [.text(Array(text.dropLast())), .text([text[text.count - 1]])] + commands[(last + 1)...]
    }
}

extension Command {
    /// Leaves ink. Of a command that is not listed nothing is promised, which is the safe side.
    fileprivate var isVisible: Bool {
        switch self {
        case .text(let text): text.contains { $0 > 0x20 }
        case .raster, .columnImage, .qrPrint, .barcode, .printLogo: true
        default: false
        }
    }

    /// Rows of paper at 203 dpi that it moves at most, in letters of usual size; the knife takes as long as some.
    fileprivate var mostRows: Int {
        switch self {
        case .lineFeed: 60
        case .feedLines(let lines): Int(lines) * 60
        case .feedDots(let dots): Int(dots)
        case .text(let text): (text.count / 16 + 1) * 60
        case .raster(let image, let scale): image.height * scale.vertical
        case .columnImage: 24
        // Nobody knows its height here; a flash memory takes its time to be written.
        case .printLogo, .storeLogo: 1000
        case .qrPrint: 800
        case .barcode: 300
        case .cut: 500
        case .unknown(let bytes): bytes.count * 8
        default: 0
        }
    }
}

extension Command {
    /// Characters may be parted anywhere.
    fileprivate var isDivisible: Bool { if case .text = self { true } else { false } }

    /// Makes the printer talk, or acts ahead of its turn: the session's business alone.
    fileprivate var wantsAnAnswer: Bool {
        switch self {
        case .transmitStatus, .automaticStatus, .processID, .printerID, .logoNames, .realTimeStatus, .realTimeRequest, .clearBuffers,
            .realTimePulse:
            true
        case .text, .lineFeed, .carriageReturn, .horizontalTab, .initialize, .kanjiOff, .kanjiOn, .codePage, .characterSet, .font,
            .printMode, .align, .bold, .underline, .invert, .size, .upsideDown, .characterSpacing, .doubleStrike, .tabStops,
            .defaultLineSpacing, .lineSpacing, .feedLines, .feedDots, .leftMargin, .printWidth, .absolutePosition, .relativePosition,
            .raster, .columnImage, .bufferGraphics, .printGraphics, .storeLogo, .deleteLogo, .printLogo, .storeBitImages, .printBitImage,
            .storeDownloadedImage, .printDownloadedImage, .qrModel, .qrCell, .qrLevel, .qrStore, .qrPrint, .barcode, .barcodeHeight,
            .barcodeWidth, .barcodeText, .cut, .drawerPulse:
            false
        case .unknown(let bytes): Self.questions.contains { bytes.starts(with: $0) }
        case .spelled(_, let command): command.wantsAnAnswer
        }
    }

    /// How commands without a case of their own begin that make printers answer, or act ahead of their turn (Epson's ESC/POS
    /// command reference): `DLE EOT` and `DLE DC4` in other forms, `ESC u`, `ESC v`, `FS g 2`, `GS ENQ`, `GS ( H`, `GS g 2`, `GS j`.
    private static let questions: [[UInt8]] = [
        [Control.dle, Control.eot], [Control.dle, Control.enq], [Control.dle, Control.dc4], [Control.esc, 0x75], [Control.esc, 0x76],
        [Control.fs, 0x67, 0x32], [Control.gs, 0x05], [Control.gs, 0x28, 0x48], [Control.gs, 0x67, 0x32], [Control.gs, 0x6A],
    ]
}
