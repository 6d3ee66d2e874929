extension ReceiptParser {
    /// One `key:value`; both ranges without blanks around them.
    private struct Member {
        var key: Range<Int>
        var value: Range<Int>
    }

    /// The properties between the braces, in the order in which they take effect.
    mutating func parseProperties(_ range: Range<Int>) -> [Receipt.Property] {
        var members = [Member?](repeating: nil, count: PropertyKey.allCases.count)
        var start = range.lowerBound
        while start <= range.upperBound {
            let end = memberEnd(start, in: range)
            if let (key, member) = member(trimmed(start..<end)) {
                if let earlier = members[key.rawValue] {
                    ignore(at: earlier.key.lowerBound, "ignored \"\(key)\", which stands in these braces again")
                }
                members[key.rawValue] = member
            }
            start = end + 1
        }
        var properties: [Receipt.Property] = []
        for key in PropertyKey.allCases {
            guard let member = members[key.rawValue] else { continue }
            if let property = property(key, member) { properties.append(property) }
        }
        return properties
    }

    /// The next unescaped semicolon, or the end.
    private func memberEnd(_ start: Int, in range: Range<Int>) -> Int {
        var position = start
        while position < range.upperBound, bytes[position] != Mark.semicolon {
            position += bytes[position] == Mark.backslash ? 2 : 1
        }
        return min(position, range.upperBound)
    }

    private mutating func member(_ range: Range<Int>) -> (PropertyKey, Member)? {
        guard !range.isEmpty else { return nil }
        guard let colon = bytes[range].firstIndex(of: Mark.colon) else {
            ignore(at: range.lowerBound, "ignored a property without a colon")
            return nil
        }
        let member = Member(key: trimmed(range.lowerBound..<colon), value: trimmed((colon + 1)..<range.upperBound))
        let name = String(decoding: bytes[member.key], as: UTF8.self)
        guard let key = PropertyKey(name) else {
            ignore(at: range.lowerBound, "ignored the unknown property \"\(name)\"")
            return nil
        }
        guard !member.value.isEmpty else {
            ignore(at: range.lowerBound, "ignored \"\(name)\", which has no value")
            return nil
        }
        return (key, member)
    }

    private mutating func property(_ key: PropertyKey, _ member: Member) -> Receipt.Property? {
        let position = member.key.lowerBound
        switch key {
        case .text: return .wrap(wrap(word(member.value), at: position))
        case .border: return .border(border(word(member.value), at: position))
        case .width: return .width(widths(word(member.value), at: position))
        case .align: return .align(align(word(member.value), at: position))
        case .option:
            option = codeOption(word(member.value), at: position)
            return .option(option)
        case .image: return image(member.value, at: position)
        case .code: return code(unescaped(member.value), at: position)
        case .command:
            guard allowsDeviceCommands else {
                ignore(at: position, "ignored a device command, which is allowed only in files that the technician installed")
                return nil
            }
            return .command(deviceBytes(member.value))
        case .comment: return .comment(unescaped(member.value))
        }
    }

    private mutating func word(_ range: Range<Int>) -> String { unescaped(range).lowercased() }

    private mutating func wrap(_ word: String, at position: Int) -> Receipt.Wrapping {
        if let wrapping = Receipt.Wrapping(rawValue: word) { return wrapping }
        ignore(at: position, "ignored \"\(word)\", which is no value of \"text\"; it wraps")
        return .wrap
    }

    private mutating func align(_ word: String, at position: Int) -> HorizontalAlignment {
        if let align = HorizontalAlignment(rawValue: word) { return align }
        ignore(at: position, "ignored \"\(word)\", which is no value of \"align\"; the middle holds")
        return .center
    }

    private mutating func border(_ word: String, at position: Int) -> Receipt.Border {
        switch word {
        case "line": return .line
        case "space": return .space(1)
        case "none": return .space(0)
        default:
            if let cells = number(word), cells <= 2 { return .space(cells) }
            ignore(at: position, "ignored \"\(word)\", which is no value of \"border\"; one cell of space holds")
            return .space(1)
        }
    }

    private mutating func widths(_ word: String, at position: Int) -> [Receipt.ColumnWidth] {
        let parts = Self.parts(word)
        if parts.contains("auto") { return [] }
        return parts.map { part in
            if part == "*" { return .share }
            if let cells = number(part) { return .cells(cells) }
            let what = part.isEmpty ? "nothing between two separators" : "\"\(part)\""
            ignore(at: position, "ignored \(what), which is no width; the column is hidden")
            return .cells(0)
        }
    }

    /// Decimal digits; what is wider than any paper counts as 65535.
    func number(_ text: some StringProtocol) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return min(Int(text) ?? 65535, 65535)
    }

    /// Separated by a comma or by spaces and tabs, but not by both: `2, 3` has nothing between the comma and the space.
    static func parts(_ word: String) -> [Substring] {
        var parts: [Substring] = []
        var start = word.startIndex
        var wasBlank = false
        for (index, byte) in zip(word.utf8.indices, word.utf8) {
            let isBlank = Mark.isBlank(byte)
            if byte == Mark.comma || isBlank {
                if !(isBlank && wasBlank) { parts.append(word[start..<index]) }
                start = word.utf8.index(after: index)
            }
            wasBlank = isBlank
        }
        return parts + [word[start...]]
    }

    /// A line that holds nothing but a picture, `{image:…}`, and where it ends; nil for every other line, and for a picture
    /// that is none. Most bytes of a ticket with a logo are such a line, so it is read once and not by every step of the others.
    func imageLine(from start: Int) -> (line: Receipt.Line, end: Int)? {
        func skipBlanks(_ position: Int) -> Int {
            var position = position
            while position < bytes.count, Mark.isBlank(bytes[position]) { position += 1 }
            return position
        }
        func skip(_ text: StaticString, _ position: Int) -> Int? {
            let end = position + text.utf8CodeUnitCount
            guard end <= bytes.count else { return nil }
            return text.withUTF8Buffer { bytes[position..<end].elementsEqual($0) } ? end : nil
        }
        guard let brace = skip("{", skipBlanks(start)) else { return nil }
        let key = skipBlanks(brace)
        guard let colon = skip("image:", key) ?? skip("i:", key), let run = base64Run(bytes[skipBlanks(colon)...]),
            run.bytes.starts(with: Self.pngSignature), let close = skip("}", skipBlanks(run.end))
        else { return nil }
        let end = skipBlanks(close)
        guard end == bytes.count || bytes[end] == Mark.lineFeed || bytes[end] == Mark.carriageReturn else { return nil }
        return (.properties([.image(run.bytes)], align: .center), end)
    }

    /// PNG specification clause 5.2.
    private static let pngSignature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    private mutating func image(_ range: Range<Int>, at position: Int) -> Receipt.Property? {
        guard let png = decodeBase64(bytes[range]) else {
            ignore(at: position, "ignored an image that is not base64")
            return nil
        }
        guard png.starts(with: Self.pngSignature) else {
            ignore(at: position, "ignored an image that is no PNG")
            return nil
        }
        return .image(png)
    }
}

/// The keys, in the order in which their properties take effect.
enum PropertyKey: Int, CaseIterable {
    case text
    case border
    case width
    case align
    case option
    case image
    case code
    case command
    case comment

    init?(_ name: String) {
        switch name {
        case "text", "t": self = .text
        case "border", "b": self = .border
        case "width", "w": self = .width
        case "align", "a": self = .align
        case "option", "o": self = .option
        case "image", "i": self = .image
        case "code", "c": self = .code
        case "command", "x": self = .command
        case "comment", "_": self = .comment
        default: return nil
        }
    }
}
