import CPictures

/// A cairo picture in memory.
public struct Surface: ~Copyable {
    let pointer: OpaquePointer
    let width: Int
    let height: Int

    /// How much of each of `width` × `height` dots a drawing covers, a byte for each; nothing yet.
    public init(coverageOf width: Int, _ height: Int) {
        self.init(format: CAIRO_FORMAT_A8, width: width, height: height)
    }

    /// A transparent picture; `width` and `height` at least 1.
    init(format: cairo_format_t, width: Int, height: Int) {
        self.init(owning: cairo_image_surface_create(format, CInt(max(1, width)), CInt(max(1, height))))
    }

    /// Takes over the duty to destroy `pointer`, an image surface.
    init(owning pointer: OpaquePointer) {
        self.pointer = pointer
        width = Int(cairo_image_surface_get_width(pointer))
        height = Int(cairo_image_surface_get_height(pointer))
    }

    deinit { cairo_surface_destroy(pointer) }

    var status: cairo_status_t { cairo_surface_status(pointer) }
    /// Bytes from one row to the next.
    public var stride: Int { Int(cairo_image_surface_get_stride(pointer)) }

    /// Draws with a context, a `cairo_t *`, that lives only for this call.
    public func draw(_ body: (OpaquePointer) -> Void) {
        guard let cairo = cairo_create(pointer) else { preconditionFailure("cairo makes a context for every surface") }
        body(cairo)
        cairo_destroy(cairo)
        cairo_surface_flush(pointer)
    }

    /// A copy of the pixels, in cairo's own layout.
    public var bytes: [UInt8] {
        cairo_surface_flush(pointer)
        guard let data = cairo_image_surface_get_data(pointer) else { return [] }
        return Array(UnsafeBufferPointer(start: data, count: stride * height))
    }

    /// Lets `body` write the pixels.
    func write(_ body: (UnsafeMutableBufferPointer<UInt8>) -> Void) {
        cairo_surface_flush(pointer)
        guard let data = cairo_image_surface_get_data(pointer) else { return }
        body(UnsafeMutableBufferPointer(start: data, count: stride * height))
        cairo_surface_mark_dirty(pointer)
    }
}
