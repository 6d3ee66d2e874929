import ReceiptMarkup

/// Walks a template with the fields at hand.
struct TemplateFiller {
    private(set) var markup = ""
    /// Where each line of the markup begins in the template, when that is asked for.
    private(set) var lines: [TemplatePlace] = []
    private let traces: Bool
    private var beginsLine = true
    /// Innermost last.
    private var stack: [FieldValue]

    init(_ fields: Fields, traces: Bool = false) {
        stack = [.group(fields)]
        self.traces = traces
    }

    mutating func fill(_ nodes: [TemplateNode]) throws(TemplateError) {
        for node in nodes {
            switch node {
            case .text(let text, let place): append(text, place)
            case .value(let path, let insertion, let place): try insert(path, insertion, place)
            case .section(let path, let isInverted, let inner, let place):
                try section(try find(path, place), isInverted: isInverted, inner)
            }
        }
    }

    private mutating func append(_ text: String, _ place: TemplatePlace) {
        markup += text
        guard traces, !text.isEmpty else { return }
        var line = place
        for byte in text.utf8 {
            if beginsLine { lines.append(line) }
            beginsLine = byte == UInt8(ascii: "\n")
            if beginsLine { line = TemplatePlace(file: line.file, line: line.line + 1, column: 1) }
        }
    }

    private mutating func insert(_ path: FieldPath, _ insertion: Insertion, _ place: TemplatePlace) throws(TemplateError) {
        switch try find(path, place) {
        case .text(let text) where insertion == .raw:
            guard Base64(text) != nil else {
                throw TemplateError(
                    .wrongKind, place, "{{{\(path)}}} is inserted as it is and must be base64, which “\(path)” is not; write {{\(path)}}")
            }
            append(text, place)
        case .text(let text): append(insertion == .payload ? Self.payload(text) : escape(text), place)
        case .base64(let base64): append(insertion == .raw ? base64.text : escape(base64.text), place)
        case .absent: break
        case .none:
            throw TemplateError(.missingField, place, "the data have no field “\(path)”; add it, or null to leave it empty on purpose")
        case .flag, .list, .group:
            let kind = (try find(path, place))?.kind ?? ""
            throw TemplateError(.wrongKind, place, "“\(path)” is \(kind) and cannot be printed; use it as a section or give it a text")
        }
    }

    /// Every byte of it, and harmless also where the braces around it turn out to be none, for instance because a pipe follows.
    private static func payload(_ value: String) -> String {
        var result: [UInt8] = []
        for byte in escapePayload(value).utf8 {
            let isMark = "~_\"`^".utf8.contains(byte) || result.isEmpty && "-=".utf8.contains(byte)
            result += isMark ? Array("\\x\(String(byte, radix: 16))".utf8) : [byte]
        }
        return String(decoding: result, as: UTF8.self)
    }

    private mutating func section(
        _ value: FieldValue?, isInverted: Bool, _ inner: [TemplateNode]
    ) throws(TemplateError) {
        let items = Self.items(of: value)
        if isInverted {
            if items.isEmpty { try fill(inner) }
            return
        }
        for item in items {
            stack.append(item)
            try fill(inner)
            stack.removeLast()
        }
    }

    /// What a section is repeated for; empty where it is left out.
    private static func items(of value: FieldValue?) -> [FieldValue] {
        switch value {
        case .none, .absent, .flag(false), .text(""): []
        case .list(let items): items
        case .some(let value): [value]
        }
    }

    /// The first part is looked for from the innermost section outwards, the others inside what was found.
    private func find(_ path: FieldPath, _ place: TemplatePlace) throws(TemplateError) -> FieldValue? {
        guard let first = path.parts.first else { return stack.last }
        for case .group(let fields) in stack.reversed() {
            guard var value = fields[first] else { continue }
            for part in path.parts.dropFirst() {
                guard case .group(let inner) = value, let next = inner[part] else { return nil }
                value = next
            }
            return value
        }
        return nil
    }
}
