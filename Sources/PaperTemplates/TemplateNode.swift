/// A piece of a parsed template.
enum TemplateNode: Hashable, Sendable {
    /// Markup as the author wrote it.
    case text(String, TemplatePlace)
    /// `{{name}}`, or `{{{name}}}` where `isRaw`.
    case value(FieldPath, isRaw: Bool, TemplatePlace)
    /// `{{#name}}…{{/name}}`, or `{{^name}}…{{/name}}` where `isInverted`.
    case section(FieldPath, isInverted: Bool, [TemplateNode], TemplatePlace)
}

/// `name`, `group.name`, or `.` for the item that a section stands at.
struct FieldPath: Hashable, Sendable, CustomStringConvertible {
    /// Empty for `.`.
    let parts: [String]

    var description: String { parts.isEmpty ? "." : parts.joined(separator: ".") }

    /// nil when it is no name: letters, digits, `_` and `-`, joined by full stops.
    init?(_ text: String) {
        if text == "." {
            parts = []
            return
        }
        parts = text.split(separator: ".", omittingEmptySubsequences: false).map { String($0) }
        guard parts.allSatisfy(Self.isName) else { return nil }
    }

    private static func isName(_ part: String) -> Bool {
        !part.isEmpty
            && part.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: byte >= 0x80
                }
            }
    }
}
