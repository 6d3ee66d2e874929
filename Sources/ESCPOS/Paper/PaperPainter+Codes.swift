import ReceiptMarkup

/// Codes: drawn by us, or by the printer itself at the very dot.
extension PaperPainter {
    func paint(
        _ data: [UInt8], _ cell: Int, _ level: QRLevel, at place: Layout.Place, on strip: inout PaperStrip
    ) throws(DotRenderingError) {
        let isOwn = model.qr == .native && isWhole(place) && isSent(data)
        let modules = try modules(data, level, isPacked: !isOwn)
        var cell = min(16, max(1, cell))
        while modules * cell > room(place), cell > 2 { cell -= 1 }
        try check(modules * cell, fits: place, "QR code")
        let symbol = try renderer.qrCode(data, cell: cell, level: level)
        _ = strip.feed(4 * cell)
        if isOwn {
            let top = strip.feed(symbol.height)
            strip.draw(symbol, x: place.align.offset(of: symbol.width, in: model.areaWidth), y: top)
        } else {
            paint(symbol, at: place, on: &strip)
        }
        _ = strip.feed(4 * cell)
    }

    func paint(_ code: Barcode, at place: Layout.Place, on strip: inout PaperStrip) throws(DotRenderingError) {
        if model.barcodes.contains(code.system), isWhole(place) {
            let own = try NativeBarcode(code)
            let narrow = stride(from: min(6, max(2, code.narrow)), through: 2, by: -1).first { own.width(narrow: $0) <= room(place) }
            if let narrow, isSent(own.data) { return try paintOwn(own, of: code, narrow, place.align, on: &strip) }
        }
        var code = code
        var symbol = try renderer.barcode(code)
        while symbol.width > room(place), code.narrow > 1 {
            code.narrow -= 1
            symbol = try renderer.barcode(code)
        }
        try check(symbol.width, fits: place, "bar code")
        paint(symbol, at: place, on: &strip)
    }

    /// Modules of as many characters of one kind: such a symbol is the largest that these data can need. Printers need not pack
    /// digits and capitals, so as long as a symbol is large enough, theirs is reckoned as if they were small letters.
    private func modules(_ data: [UInt8], _ level: QRLevel, isPacked: Bool) throws(DotRenderingError) -> Int {
        func width(_ character: UInt8) throws(DotRenderingError) -> Int {
            try renderer.qrCode(Array(repeating: character, count: data.count), cell: 1, level: level).width
        }
        let kind: UInt8 =
            switch QRMode(of: data) {
            case .digits: UInt8(ascii: "8")
            case .letters: UInt8(ascii: "A")
            case .bytes: UInt8(ascii: "a")
            }
        guard !isPacked else { return try width(kind) }
        do throws(DotRenderingError) {
            return try width(UInt8(ascii: "a"))
        } catch {
            return try width(kind)
        }
    }

    /// As the printer draws it: from the first bar to the last, its check digit among the letters below.
    private func paintOwn(
        _ own: NativeBarcode, of code: Barcode, _ narrow: Int, _ align: HorizontalAlignment, on strip: inout PaperStrip
    ) throws(DotRenderingError) {
        let text = code.system == .code128 ? code.data : String(decoding: own.data, as: UTF8.self)
        let height = min(255, max(1, code.height))
        let symbol = try renderer.barcode(Barcode(system: code.system, data: text, narrow: narrow, height: height))
        let black = (0..<symbol.width).filter { symbol.isBlack($0, 0) }
        guard let first = black.first, let last = black.last else { return }
        let x = align.offset(of: last - first + 1, in: model.areaWidth)
        let top = strip.feed(symbol.height + (code.showsText ? model.cellHeight : 0))
        strip.draw(symbol, x: x - first, y: top)
        guard code.showsText else { return }
        let letters = try renderer.text(
            text, cells: text.count, cellWidth: model.fontA.width, cellHeight: model.fontA.height, bold: false)
        strip.draw(letters, x: max(0, x + (last - first + 1 - letters.width) / 2), y: top + symbol.height)
    }

    /// Printers that take orders from data get no data with such in them: `DLE` before `EOT`, `ENQ` or `DC4`.
    private func isSent(_ data: [UInt8]) -> Bool {
        !model.quirks.contains(.realTimeInData) || !zip(data, data.dropFirst()).contains { $0 == 0x10 && [0x04, 0x05, 0x14].contains($1) }
    }

    private func check(_ width: Int, fits place: Layout.Place, _ what: String) throws(DotRenderingError) {
        guard width > room(place) else { return }
        throw DotRenderingError(.tooMuchData, "the \(what) is \(width) dots wide, but only \(room(place)) fit; shorten its data")
    }
}
