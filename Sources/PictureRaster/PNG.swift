import CPictures
public import ReceiptMarkup

/// PNG files in memory, by cairo.
public enum PNG {
    /// An 8-bit grey PNG; `gray` row by row without padding, 255 is white.
    public static func encode(gray: [UInt8], width: Int, height: Int) throws(DotRenderingError) -> [UInt8] {
        precondition(gray.count == width * height, "one byte for each pixel")
        return try encode(format: CAIRO_FORMAT_A8, width: width, height: height) { target, stride in
            for row in 0..<height {
                for column in 0..<width { target[row * stride + column] = gray[row * width + column] }
            }
        }
    }

    /// A 1-bit PNG, black on white.
    public static func encode(_ image: DotImage) throws(DotRenderingError) -> [UInt8] {
        try encode(format: CAIRO_FORMAT_A1, width: image.width, height: image.height) { target, stride in
            for row in 0..<image.height {
                for column in 0..<image.width where !image.isBlack(column, row) {
                    // Cairo keeps the leftmost dot in the lowest bit (on little-endian machines); 1 is white in the file.
                    target[row * stride + column / 8] |= 1 << UInt8(column % 8)
                }
            }
        }
    }

    private static func encode(
        format: cairo_format_t, width: Int, height: Int, fill: (UnsafeMutableBufferPointer<UInt8>, Int) -> Void
    ) throws(DotRenderingError) -> [UInt8] {
        guard width > 0, height > 0 else { throw DotRenderingError(.notAPicture, "A picture of \(width) × \(height) dots has no PNG.") }
        let surface = Surface(format: format, width: width, height: height)
        try surface.check("cannot make a picture of \(width) × \(height) dots")
        surface.write { fill($0, surface.stride) }
        var output: [UInt8] = []
        let status = withUnsafeMutablePointer(to: &output) { sink in
            cairo_surface_write_to_png_stream(
                surface.pointer,
                { closure, data, count in
                    guard let closure, let data else { return CAIRO_STATUS_WRITE_ERROR }
                    closure.assumingMemoryBound(to: [UInt8].self).pointee
                        .append(contentsOf: UnsafeBufferPointer(start: data, count: Int(count)))
                    return CAIRO_STATUS_SUCCESS
                }, sink)
        }
        try check(status, "cannot write the PNG")
        return output
    }

    /// Decodes a PNG onto white, scaled down to `maxWidth` if it is wider.
    static func decode(_ png: [UInt8], maxWidth: Int) throws(DotRenderingError) -> (gray: [UInt8], width: Int, height: Int) {
        try checkSize(png)
        let source = try read(png)
        let scale = min(1, Double(maxWidth) / Double(source.width))
        let width = max(1, min(maxWidth, source.width))
        let height = max(1, Int((Double(source.height) * scale).rounded()))
        let page = Surface(format: CAIRO_FORMAT_RGB24, width: width, height: height)
        try page.check("cannot make a picture of \(width) × \(height) dots")
        page.draw { cairo in
            cairo_set_source_rgb(cairo, 1, 1, 1)
            cairo_paint(cairo)
            cairo_scale(cairo, Double(width) / Double(source.width), Double(height) / Double(source.height))
            cairo_set_source_surface(cairo, source.pointer, 0, 0)
            cairo_pattern_set_filter(cairo_get_source(cairo), CAIRO_FILTER_GOOD)
            cairo_paint(cairo)
        }
        let bytes = page.bytes
        let stride = page.stride
        let gray: [UInt8] = (0..<(width * height)).map { (index: Int) -> UInt8 in
            let pixel = (index / width) * stride + (index % width) * 4
            return luma(blue: bytes[pixel], green: bytes[pixel + 1], red: bytes[pixel + 2])
        }
        return (gray, width, height)
    }

    /// A picture of a million rows would be a metre-long ticket, or an attack on memory: cairo takes four octets a pixel before
    /// it reads the first, so the size comes from the head of the file (PNG Specification, third edition, clauses 5.2 and 11.2.1).
    private static func checkSize(_ png: [UInt8]) throws(DotRenderingError) {
        let head: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + Array("IHDR".utf8)
        guard png.count >= head.count + 8, png.starts(with: head) else {
            throw DotRenderingError(.notAPicture, "not a PNG that can be read: it does not begin as one.")
        }
        let sides = [16, 20].map { start in png[start..<start + 4].reduce(0) { $0 << 8 | Int($1) } }
        guard sides.allSatisfy({ (1...16_384).contains($0) }), sides[0] * sides[1] <= mostPixels else {
            throw DotRenderingError(
                .tooMuchData, "The picture has \(sides[0]) × \(sides[1]) pixels; at most 16384 each way and 40 million in all.")
        }
    }

    private static let mostPixels = 40_000_000

    /// The weights of ITU-R BT.601.
    private static func luma(blue: UInt8, green: UInt8, red: UInt8) -> UInt8 {
        UInt8((Int(blue) * 114 + Int(green) * 587 + Int(red) * 299) / 1000)
    }

    private struct Source {
        var bytes: [UInt8]
        var position = 0
    }

    private static func read(_ png: [UInt8]) throws(DotRenderingError) -> Surface {
        var source = Source(bytes: png)
        let pointer = withUnsafeMutablePointer(to: &source) { source in
            cairo_image_surface_create_from_png_stream(
                { closure, target, count in
                    guard let closure, let target else { return CAIRO_STATUS_READ_ERROR }
                    let source = closure.assumingMemoryBound(to: Source.self)
                    let start = source.pointee.position
                    guard source.pointee.bytes.count - start >= Int(count) else { return CAIRO_STATUS_READ_ERROR }
                    for offset in 0..<Int(count) { target[offset] = source.pointee.bytes[start + offset] }
                    source.pointee.position += Int(count)
                    return CAIRO_STATUS_SUCCESS
                }, source)
        }
        guard let pointer else { throw DotRenderingError(.outOfMemory, "cairo has no memory for a picture.") }
        let surface = Surface(owning: pointer)
        try surface.check("not a PNG that can be read")
        return surface
    }

    fileprivate static func check(_ status: cairo_status_t, _ what: String) throws(DotRenderingError) {
        guard status != CAIRO_STATUS_SUCCESS else { return }
        let reason = String(cString: cairo_status_to_string(status))
        throw DotRenderingError(status == CAIRO_STATUS_NO_MEMORY ? .outOfMemory : .notAPicture, "\(what): \(reason).")
    }
}

extension Surface {
    fileprivate func check(_ what: String) throws(DotRenderingError) { try PNG.check(status, what) }
}
