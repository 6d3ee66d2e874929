import CGraphics
import PictureRaster
import Synchronization

/// How much of each dot a drawing covers: 0 nothing, 255 all of it.
struct CoverageMask: Hashable, Sendable {
    let width: Int
    let height: Int
    let stride: Int
    let bytes: [UInt8]

    subscript(_ x: Int, _ y: Int) -> UInt8 { bytes[y * stride + x] }
}

/// Pango behind a lock: its font maps and contexts belong to one thread at a time.
final class Typesetter: Sendable {
    static let shared = Typesetter()

    /// Where the letters stand in a cell 24 dots high.
    private static let baseline = 18.5
    private static let cellHeight = 24.0

    private struct Fonts {
        nonisolated(unsafe) let map: UnsafeMutablePointer<PangoFontMap>
    }

    // The one font map lives as long as the process.
    private let fonts = Mutex(Fonts(map: pango_cairo_font_map_new()))

    /// `text` shaped as one line and drawn into a box of `width` × `height` dots; squeezed where it would not fit.
    ///
    /// Text that begins in a script written from right to left begins at the right edge of the box; scripts may be mixed.
    func mask(
        _ text: String, width: Int, height: Int, magnification: (x: Double, y: Double), bold: Bool
    ) -> CoverageMask {
        withLayout(of: text, bold: bold) { layout in
            let surface = Surface(coverageOf: width, height)
            let line = pango_layout_get_line_readonly(layout, 0)
            var ink = PangoRectangle()
            var extent = PangoRectangle()
            pango_layout_line_get_extents(line, &ink, &extent)
            let scale = Double(PANGO_SCALE)
            let natural = Double(extent.width) / scale * magnification.x
            // A monospaced run is exactly as wide as its box up to rounding; only foreign fonts are squeezed.
            let squeeze = natural > Double(width) + 1 ? Double(width) / natural : 1
            let place = Self.place(top: Double(ink.y) / scale, height: Double(ink.height) / scale)
            let isRightToLeft = line?.pointee.resolved_dir == PANGO_DIRECTION_RTL.rawValue
            let left = isRightToLeft ? max(0, Double(width) - natural * squeeze * place.shrink) : 0

            surface.draw { cairo in
                cairo_translate(cairo, left, place.baseline * magnification.y)
                cairo_scale(cairo, magnification.x * squeeze * place.shrink, magnification.y * place.shrink)
                cairo_move_to(cairo, 0, 0)
                pango_cairo_show_layout_line(cairo, line)
            }
            return CoverageMask(width: width, height: height, stride: surface.stride, bytes: surface.bytes)
        }
    }

    /// The characters of `text` that no installed font has.
    func missingCharacters(in text: String) -> String {
        guard hasUnknownGlyphs(text) else { return "" }
        return text.filter { hasUnknownGlyphs(String($0)) }
    }

    private func hasUnknownGlyphs(_ text: String) -> Bool {
        withLayout(of: text, bold: false) { pango_layout_get_unknown_glyphs_count($0) > 0 }
    }

    /// Scripts with marks far above or below their letters are moved, and where that is not enough made smaller,
    /// until all of them stands in the cell. `top` and `height` of the ink, from the baseline down.
    private static func place(top: Double, height: Double) -> (baseline: Double, shrink: Double) {
        let shrink = height > cellHeight ? cellHeight / height : 1
        let highest = -top * shrink
        let lowest = (top + height) * shrink
        return (max(highest, min(baseline, cellHeight - lowest)), shrink)
    }

    private func withLayout<Value: Sendable>(of text: String, bold: Bool, _ body: (OpaquePointer) -> Value) -> Value {
        let styled = StyledText(text)
        return fonts.withLock { fonts in
            guard let context = pango_font_map_create_context(fonts.map) else { preconditionFailure("Pango makes a context of every map") }
            defer { g_object_unref(UnsafeMutableRawPointer(context)) }
            guard let layout = pango_layout_new(context) else { preconditionFailure("Pango makes a layout in every context") }
            defer { g_object_unref(UnsafeMutableRawPointer(layout)) }
            styled.set(in: layout, bold: bold)
            return body(layout)
        }
    }
}
