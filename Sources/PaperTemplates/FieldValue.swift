public import ReceiptMarkup

/// What a template's fields hold, as Mustache knows it.
public enum FieldValue: Hashable, Sendable {
    /// Printed as it is; an empty text counts as absent in a section.
    case text(String)
    /// A picture, which `{{{name}}}` inserts as it is; known to be base64, so that it need not be looked at for every sheet.
    case base64(Base64)
    /// Only for sections: whether they are there.
    case flag(Bool)
    /// A section is repeated for each; an empty list counts as absent.
    case list([FieldValue])
    /// Names of its own, which stand in front of those outside.
    case group([String: FieldValue])
    /// Known, and empty on purpose (`null` in JSON).
    case absent
}

/// A template's fields by name.
public typealias Fields = [String: FieldValue]

extension FieldValue: ExpressibleByStringLiteral, ExpressibleByStringInterpolation, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .text(value) }
    public init(booleanLiteral value: Bool) { self = .flag(value) }
    public init(arrayLiteral elements: FieldValue...) { self = .list(elements) }
    public init(dictionaryLiteral elements: (String, FieldValue)...) { self = .group(Fields(elements) { $1 }) }

    /// What a message calls it.
    var kind: String {
        switch self {
        case .text: "a text"
        case .base64: "base64"
        case .flag: "true or false"
        case .list: "a list"
        case .group: "a group of fields"
        case .absent: "null"
        }
    }
}
