import CGraphics
import ReceiptMarkup

/// A line of text and the font of each of its scripts, so that letters of all of them sit in a printer's cells.
struct StyledText {
    private struct Run {
        var bytes: Range<Int>
        var script: Script
    }

    enum Script {
        case latin
        case arabic
        case javanese
        /// Characters two cells wide.
        case wide
    }

    private var text = ""
    private var runs: [Run] = []

    /// Advance of DejaVu Sans Mono at this size is 12 dots, the width of font A.
    private static let size = 19.93
    /// A wide character and the white beside it are two cells; the white keeps neighbours apart.
    private static let wideSize = 22.0
    private static let wideCell = 24.0

    init(_ text: String) {
        for character in text {
            let start = self.text.utf8.count
            let plain = character.plainEmoji
            self.text += (plain ?? String(character)).reduce(into: "") { $0 += Self.withoutColour($1) }
            // The letters of a flag are letters.
            let script = Script(of: plain?.first ?? character)
            let end = self.text.utf8.count
            if runs.last?.script == script {
                runs[runs.count - 1].bytes = runs[runs.count - 1].bytes.lowerBound..<end
            } else {
                runs.append(Run(bytes: start..<end, script: script))
            }
        }
    }

    /// Asks for the drawn form of a picture character: paper has one colour.
    private static func withoutColour(_ character: Character) -> String {
        guard character.unicodeScalars.contains(where: { $0.properties.isEmojiPresentation || $0.value == 0xFE0F }) else {
            return String(character)
        }
        return character.unicodeScalars.reduce(into: "") { text, scalar in
            guard scalar.value != 0xFE0F else { return }
            text.unicodeScalars.append(scalar)
            if scalar.properties.isEmojiPresentation { text.append("\u{FE0E}") }
        }
    }

    /// `layout` shows the text as one paragraph; what the first font lacks comes from the next that has it.
    func set(in layout: OpaquePointer, bold: Bool) {
        let font = pango_font_description_from_string("DejaVu Sans Mono,WenQuanYi Micro Hei,Droid Sans Fallback,Symbola,DejaVu Sans")
        defer { pango_font_description_free(font) }
        pango_font_description_set_absolute_size(font, Self.size * Double(PANGO_SCALE))
        pango_font_description_set_weight(font, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL)
        pango_layout_set_font_description(layout, font)
        pango_layout_set_text(layout, text, -1)
        pango_layout_set_single_paragraph_mode(layout, 1)
        let attributes = pango_attr_list_new()
        defer { pango_attr_list_unref(attributes) }
        for run in runs {
            for attribute in run.script.attributes(size: Self.wideSize, cell: Self.wideCell) {
                guard let attribute else { continue }
                attribute.pointee.start_index = guint(run.bytes.lowerBound)
                attribute.pointee.end_index = guint(run.bytes.upperBound)
                pango_attr_list_insert(attributes, attribute)
            }
        }
        pango_layout_set_attributes(layout, attributes)
    }
}

extension StyledText.Script {
    fileprivate init(of character: Character) {
        guard let scalar = character.unicodeScalars.first else {
            self = .latin
            return
        }
        switch scalar.value {
        case 0x600...0x6FF, 0x750...0x77F, 0x8A0...0x8FF, 0xFB50...0xFDFF, 0xFE70...0xFEFF: self = .arabic
        case 0xA980...0xA9DF: self = .javanese
        default: self = character.cells == 2 ? .wide : .latin
        }
    }

    /// The list takes them over.
    fileprivate func attributes(size: Double, cell: Double) -> [UnsafeMutablePointer<PangoAttribute>?] {
        let scale = Double(PANGO_SCALE)
        return switch self {
        case .latin: []
        case .arabic: [pango_attr_family_new("Noto Sans Arabic,Noto Naskh Arabic,DejaVu Sans Mono")]
        case .javanese: [pango_attr_family_new("Noto Sans Javanese")]
        case .wide:
            [
                pango_attr_family_new("WenQuanYi Micro Hei,Droid Sans Fallback,Noto Sans CJK SC,Symbola"),
                pango_attr_size_new_absolute(CInt(size * scale)), pango_attr_letter_spacing_new(CInt((cell - size) * scale)),
            ]
        }
    }
}
