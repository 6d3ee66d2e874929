/// Where something stands in a template or a data file.
public struct TemplatePlace: Hashable, Sendable, CustomStringConvertible {
    public var file: String
    /// From 1.
    public var line: Int
    /// From 1, in bytes.
    public var column: Int

    public init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// `FILE:LINE:COLUMN`
    public var description: String { "\(file):\(line):\(column)" }
}

/// Why a template cannot be used or filled. Equality is by code and place; the detail is for people.
public struct TemplateError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        /// A tag that is not closed, not known or not allowed where it stands.
        case badTag
        /// `{{>name}}` without such a file, or one that includes itself.
        case badPartial
        /// The data lack a field that the template names.
        case missingField
        /// A field holds what cannot be printed there.
        case wrongKind
    }

    public var code: Code
    public var place: TemplatePlace
    public var detail: String

    public init(_ code: Code, _ place: TemplatePlace, _ detail: String) {
        self.code = code
        self.place = place
        self.detail = detail
    }

    public static func == (lhs: Self, rhs: Self) -> Bool { lhs.code == rhs.code && lhs.place == rhs.place }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(code)
        hasher.combine(place)
    }

    public var description: String { "\(place): \(detail)" }
}
