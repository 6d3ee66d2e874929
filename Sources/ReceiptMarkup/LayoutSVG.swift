extension Layout {
    /// The receipt as one SVG document that needs nothing else, for screens.
    ///
    /// A character cell is 12 × 24 pixels, and every character stands in the middle of its own, whatever font there is.
    /// `renderer` says how large pictures come out, and draws codes, which become paths; QR codes have four modules of
    /// white above and below. A code that is too wide gets narrower; one that fits in no way stands there in letters.
    /// Device commands leave no trace. Throws where the renderer cannot draw a picture.
    public func svg(renderer: some DotRenderer) throws(DotRenderingError) -> String {
        var drawing = SVGDrawing(columns: columns)
        for element in elements {
            switch element {
            case .text(let row): drawing.add(row)
            case .image(let png, let place):
                let size = try renderer.image(png: png, maxWidth: place.width * SVGDrawing.cellWidth)
                drawing.add(png: png, width: size.width, height: size.height, at: place)
            case .qrCode(let data, let cell, let level, let place):
                let symbol = try SVGDrawing.fitting(place, from: cell) { cell throws(DotRenderingError) in
                    try renderer.qrCode(data, cell: cell, level: level)
                }
                drawing.add(symbol?.dots, white: 4 * (symbol?.size ?? 0), at: place, or: String(decoding: data, as: UTF8.self))
            case .barcode(var code, let place):
                let symbol = try SVGDrawing.fitting(place, from: code.narrow) { narrow throws(DotRenderingError) in
                    code.narrow = narrow
                    return try renderer.barcode(code)
                }
                drawing.add(symbol?.dots, white: 0, at: place, or: code.text)
            case .cut: drawing.addCut()
            case .command: break
            }
        }
        return drawing.document
    }
}

/// An SVG document that grows downwards.
private struct SVGDrawing {
    static let cellWidth = 12
    static let cellHeight = 24
    /// From the top of a cell to the line that letters stand on.
    private static let baseline = 18

    private let width: Int
    private var height = 0
    private var content = ""

    init(columns: Int) { width = columns * Self.cellWidth }

    var document: String {
        """
        <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" viewBox="0 0 \(width) \(height)">\
        <rect width="100%" height="100%" fill="#fff"/>\
        <g font-family="monospace" font-size="20" text-anchor="middle" fill="#000">\(content)</g></svg>

        """
    }

    mutating func add(_ row: Layout.TextRow) {
        let rowHeight = row.height * Self.cellHeight
        for fragment in row.fragments {
            if fragment.isStroke {
                addStrokes(fragment)
            } else {
                // Letters of different sizes stand on one line.
                addText(fragment, top: height + rowHeight - fragment.decoration.height * Self.cellHeight)
            }
        }
        height += rowHeight
    }

    private mutating func addText(_ fragment: Layout.Fragment, top: Int) {
        let look = fragment.decoration
        let box = "x=\"\(fragment.start * Self.cellWidth)\" width=\"\(fragment.width * Self.cellWidth)\""
        if look.invert { content += "<rect \(box) y=\"\(top)\" height=\"\(look.height * Self.cellHeight)\"/>" }
        if look.underline {
            let color = look.invert ? " fill=\"#fff\"" : ""
            content += "<rect \(box) y=\"\(top + look.height * Self.cellHeight - 2)\" height=\"2\"\(color)/>"
        }
        content += "<text transform=\"translate(\(fragment.start * Self.cellWidth),\(top))"
        if look.width > 1 || look.height > 1 { content += " scale(\(look.width),\(look.height))" }
        content += "\"" + (look.bold ? " font-weight=\"bold\"" : "") + (look.invert ? " fill=\"#fff\"" : "") + ">"
        let scalars = fragment.text.unicodeScalars
        var glyphs = GlyphIterator(scalars)
        var cells = 0
        while let glyph = glyphs.next() {
            if glyph.cells > 0, scalars[glyph.start] != " " {
                // The middle of the glyph's cells, of which a half is six pixels.
                content += "<tspan x=\"\((2 * cells + glyph.cells) * Self.cellWidth / 2)\" y=\"\(Self.baseline)\">"
                for scalar in scalars[glyph.start..<glyph.end] { content += scalar.xml }
                content += "</tspan>"
            }
            cells += glyph.cells
        }
        content += "</text>"
    }

    /// Lines of a frame or rule, from the middle of each cell to the sides that its character reaches.
    private mutating func addStrokes(_ fragment: Layout.Fragment) {
        let (w, h) = (Self.cellWidth, Self.cellHeight * fragment.decoration.height)
        var path = ""
        for (offset, scalar) in fragment.text.unicodeScalars.enumerated() {
            let (left, middle) = ((fragment.start + offset) * w, height + h / 2)
            if "─┌┬├┼└┴".unicodeScalars.contains(scalar) { path += "M\(left + w / 2) \(middle)h\(w / 2)" }
            if "─┐┬┤┼┘┴".unicodeScalars.contains(scalar) { path += "M\(left) \(middle)h\(w / 2)" }
            if "│┌┬┐├┼┤".unicodeScalars.contains(scalar) { path += "M\(left + w / 2) \(middle)V\(height + h)" }
            if "│└┴┘├┼┤".unicodeScalars.contains(scalar) { path += "M\(left + w / 2) \(height)V\(middle)" }
        }
        content += "<path d=\"\(path)\" fill=\"none\" stroke=\"#000\" stroke-width=\"2\"/>"
    }

    /// The largest symbol with modules of at most `size` dots that is no wider than its place; nil where there is none.
    static func fitting(
        _ place: Layout.Place, from size: Int, _ draw: (Int) throws(DotRenderingError) -> DotImage
    ) throws(DotRenderingError) -> (dots: DotImage, size: Int)? {
        do throws(DotRenderingError) {
            for size in stride(from: size, to: 0, by: -1) {
                let dots = try draw(size)
                if dots.width <= place.width * cellWidth { return (dots, size) }
            }
        } catch {
            guard error.code == .tooMuchData else { throw error }
        }
        return nil
    }

    /// A code, or without one what it would have held.
    mutating func add(_ code: DotImage?, white: Int, at place: Layout.Place, or text: String) {
        if let code {
            add(code, white: white, at: place)
        } else {
            for row in place.rows(of: text) { add(row) }
        }
    }

    mutating func add(png: [UInt8], width: Int, height: Int, at place: Layout.Place) {
        let data = encodeBase64(png)
        content +=
            "<image x=\"\(left(of: width, at: place))\" y=\"\(self.height)\" width=\"\(width)\" height=\"\(height)\" "
            + "href=\"data:image/png;base64,\(data)\"/>"
        self.height += height
    }

    /// Black dots as rectangles, of which one covers all equal rows below each other.
    mutating func add(_ dots: DotImage, white: Int, at place: Layout.Place) {
        height += white
        let left = left(of: dots.width, at: place)
        var path = ""
        var top = 0
        while top < dots.height {
            let row = dots.bits[(top * dots.bytesPerRow)..<((top + 1) * dots.bytesPerRow)]
            var end = top + 1
            while end < dots.height, dots.bits[(end * dots.bytesPerRow)..<((end + 1) * dots.bytesPerRow)].elementsEqual(row) { end += 1 }
            var x = 0
            while x < dots.width {
                let start = x
                while x < dots.width, dots.isBlack(x, top) { x += 1 }
                if x > start { path += "M\(left + start) \(height + top)h\(x - start)v\(end - top)h-\(x - start)z" }
                while x < dots.width, !dots.isBlack(x, top) { x += 1 }
            }
            top = end
        }
        content += "<path d=\"\(path)\" shape-rendering=\"crispEdges\"/>"
        height += dots.height + white
    }

    mutating func addCut() {
        let y = height + Self.cellHeight / 2
        content += "<path d=\"M0 \(y)h\(width)\" stroke=\"#000\" stroke-width=\"2\" stroke-dasharray=\"6\"/>"
        height += Self.cellHeight
    }

    private func left(of width: Int, at place: Layout.Place) -> Int {
        place.start * Self.cellWidth + place.align.offset(of: width, in: place.width * Self.cellWidth)
    }
}

extension Unicode.Scalar {
    /// As XML 1.0 content (clauses 2.2 and 2.4); nothing for what XML cannot have.
    fileprivate var xml: String {
        switch self {
        case "&": "&amp;"
        case "<": "&lt;"
        case ">": "&gt;"
        case "\u{0}"..<" ", "\u{FFFE}", "\u{FFFF}": ""
        default: String(self)
        }
    }
}
