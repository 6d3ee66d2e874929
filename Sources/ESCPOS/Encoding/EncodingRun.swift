import ReceiptMarkup

/// One receipt on its way from elements to commands.
struct EncodingRun {
    private let encoder: ReceiptEncoder
    var writer: CommandWriter
    private(set) var notes: [EncodingNote] = []
    private var index = 0

    private var model: PrinterModel { encoder.model }
    private var renderer: any DotRenderer { encoder.renderer }

    init(_ encoder: ReceiptEncoder, _ writer: CommandWriter) {
        self.encoder = encoder
        self.writer = writer
    }

    /// `isDrawn`: its text is in no code page.
    mutating func write(_ element: Layout.Element, isDrawn: Bool, at index: Int) throws(ReceiptEncodingError) {
        self.index = index
        switch element {
        case .text(let row):
            if isDrawn { try draw(row) } else { writer.row(row) }
        case .image(let png, let place): try write(png, at: place)
        case .qrCode(let data, let cell, let level, let place):
            try writeCode(of: String(decoding: data, as: UTF8.self), at: place) { (run: inout Self) throws(DotRenderingError) in
                try run.writeQRCode(data, cell: cell, level: level, at: place)
            }
        case .barcode(let code, let place):
            try writeCode(of: code.text, at: place) { (run: inout Self) throws(DotRenderingError) in try run.write(code, at: place) }
        case .cut: writer.cut()
        case .command(let bytes): writer.raw(bytes)
        }
    }

    private mutating func draw(_ row: Layout.TextRow) throws(ReceiptEncodingError) {
        let missing = row.fragments.map { renderer.missingCharacters(in: $0.text) }.joined()
        if !missing.isEmpty {
            let scalars = missing.unicodeScalars.prefix(8).map { "U+" + String($0.value, radix: 16, uppercase: true) }
            note(.missingGlyph, "No installed font has \(scalars.joined(separator: " ")); a box is printed. Install a font that has it.")
        }
        let simplified = row.fragments.map { renderer.simplifiedCharacters(in: $0.text) }.joined()
        if !simplified.isEmpty {
            note(
                .emojiSimplified,
                "Paper and its fonts have one colour: of \(simplified.prefix(8)) the flags are printed as letters, and the others as their plain forms."
            )
        }
        let picture = try rendered("a line of text") { () throws(DotRenderingError) in
            try TextPicture(model: encoder.model, renderer: encoder.renderer).draw(row)
        }
        writer.picture(picture.withoutWhiteRight, align: .left)
    }

    private mutating func write(_ png: [UInt8], at place: Layout.Place) throws(ReceiptEncodingError) {
        let room = place.width * model.cellWidth
        let picture = try rendered("a picture") { () throws(DotRenderingError) in try encoder.renderer.image(png: png, maxWidth: room) }
        write(picture, at: place)
    }

    /// The printer aligns what has the whole paper as its place; for anything narrower the white at the left is drawn too.
    private mutating func write(_ picture: DotImage, at place: Layout.Place) {
        if isWhole(place) {
            writer.picture(picture, align: place.align)
        } else {
            let room = place.width * model.cellWidth
            let left = place.start * model.cellWidth + place.align.offset(of: picture.width, in: room)
            writer.picture(picture.shifted(right: left), align: .left)
        }
    }

    private func isWhole(_ place: Layout.Place) -> Bool { place.start == 0 && place.width >= model.columns }

    private mutating func note(_ code: EncodingNote.Code, _ detail: String) {
        notes.append(EncodingNote(code: code, element: index, detail: detail))
    }

    private func rendered<Value>(
        _ what: String, _ body: () throws(DotRenderingError) -> Value
    ) throws(ReceiptEncodingError) -> Value {
        do throws(DotRenderingError) {
            return try body()
        } catch {
            throw ReceiptEncodingError(.rendering(error.code), "Cannot draw \(what): \(error.detail)")
        }
    }
}

// MARK: - Codes

extension EncodingRun {
    /// Modules of two dots are a quarter of a millimetre: what a telephone still reads.
    private static let smallestCell = 2

    /// A code that cannot be printed takes nothing else of the receipt with it: what it holds is printed in letters.
    private mutating func writeCode(
        of text: String, at place: Layout.Place, _ write: (inout Self) throws(DotRenderingError) -> Void
    ) throws(ReceiptEncodingError) {
        do throws(DotRenderingError) {
            try write(&self)
        } catch {
            guard error.code == .tooMuchData else { throw ReceiptEncodingError(.rendering(error.code), error.detail) }
            note(.codeInLetters, "\(error.detail) What it holds is printed in letters.")
            for row in place.rows(of: text) {
                if row.fragments.allSatisfy(\.text.isPrintableASCII) { writer.row(row) } else { try draw(row) }
            }
        }
    }

    private mutating func writeQRCode(_ data: [UInt8], cell: Int, level: QRLevel, at place: Layout.Place) throws(DotRenderingError) {
        let isNative = model.qr == .native && isWhole(place) && isSafe(data)
        guard let modules = isNative ? QRSize.modules(unpacked: data, level: level) : QRSize.modules(of: data, level: level) else {
            throw DotRenderingError(
                .tooMuchData, "No QR code at level \(level.rawValue) holds these \(data.count) bytes; shorten the data.")
        }
        let room = place.width * model.cellWidth
        var fitting = min(16, max(1, cell))
        while fitting > Self.smallestCell, modules * fitting > room { fitting -= 1 }
        guard modules * fitting <= room else {
            throw tooWide("QR code of \(modules) modules", modules * fitting, room, "shorten the data, or lower the error correction")
        }
        let symbol = isNative ? nil : try encoder.renderer.qrCode(data, cell: fitting, level: level)
        if fitting < cell { noteNarrowed("QR code of \(modules) modules", cell, fitting) }
        // Readers want four modules of white around the symbol (ISO/IEC 18004 clause 9.1).
        writer.white(rows: 4 * fitting)
        if let symbol {
            write(symbol, at: place)
        } else {
            writer.qrCode(data, cell: fitting, level: level, align: place.align)
        }
        writer.white(rows: 4 * fitting)
    }

    private mutating func write(_ code: Barcode, at place: Layout.Place) throws(DotRenderingError) {
        let room = place.width * model.cellWidth
        if model.barcodes.contains(code.system), isWhole(place) {
            let native = try NativeBarcode(code)
            var narrow = min(6, max(2, code.narrow))
            while narrow > 2, native.width(narrow: narrow) > room { narrow -= 1 }
            if native.width(narrow: narrow) <= room, isSafe(native.data) {
                if narrow < code.narrow { noteNarrowed("bar code \(code.system.rawValue)", code.narrow, narrow) }
                let look = BarcodeLook(height: UInt8(clamping: max(1, code.height)), narrow: UInt8(narrow), showsText: code.showsText)
                return writer.barcode(native.parameter, native.data, look, align: place.align)
            }
        }
        var drawn = code
        var picture = try encoder.renderer.barcode(drawn)
        while picture.width > room, drawn.narrow > 1 {
            drawn.narrow -= 1
            picture = try encoder.renderer.barcode(drawn)
        }
        guard picture.width <= room else {
            throw tooWide("bar code \(code.system.rawValue)", picture.width, room, "shorten the data, or use a QR code")
        }
        if drawn.narrow < code.narrow { noteNarrowed("bar code \(code.system.rawValue)", code.narrow, drawn.narrow) }
        write(picture, at: place)
    }

    /// Data of commands that the printer may take for orders are drawn instead.
    private func isSafe(_ data: [UInt8]) -> Bool { !model.quirks.contains(.realTimeInData) || !data.holdsOrders }

    private mutating func noteNarrowed(_ what: String, _ wanted: Int, _ drawn: Int) {
        note(
            .codeNarrowed, "The \(what) was to have modules of \(wanted) dots, but only \(drawn) fit the paper; try whether it can be read."
        )
    }

    private func tooWide(_ what: String, _ width: Int, _ room: Int, _ advice: String) -> DotRenderingError {
        DotRenderingError(.tooMuchData, "The \(what) is \(width) dots wide, but only \(room) fit; \(advice).")
    }
}
