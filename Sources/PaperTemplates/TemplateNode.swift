/// A piece of a parsed template.
enum TemplateNode: Hashable, Sendable {
    /// Markup as the author wrote it.
    case text(String, TemplatePlace)
    /// `{{name}}` or `{{{name}}}`.
    case value(FieldPath, Insertion, TemplatePlace)
    /// `{{#name}}…{{/name}}`, or `{{^name}}…{{/name}}` where `isInverted`.
    case section(FieldPath, isInverted: Bool, [TemplateNode], TemplatePlace)
}

/// How a value gets into the markup.
enum Insertion: Hashable, Sendable {
    /// Escaped as text.
    case text
    /// Escaped as the data of a code, of which every byte counts.
    case payload
    /// As it is, for base64 alone.
    case raw
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
