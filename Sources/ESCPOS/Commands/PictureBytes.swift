import ReceiptMarkup

/// Pictures as their commands carry them.
extension Command {
    func appendPicture(to bytes: inout [UInt8]) {
        switch self {
        case .raster(let image, let scale): bytes.raster(image, rows: 0..<image.height, scale: scale)
        case .bufferGraphics(let image, let scale):
            bytes.graphics(length: image.bits.count + 10, function: 112)
            bytes.append(48, UInt8(scale.horizontal), UInt8(scale.vertical))
            bytes.graphics(image)
        case .printGraphics: bytes.graphics(length: 2, function: 50)
        case .storeLogo(let key, let image):
            bytes.graphics(length: image.bits.count + 11, function: 67)
            bytes.append(48, key.first, key.second)
            // One colour.
            bytes.append(1)
            bytes.graphics(image, sizeFirst: true)
        case .logoNames:
            bytes.graphics(length: 4, function: 64)
            bytes += Array("KC".utf8)
        case .deleteLogo(let key):
            bytes.graphics(length: 4, function: 66)
            bytes.append(key.first)
            bytes.append(key.second)
        case .printLogo(let key, let scale):
            bytes.graphics(length: 6, function: 69)
            bytes.append(key.first)
            bytes.append(key.second)
            bytes.append(UInt8(scale.horizontal))
            bytes.append(UInt8(scale.vertical))
        case .storeBitImages(let images):
            bytes.fs("q")
            bytes.append(UInt8(images.count))
            for image in images {
                bytes.word((image.width + 7) / 8)
                bytes.word((image.height + 7) / 8)
                bytes += image.columnBytes
            }
        case .printBitImage(let number, let scale):
            bytes.fs("p")
            bytes.append(number)
            bytes.append(scale.rawValue)
        case .storeDownloadedImage(let image):
            bytes.gs("*", UInt8((image.width + 7) / 8))
            bytes.append(UInt8((image.height + 7) / 8))
            bytes += image.columnBytes
        case .printDownloadedImage(let scale): bytes.gs("/", scale.rawValue)
        default: preconditionFailure("not a picture")
        }
    }
}

extension [UInt8] {
    /// `GS v 0` with some rows of a picture.
    mutating func raster(_ image: DotImage, rows: Range<Int>, scale: RasterScale = .normal) {
        gs("v", ascii("0"))
        append(scale.rawValue)
        word(image.bytesPerRow)
        word(rows.count)
        self += image.bits[(rows.lowerBound * image.bytesPerRow)..<(rows.upperBound * image.bytesPerRow)]
    }

    /// `GS ( L` or, where the length needs more than 16 bits, `GS 8 L`.
    fileprivate mutating func graphics(length: Int, function: UInt8) {
        if length <= Int(UInt16.max) {
            gs("(", ascii("L"))
            word(length)
        } else {
            gs("8", ascii("L"))
            word(length & 0xFFFF)
            word(length >> 16)
        }
        append(48)
        append(function)
    }

    /// Size and dots of a picture of one colour.
    fileprivate mutating func graphics(_ image: DotImage, sizeFirst: Bool = false) {
        if !sizeFirst { append(49) }
        word(image.width)
        word(image.height)
        if sizeFirst { append(49) }
        self += image.bits
    }
}

extension DotImage {
    /// Column by column, each from the top in whole bytes, the highest bit on top (the order of `FS q` and `GS *`).
    var columnBytes: [UInt8] {
        let bytesPerColumn = (height + 7) / 8
        var columns = [UInt8](repeating: 0, count: (width + 7) / 8 * 8 * bytesPerColumn)
        for y in 0..<height {
            for x in 0..<width where isBlack(x, y) { columns[x * bytesPerColumn + y / 8] |= 0x80 >> UInt8(y % 8) }
        }
        return columns
    }

    /// From the order of ``columnBytes``; `columns` holds `bytesAcross` × 8 columns of `bytesDown` bytes.
    init(columns: some Collection<UInt8>, bytesAcross: Int, bytesDown: Int) {
        var bits = [UInt8](repeating: 0, count: bytesAcross * bytesDown * 8)
        for (index, byte) in columns.enumerated() where byte != 0 {
            let x = index / bytesDown
            let top = index % bytesDown * 8
            for bit in 0..<8 where byte & 0x80 >> UInt8(bit) != 0 { bits[(top + bit) * bytesAcross + x / 8] |= 0x80 >> UInt8(x % 8) }
        }
        self.init(width: bytesAcross * 8, height: bytesDown * 8, bits: bits)
    }
}

extension ColumnImage {
    /// The 24 rows of `picture` from `top` on; white below its end.
    init(band picture: DotImage, top: Int) {
        var columns = [UInt8](repeating: 0, count: picture.width * 3)
        for row in 0..<min(24, picture.height - top) {
            for index in 0..<picture.bytesPerRow {
                let byte = picture.bits[(top + row) * picture.bytesPerRow + index]
                guard byte != 0 else { continue }
                for x in (index * 8)..<min(index * 8 + 8, picture.width) where byte & 0x80 >> UInt8(x % 8) != 0 {
                    columns[x * 3 + row / 8] |= 0x80 >> UInt8(row % 8)
                }
            }
        }
        self.init(mode: 33, columns: columns)
    }
}
