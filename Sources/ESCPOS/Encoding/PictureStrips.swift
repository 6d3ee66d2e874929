import ReceiptMarkup

/// Cuts pictures into commands that a printer takes.
///
/// Where a printer acts on `DLE EOT` and `DLE DC4` inside pictures (the quirk `real-time-in-data`), no command holds such a
/// pair of bytes: a strip ends between them where they stand in two rows, and where they stand in one row a white dot beside
/// a black one becomes black. One dot in some thousands is less to bear than a printer that answers, or opens the drawer.
struct PictureStrips {
    private let model: PrinterModel
    private let avoidsOrders: Bool

    init(_ model: PrinterModel) {
        self.model = model
        avoidsOrders = model.quirks.contains(.realTimeInData)
    }

    func append(_ picture: DotImage, to bytes: inout [UInt8]) {
        let picture = picture.width > model.dots ? picture.columns(0..<model.dots) : picture
        switch model.image {
        case .raster: appendRaster(picture, to: &bytes)
        case .column:
            for band in bands(picture) {
                Command.columnImage(band).append(to: &bytes)
                bytes.append(Control.lf)
            }
        }
    }

    /// The dots of `picture` as they come out of the printer: in whole bands of `ESC *`, and with what was blackened.
    func onPaper(_ picture: DotImage) -> DotImage {
        guard avoidsOrders else { return picture }
        switch model.image {
        case .raster: return strips(picture).dots
        case .column:
            let bands = bands(picture)
            let rows = bands.map { DotImage(columns: $0.columns, bytesAcross: picture.bytesPerRow, bytesDown: 3).bits }
            return DotImage(width: picture.width, height: bands.count * 24, bits: Array(rows.joined()))
        }
    }

    private func appendRaster(_ picture: DotImage, to bytes: inout [UInt8]) {
        bytes.reserveCapacity(bytes.count + picture.bits.count + (picture.height / model.stripRows + 1) * 8)
        let (dots, strips) = strips(picture)
        for rows in strips {
            bytes.raster(dots, rows: rows)
            if model.quirks.contains(.swallowsLineFeedAfterRaster) { bytes.append(Control.lf) }
        }
    }

    private func strips(_ picture: DotImage) -> (dots: DotImage, strips: [Range<Int>]) {
        var dots = avoidsOrders ? picture.withoutOrdersInRows : picture
        var strips: [Range<Int>] = []
        var top = 0
        while top < dots.height {
            var end = min(dots.height, top + model.stripRows)
            if avoidsOrders { end = dots.endOfStrip(from: top, to: end) }
            strips.append(top..<end)
            top = end
        }
        return (dots, strips)
    }

    private func bands(_ picture: DotImage) -> [ColumnImage] {
        stride(from: 0, to: picture.height, by: 24).map { top in
            let band = ColumnImage(band: picture, top: top)
            return avoidsOrders ? ColumnImage(mode: band.mode, columns: band.columns.withoutOrders) : band
        }
    }
}

/// The pairs that begin a real-time command: DLE with EOT, ENQ or DC4.
private func isOrder(_ first: UInt8, _ second: UInt8) -> Bool {
    first == Control.dle && (second == Control.eot || second == Control.enq || second == Control.dc4)
}

extension DotImage {
    /// A strip shorter than this costs more than a dot.
    private static let shortestStrip = 8

    /// With no pair of bytes in one row that is a real-time command.
    fileprivate var withoutOrdersInRows: DotImage {
        var image = self
        for row in 0..<height {
            for index in (row * bytesPerRow)..<((row + 1) * bytesPerRow - 1) { image.bits.breakOrder(at: index) }
        }
        return image
    }

    /// Where the strip of rows `top..<end` has to end so that no pair stands across two of its rows.
    fileprivate mutating func endOfStrip(from top: Int, to end: Int) -> Int {
        for row in (top + 1)..<max(top + 1, end) {
            let index = row * bytesPerRow - 1
            guard isOrder(bits[index], bits[index + 1]) else { continue }
            if row - top >= Self.shortestStrip { return row }
            bits.breakOrder(at: index)
            // The dot may have made another pair with the byte behind it; none is begun by it, for it is no DLE any more.
        }
        return end
    }
}

extension [UInt8] {
    /// Blackens the white dot beside the black one of the second byte: 04 becomes 0C, 05 0D, 14 1C.
    fileprivate mutating func breakOrder(at index: Int) {
        if isOrder(self[index], self[index + 1]) { self[index + 1] |= 0x08 }
    }

    /// With no pair that is a real-time command.
    var withoutOrders: [UInt8] {
        guard count > 1 else { return self }
        var bytes = self
        for index in 0..<(count - 1) { bytes.breakOrder(at: index) }
        return bytes
    }

    /// Whether a pair in it is a real-time command.
    var holdsOrders: Bool { zip(self, dropFirst()).contains { isOrder($0, $1) } }
}
