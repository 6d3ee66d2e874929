import ReceiptMarkup

extension Command {
    /// One English line: the command as manuals write it, two spaces, and what it does, such as
    /// `GS v 0  raster 384×128 dots (6144 bytes)`.
    public var explanation: String {
        switch self {
        case .text(let bytes): "text  \(Self.quoted(bytes))"
        case .spelled(let bytes, let meaning): "\(meaning.explanation), spelled \(Self.hex(bytes))"
        case .unknown(let bytes): Self.explain(bytes)
        case .lineFeed, .carriageReturn, .horizontalTab, .initialize, .kanjiOff, .kanjiOn, .codePage, .characterSet, .font, .printMode,
            .align, .bold, .underline, .invert, .size, .upsideDown, .characterSpacing, .doubleStrike:
            textExplanation
        case .tabStops, .defaultLineSpacing, .lineSpacing, .feedLines, .feedDots, .leftMargin, .printWidth, .absolutePosition,
            .relativePosition:
            positionExplanation
        case .raster, .columnImage, .bufferGraphics, .printGraphics, .storeLogo, .deleteLogo, .printLogo, .storeBitImages, .printBitImage,
            .storeDownloadedImage, .printDownloadedImage, .logoNames:
            pictureExplanation
        case .qrModel, .qrCell, .qrLevel, .qrStore, .qrPrint, .barcode, .barcodeHeight, .barcodeWidth, .barcodeText: codeExplanation
        case .cut, .drawerPulse, .transmitStatus, .automaticStatus, .processID, .printerID, .realTimeStatus, .realTimeRequest,
            .clearBuffers, .realTimePulse:
            mechanismExplanation
        }
    }

    private var textExplanation: String {
        switch self {
        case .lineFeed: "LF  print the line and feed"
        case .carriageReturn: "CR  ignored by most printers"
        case .horizontalTab: "HT  to the next tab stop"
        case .initialize: "ESC @  reset all settings"
        case .kanjiOff: "FS .  single-byte characters"
        case .kanjiOn: "FS &  double-byte characters"
        case .codePage(let n): "ESC t \(n)  code page \(n)"
        case .characterSet(let n): "ESC R \(n)  national characters \(n)"
        case .font(let n): "ESC M \(n)  font \(n == 0 ? "A" : n == 1 ? "B" : "\(n)")"
        case .printMode(let n): "ESC ! \(n)  " + Self.printMode(n)
        case .align(let alignment): "ESC a \(alignment.parameter)  align \(alignment)"
        case .bold(let on): "ESC E \(on ? 1 : 0)  bold \(Self.word(on))"
        case .underline(let dots): "ESC - \(dots)  underline \(dots == 0 ? "off" : "of \(dots) dots")"
        case .invert(let on): "GS B \(on ? 1 : 0)  white on black \(Self.word(on))"
        case .size(let width, let height): "GS ! \((width - 1) << 4 | (height - 1))  size \(width)×\(height)"
        case .upsideDown(let on): "ESC { \(on ? 1 : 0)  upside down \(Self.word(on))"
        case .characterSpacing(let dots): "ESC SP \(dots)  \(dots) dots between characters"
        case .doubleStrike(let on): "ESC G \(on ? 1 : 0)  double strike \(Self.word(on))"
        default: preconditionFailure("no setting of text")
        }
    }

    private var positionExplanation: String {
        switch self {
        case .tabStops(let columns): "ESC D  tab stops at \(columns.map { String($0) }.joined(separator: ", "))"
        case .defaultLineSpacing: "ESC 2  default line spacing"
        case .lineSpacing(let dots): "ESC 3 \(dots)  line spacing of \(dots) dots"
        case .feedLines(let n): "ESC d \(n)  print and feed \(n) lines"
        case .feedDots(let n): "ESC J \(n)  print and feed \(n) dots"
        case .leftMargin(let dots): "GS L  left margin of \(dots) dots"
        case .printWidth(let dots): "GS W  printing width of \(dots) dots"
        case .absolutePosition(let dots): "ESC $  to dot \(dots) of the line"
        case .relativePosition(let dots): "ESC \\  \(dots.magnitude) dots to the \(dots < 0 ? "left" : "right")"
        default: preconditionFailure("no position")
        }
    }

    private var pictureExplanation: String {
        switch self {
        case .raster(let image, let scale):
            "GS v 0  raster \(Self.size(image)) dots (\(image.bits.count) bytes)" + Self.scaled(scale)
        case .columnImage(let band):
            "ESC * \(band.mode)  band of \(band.width)×\(band.bytesPerColumn * 8) dots (\(band.columns.count) bytes)"
        case .bufferGraphics(let image, let scale):
            "GS ( L 112  keep graphics \(Self.size(image)) dots (\(image.bits.count) bytes)" + Self.scaled(scale)
        case .printGraphics: "GS ( L 50  print the kept graphics"
        case .storeLogo(let key, let image): "GS ( L 67  store logo \"\(key)\", \(Self.size(image)) dots (\(image.bits.count) bytes)"
        case .logoNames: "GS ( L 64  ask which logos are stored"
        case .deleteLogo(let key): "GS ( L 66  delete logo \"\(key)\""
        case .printLogo(let key, let scale): "GS ( L 69  print logo \"\(key)\"" + Self.scaled(scale)
        case .storeBitImages(let images):
            "FS q \(images.count)  store pictures " + images.map { Self.size($0) }.joined(separator: ", ") + " dots"
        case .printBitImage(let number, let scale): "FS p \(number) \(scale.rawValue)  print stored picture \(number)" + Self.scaled(scale)
        case .storeDownloadedImage(let image): "GS *  keep a picture of \(Self.size(image)) dots until power off"
        case .printDownloadedImage(let scale): "GS / \(scale.rawValue)  print the kept picture" + Self.scaled(scale)
        default: preconditionFailure("no picture")
        }
    }

    private var codeExplanation: String {
        switch self {
        case .qrModel(let n): "GS ( k 65  QR model \(n)"
        case .qrCell(let n): "GS ( k 67  QR modules of \(n) dots"
        case .qrLevel(let level): "GS ( k 69  QR error correction \(level.rawValue.uppercased())"
        case .qrStore(let data): "GS ( k 80  QR data \(Self.quoted(data))"
        case .qrPrint: "GS ( k 81  print the QR code"
        case .barcode(let system, let data):
            "GS k \(system)  bar code " + (Barcode.System(parameter: system).map { "\($0.rawValue) " } ?? "") + Self.quoted(data)
        case .barcodeHeight(let n): "GS h \(n)  bar codes \(n) dots high"
        case .barcodeWidth(let n): "GS w \(n)  narrow bars of \(n) dots"
        case .barcodeText(let n):
            "GS H \(n)  bar codes with " + (n < 4 ? ["no text", "text above", "text below", "text above and below"][Int(n)] : "text \(n)")
        default: preconditionFailure("no code")
        }
    }

    private var mechanismExplanation: String {
        switch self {
        case .cut(.here(let kind)): "GS V \(kind == .full ? 0 : 1)  \(kind.rawValue) cut"
        case .cut(.afterFeed(let kind, let dots)):
            "GS V \(kind == .full ? 65 : 66) \(dots)  feed to the knife and \(dots) dots, \(kind.rawValue) cut"
        case .drawerPulse(let pin, let on, let off): "ESC p \(pin)  drawer pulse, \(Int(on) * 2) ms on, \(Int(off) * 2) ms off"
        case .transmitStatus(let n): "GS r \(n)  ask for the state of the \(n == 1 ? "paper" : n == 2 ? "drawer" : "sensor \(n)")"
        case .automaticStatus(let mask): "GS a \(mask.rawValue)  automatic status \(mask.isEmpty ? "off" : "on")"
        case .processID(let id): "GS ( H 48  answer \(Self.quoted(id)) once all is printed"
        case .printerID(let n): "GS I \(n)  ask who the printer is"
        case .realTimeStatus(let n): "DLE EOT \(n)  ask for the state now"
        case .realTimeRequest(let n):
            "DLE ENQ \(n)  \(n == 1 ? "go on after an error" : n == 2 ? "forget and go on after an error" : "request \(n)")"
        case .clearBuffers: "DLE DC4 8  forget what is not printed"
        case .realTimePulse(let pin, let time): "DLE DC4 1 \(pin) \(time)  drawer pulse of \(Int(time) * 100) ms now"
        default: preconditionFailure("nothing of the mechanism")
        }
    }
}

// MARK: - Words

extension Command {
    private static func word(_ on: Bool) -> String { on ? "on" : "off" }
    private static func size(_ image: DotImage) -> String { "\(image.width)×\(image.height)" }
    private static func scaled(_ scale: RasterScale) -> String {
        scale == .normal ? "" : ", each dot \(scale.horizontal)×\(scale.vertical)"
    }

    private static func printMode(_ n: UInt8) -> String {
        let on = [(0x01, "font B"), (0x08, "bold"), (0x10, "tall"), (0x20, "wide"), (0x80, "underlined")]
            .filter { Int(n) & $0.0 != 0 }.map(\.1)
        return on.isEmpty ? "plain" : on.joined(separator: ", ")
    }

    private static func hex(_ bytes: some Collection<UInt8>) -> String {
        bytes.prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined(separator: " ")
            + (bytes.count > 8 ? " … \(bytes.count) bytes" : "")
    }

    /// In quotation marks; what is not printable ASCII in hexadecimal, as `\xE9`.
    private static func quoted(_ bytes: [UInt8]) -> String {
        var text = "\""
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): text += "\\" + String(Unicode.Scalar(byte))
            case 0x20...0x7E: text.unicodeScalars.append(Unicode.Scalar(byte))
            default: text += "\\x" + hex([byte])
            }
        }
        return text + "\""
    }

    private static func explain(_ bytes: [UInt8]) -> String {
        guard let first = bytes.first else { return "nothing" }
        let families: [UInt8: String] = [Control.esc: "ESC", Control.fs: "FS", Control.gs: "GS", Control.dle: "DLE"]
        guard let family = families[first] else {
            let names: [UInt8: String] = [0: "NUL  nothing", Control.ff: "FF  print the page", Control.can: "CAN  forget the page"]
            return bytes.count == 1 ? names[first] ?? "\(hex(bytes))  a byte that begins no command" : "\(hex(bytes))  no command"
        }
        guard bytes.count > 1 else { return "\(family)  alone" }
        let letter = (0x21...0x7E).contains(bytes[1]) ? String(Unicode.Scalar(bytes[1])) : hex([bytes[1]])
        let meaning = known(first, bytes) ?? "not known"
        return "\(family) \(letter)" + (bytes.count > 2 ? " " + hex(bytes.dropFirst(2)) : "") + "  " + meaning
    }

    /// What a command does that has no case; nil where nobody knows.
    private static func known(_ first: UInt8, _ bytes: [UInt8]) -> String? {
        if let other = OtherCommand.find(first, bytes[1]) { return other.meaning }
        switch (first, Unicode.Scalar(bytes[1])) {
        case (Control.esc, "&"): return "characters of the host's own"
        case (Control.esc, "*"): return "a band of another head"
        case (Control.gs, "k"): return "a bar code without an end"
        case (Control.gs, "Q"): return "a picture in columns"
        case (Control.gs, "C"): return "counter"
        case (Control.gs, "D"): return "a BMP file"
        case (Control.gs, "g"): return "maintenance counter"
        case (Control.gs, "v"): return "a picture in an unknown mode"
        case (Control.fs, "g"): return "memory of the host's own"
        case (Control.fs, "q"): return "stored pictures without dots"
        case (_, "("), (Control.gs, "8"): return bytes.count > 2 ? extended(bytes[2]) : nil
        case (Control.dle, "\u{04}"): return "ask for the state of ink or peeler now"
        case (Control.dle, "\u{14}"): return "power off, buzzer or status now"
        default: return nil
        }
    }

    /// The families of `( X`.
    private static func extended(_ letter: UInt8) -> String? {
        let families: [Unicode.Scalar: String] = [
            "A": "test print or buzzer", "C": "memory of the host's own", "D": "real-time commands on or off", "E": "settings of the user",
            "F": "place of the black mark", "H": "answers and states", "J": "settings of the line", "K": "density and speed",
            "L": "graphics", "M": "settings into memory", "N": "characters' colour and shade", "P": "area of the page",
            "Q": "lines and frames of the page", "V": "cut of labels", "Y": "batch printing", "e": "optional functions",
            "k": "two-dimensional code", "z": "paper and energy saving",
        ]
        return families[Unicode.Scalar(letter)]
    }
}
