import CGraphics
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

    /// Advance of the font at this size is 12 dots, the width of font A.
    private static let fontSize = 19.93
    /// Where the letters stand in a cell 24 dots high.
    private static let baseline = 18.5

    private struct Fonts {
        nonisolated(unsafe) let map: UnsafeMutablePointer<PangoFontMap>
    }

    // The one font map lives as long as the process.
    private let fonts = Mutex(Fonts(map: pango_cairo_font_map_new()))

    /// `text` shaped as one line and drawn into a box of `width` × `height` dots; squeezed where it would not fit.
    func mask(
        _ text: String, width: Int, height: Int, magnification: (x: Double, y: Double), bold: Bool
    ) -> CoverageMask {
        fonts.withLock { fonts in
            let surface = Surface(format: CAIRO_FORMAT_A8, width: width, height: height)
            guard let context = pango_font_map_create_context(fonts.map) else { preconditionFailure("Pango makes a context of every map") }
            defer { g_object_unref(UnsafeMutableRawPointer(context)) }
            guard let layout = pango_layout_new(context) else { preconditionFailure("Pango makes a layout in every context") }
            defer { g_object_unref(UnsafeMutableRawPointer(layout)) }
            Self.setFont(of: layout, bold: bold)
            pango_layout_set_text(layout, text, -1)
            pango_layout_set_single_paragraph_mode(layout, 1)

            var extent = (width: CInt(0), height: CInt(0))
            pango_layout_get_size(layout, &extent.width, &extent.height)
            let natural = Double(extent.width) / Double(PANGO_SCALE) * magnification.x
            // A monospaced run is exactly as wide as its box up to rounding; only foreign fonts are squeezed.
            let squeeze = natural > Double(width) + 1 ? Double(width) / natural : 1

            surface.draw { cairo in
                cairo_scale(cairo, magnification.x * squeeze, magnification.y)
                cairo_move_to(cairo, 0, Self.baseline)
                pango_cairo_show_layout_line(cairo, pango_layout_get_line_readonly(layout, 0))
            }
            return CoverageMask(width: width, height: height, stride: surface.stride, bytes: surface.bytes)
        }
    }

    private static func setFont(of layout: OpaquePointer, bold: Bool) {
        let font = pango_font_description_from_string("DejaVu Sans Mono")
        defer { pango_font_description_free(font) }
        pango_font_description_set_absolute_size(font, fontSize * Double(PANGO_SCALE))
        pango_font_description_set_weight(font, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL)
        pango_layout_set_font_description(layout, font)
    }
}
