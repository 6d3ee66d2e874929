/// Reads Mustache tags (https://mustache.github.io/mustache.5.html) into nodes.
///
/// Known are values, sections, comments, partials and changed delimiters. What would run code (lambdas)
/// or hide markup (inheritance) is refused.
struct TemplateParser {
    private let bytes: [UInt8]
    private let file: String
    private let partials: TemplatePartials
    private var opening = Array("{{".utf8)
    private var closing = Array("}}".utf8)
    private var position = 0
    private var line = 1
    private var lineStart = 0

    init(_ source: [UInt8], file: String, partials: TemplatePartials) {
        bytes = source
        self.file = file
        self.partials = partials
    }

    private struct OpenSection {
        var path: FieldPath
        var isInverted: Bool
        var place: TemplatePlace
        var nodes: [TemplateNode] = []
    }

    mutating func parse() throws(TemplateError) -> [TemplateNode] {
        var root: [TemplateNode] = []
        var open: [OpenSection] = []
        func add(_ nodes: [TemplateNode]) {
            if open.isEmpty { root += nodes } else { open[open.count - 1].nodes += nodes }
        }
        while let text = takeText() {
            let place = text.end
            guard let tag = try takeTag(at: place) else {
                add(Self.literal(bytes[text.range], text.start))
                break
            }
            // A tag that prints nothing takes its whole line away when nothing else stands on it.
            let isAlone = tag.kind.prints ? nil : standsAlone(from: text.range.upperBound)
            add(Self.literal(bytes[text.range.lowerBound..<(isAlone?.lowerBound ?? text.range.upperBound)], text.start))
            let indentation = isAlone.map { Array(bytes[$0.lowerBound..<text.range.upperBound]) } ?? []
            if let isAlone { advance(to: isAlone.upperBound) }
            switch tag.kind {
            case .value, .raw: add([.value(try path(tag, place), tag.kind == .raw ? .raw : .text, place)])
            case .section, .inverted:
                open.append(OpenSection(path: try path(tag, place), isInverted: tag.kind == .inverted, place: place))
            case .end:
                guard let section = open.popLast(), section.path.description == tag.content else {
                    throw TemplateError(.badTag, place, "{{/\(tag.content)}} closes no section of that name; correct the pair")
                }
                add([.section(section.path, isInverted: section.isInverted, section.nodes, section.place)])
            case .partial: add(try partials.nodes(of: tag.content, indentation: indentation, at: place))
            case .comment: break
            case .delimiters: try changeDelimiters(tag, place)
            }
        }
        if let section = open.last {
            throw TemplateError(.badTag, section.place, "the section \(section.path) is never closed; write {{/\(section.path)}}")
        }
        return root
    }

    private static func literal(_ bytes: ArraySlice<UInt8>, _ place: TemplatePlace) -> [TemplateNode] {
        bytes.isEmpty ? [] : [.text(String(decoding: bytes, as: UTF8.self), place)]
    }

    // MARK: Text

    private struct Text {
        var range: Range<Int>
        var start: TemplatePlace
        var end: TemplatePlace
    }

    private var place: TemplatePlace { TemplatePlace(file: file, line: line, column: position - lineStart + 1) }

    /// Everything up to the next tag or the end; nil at the end.
    private mutating func takeText() -> Text? {
        guard position < bytes.count else { return nil }
        let start = (position, place)
        advance(to: find(opening, from: position) ?? bytes.count)
        return Text(range: start.0..<position, start: start.1, end: place)
    }

    private mutating func advance(to end: Int) {
        while position < end {
            if bytes[position] == UInt8(ascii: "\n") {
                line += 1
                lineStart = position + 1
            }
            position += 1
        }
    }

    private func find(_ needle: [UInt8], from start: Int) -> Int? {
        guard let first = needle.first else { return nil }
        var index = start
        while index + needle.count <= bytes.count {
            if bytes[index] == first, bytes[index..<(index + needle.count)].elementsEqual(needle) { return index }
            index += 1
        }
        return nil
    }

    /// The line of the tag that begins at `start` and has just been read, when it stands there alone.
    private func standsAlone(from start: Int) -> Range<Int>? {
        var begin = start
        while begin > 0, bytes[begin - 1] == UInt8(ascii: " ") || bytes[begin - 1] == UInt8(ascii: "\t") { begin -= 1 }
        guard begin == 0 || bytes[begin - 1] == UInt8(ascii: "\n") else { return nil }
        var end = position
        while end < bytes.count, [UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r")].contains(bytes[end]) { end += 1 }
        if end == bytes.count { return begin..<end }
        return bytes[end] == UInt8(ascii: "\n") ? begin..<(end + 1) : nil
    }

    // MARK: Tags

    private enum Kind {
        case value, raw, section, inverted, end, partial, comment, delimiters
        var prints: Bool { self == .value || self == .raw }
    }

    private struct Tag {
        var kind: Kind
        var content: String
    }

    private mutating func takeTag(at place: TemplatePlace) throws(TemplateError) -> Tag? {
        guard position < bytes.count else { return nil }
        var start = position + opening.count
        let mark = start < bytes.count ? bytes[start] : 0
        let kind = Self.kinds[mark] ?? .value
        if kind != .value { start += 1 }
        let end: [UInt8] =
            switch mark {
            case UInt8(ascii: "{"): Array("}".utf8) + closing
            case UInt8(ascii: "="): Array("=".utf8) + closing
            default: closing
            }
        if mark == UInt8(ascii: "<") || mark == UInt8(ascii: "$") || mark == UInt8(ascii: "%") {
            throw TemplateError(
                .badTag, place, "tags with “\(Character(Unicode.Scalar(mark)))” are not known here; use a section or a partial")
        }
        guard let close = find(end, from: start) else {
            throw TemplateError(.badTag, place, "this tag is never closed; write \(String(decoding: end, as: UTF8.self)) behind it")
        }
        let content = String(decoding: bytes[start..<close], as: UTF8.self)
        advance(to: close + end.count)
        return Tag(kind: kind, content: kind == .comment ? "" : Self.trimmed(content))
    }

    private static let kinds: [UInt8: Kind] = [
        UInt8(ascii: "{"): .raw, UInt8(ascii: "&"): .raw, UInt8(ascii: "#"): .section, UInt8(ascii: "^"): .inverted,
        UInt8(ascii: "/"): .end, UInt8(ascii: ">"): .partial, UInt8(ascii: "!"): .comment, UInt8(ascii: "="): .delimiters,
    ]

    private static func trimmed(_ text: String) -> String {
        String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }

    private func path(_ tag: Tag, _ place: TemplatePlace) throws(TemplateError) -> FieldPath {
        guard let path = FieldPath(tag.content) else {
            throw TemplateError(.badTag, place, "“\(tag.content)” is no field's name; use letters, digits, _ and -")
        }
        return path
    }

    private mutating func changeDelimiters(_ tag: Tag, _ place: TemplatePlace) throws(TemplateError) {
        let parts = tag.content.split(whereSeparator: \.isWhitespace)
        guard parts.count == 2, !parts.contains(where: { $0.contains("=") }) else {
            throw TemplateError(.badTag, place, "new delimiters are written {{=<% %>=}}: two, with a space between them")
        }
        (opening, closing) = (Array(parts[0].utf8), Array(parts[1].utf8))
    }
}

/// The other files that a template may include, and which are being included now.
struct TemplatePartials {
    /// The text of the partial of that name, and how messages call its file.
    let find: (String) -> (source: String, file: String)?
    var including: [String] = []

    func nodes(of name: String, indentation: [UInt8], at place: TemplatePlace) throws(TemplateError) -> [TemplateNode] {
        // A name is part of a path for whoever finds the file.
        guard !name.isEmpty, name.utf8.allSatisfy(Self.isOfAName) else {
            throw TemplateError(.badPartial, place, "“\(name)” is no partial's name; use small letters, digits and -")
        }
        guard !including.contains(name), including.count < 16 else {
            throw TemplateError(.badPartial, place, "{{>\(name)}} includes itself; take one of the two out")
        }
        guard let found = find(name) else {
            throw TemplateError(.badPartial, place, "there is no file \(name).receipt beside the template for {{>\(name)}}; add it")
        }
        var inner = self
        inner.including.append(name)
        var parser = TemplateParser(Self.indented(Array(found.source.utf8), by: indentation), file: found.file, partials: inner)
        return try parser.parse()
    }

    private static func isOfAName(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || byte == UInt8(ascii: "-")
    }

    private static func indented(_ source: [UInt8], by indentation: [UInt8]) -> [UInt8] {
        guard !indentation.isEmpty else { return source }
        var result: [UInt8] = []
        var beginsLine = true
        for byte in source {
            if beginsLine { result += indentation }
            result.append(byte)
            beginsLine = byte == UInt8(ascii: "\n")
        }
        return result
    }
}
