import ReceiptMarkup

/// A file of `Kiosk/templates`: ReceiptLine with Mustache fields.
///
/// Every value is escaped for ReceiptLine when it is inserted, so nothing that a citizen wrote can become a directive.
/// `{{{name}}}` inserts without escaping and so takes nothing but base64, which is how pictures stand in the markup.
public struct PaperTemplate: Hashable, Sendable {
    let nodes: [TemplateNode]
    /// How messages call the file.
    public let file: String

    /// Parses `source`.
    ///
    /// - Parameters:
    ///   - file: how messages call it.
    ///   - partials: the text of `{{>name}}` and how messages call its file; nil where there is none.
    public init(
        _ source: String, file: String, partials: (String) -> (source: String, file: String)? = { _ in nil }
    ) throws(TemplateError) {
        self.file = file
        let parsed = try withoutActuallyEscaping(partials) { partials throws(TemplateError) in
            var parser = TemplateParser(Array(source.utf8), file: file, partials: TemplatePartials(find: partials))
            return try parser.parse()
        }
        nodes = try PropertyGuard.checked(parsed)
    }

    /// The markup with all fields in place.
    public func markup(_ fields: Fields) throws(TemplateError) -> String {
        var filler = TemplateFiller(fields)
        try filler.fill(nodes)
        return filler.markup
    }

    /// The markup, and for each of its lines the place in the template that it begins with.
    public func traced(_ fields: Fields) throws(TemplateError) -> (markup: String, lines: [TemplatePlace]) {
        var filler = TemplateFiller(fields, traces: true)
        try filler.fill(nodes)
        return (filler.markup, filler.lines)
    }

    /// Names at the beginning of every path in the template, those in sections included.
    public var names: Set<String> { Self.names(in: nodes) }

    private static func names(in nodes: [TemplateNode]) -> Set<String> {
        nodes.reduce(into: []) { names, node in
            switch node {
            case .text: break
            case .value(let path, _, _): if let name = path.parts.first { names.insert(name) }
            case .section(let path, _, let inner, _):
                if let name = path.parts.first { names.insert(name) }
                names.formUnion(Self.names(in: inner))
            }
        }
    }
}
