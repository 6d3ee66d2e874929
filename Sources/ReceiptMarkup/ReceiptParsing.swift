extension Receipt {
    /// Parses ReceiptLine markup, in time linear to its length.
    ///
    /// - Parameter allowingDeviceCommands: Whether `{command:…}` passes its bytes on to the printer. Only for files that
    ///   the technician installed; otherwise the property is ignored and reported.
    public init(parsing markup: String, allowingDeviceCommands: Bool = false) {
        var parser = ReceiptParser(Array(markup.utf8), allowsDeviceCommands: allowingDeviceCommands)
        parser.parse()
        self.init(lines: parser.lines, diagnostics: parser.diagnostics)
    }
}

/// Parses the UTF-8 of a receipt; positions are indices into ``bytes``.
///
/// All marks of the language are ASCII, so no byte of another character is ever taken for one, and a combining mark in a
/// value cannot melt with a pipe or brace and hide it.
struct ReceiptParser {
    let bytes: [UInt8]
    let allowsDeviceCommands: Bool
    private(set) var lines: [Receipt.Line] = []
    private(set) var diagnostics: [Receipt.Diagnostic] = []
    /// The option that codes are drawn with from here on.
    var option = Receipt.CodeOption.initial
    private var lineNumber = 0
    private var lineStart = 0
    /// How many scalars of the line stand before a position.
    private var counted = (line: 0, position: 0, scalars: 0)

    init(_ bytes: [UInt8], allowsDeviceCommands: Bool) {
        self.bytes = bytes
        self.allowsDeviceCommands = allowsDeviceCommands
    }

    /// Lines end with LF, CR LF or CR. What stands after the last line end is a line too, even when it is empty.
    mutating func parse() {
        let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
        var start = bytes.starts(with: byteOrderMark) ? 3 : 0
        lines.reserveCapacity(bytes.count / 24 + 1)
        while true {
            lineNumber += 1
            lineStart = start
            if let image = imageLine(from: start) {
                lines.append(image.line)
                guard image.end < bytes.count else { return }
                start = nextLine(after: image.end)
                continue
            }
            var end = start
            while end < bytes.count, bytes[end] != Mark.lineFeed, bytes[end] != Mark.carriageReturn { end += 1 }
            let line = parseLine(trimmed(start..<end))
            lines.append(line)
            guard end < bytes.count else { return }
            start = nextLine(after: end)
        }
    }

    /// Where the line begins that follows the line end at `end`.
    private func nextLine(after end: Int) -> Int {
        let isPair = bytes[end] == Mark.carriageReturn && end + 1 < bytes.count && bytes[end + 1] == Mark.lineFeed
        return end + (isPair ? 2 : 1)
    }

    mutating func ignore(at position: Int, _ message: String) {
        // On from the diagnostic before, for a line may be long and full of mistakes.
        if counted.line != lineNumber || counted.position > position { counted = (lineNumber, lineStart, 0) }
        counted.scalars += bytes[counted.position..<position].count { $0 & 0xC0 != 0x80 }
        counted.position = position
        diagnostics.append(Receipt.Diagnostic(line: lineNumber, column: counted.scalars + 1, message: message))
    }

    private mutating func parseLine(_ line: Range<Int>) -> Receipt.Line {
        var scanner = ColumnScanner(line, of: bytes)
        var columns: [Receipt.Column] = []
        while let column = scanner.next(in: bytes) {
            let content = trimmed(column.range)
            if column.isOnly {
                if isAll(Mark.hyphen, content) { return .rule }
                if isAll(Mark.equals, content) { return .cut }
                if column.hasBrace { return parseBraces(content, align: column.align) }
            }
            if column.hasBrace {
                let what = isProperties(content) ? "properties beside other columns; give them a line of their own" : "a brace in text"
                ignore(at: content.lowerBound, "ignored the line for " + what + (isProperties(content) ? "" : "; write \\{ or \\}"))
                return .ignored
            }
            columns.append(Receipt.Column(align: column.align, spans: parseText(content, isPlain: column.isPlain)))
        }
        return .text(columns)
    }

    private mutating func parseBraces(_ content: Range<Int>, align: HorizontalAlignment) -> Receipt.Line {
        guard isProperties(content) else {
            ignore(at: content.lowerBound, "ignored the line for a brace in text; write \\{ or \\}")
            return .ignored
        }
        return .properties(parseProperties((content.lowerBound + 1)..<(content.upperBound - 1)), align: align)
    }

    private func isAll(_ mark: UInt8, _ content: Range<Int>) -> Bool {
        guard !content.isEmpty, bytes[content.lowerBound] == mark else { return false }
        return bytes[content].allSatisfy { $0 == mark }
    }

    /// Begins with `{` and ends with the first unescaped brace after it, a `}`.
    private func isProperties(_ content: Range<Int>) -> Bool {
        guard !content.isEmpty, bytes[content.lowerBound] == Mark.openBrace else { return false }
        var position = content.lowerBound + 1
        while position < content.upperBound {
            switch bytes[position] {
            case Mark.backslash: position += 2
            case Mark.openBrace: return false
            case Mark.closeBrace: return position == content.upperBound - 1
            default: position += 1
            }
        }
        return false
    }

    /// Without the spaces and tabs at both ends.
    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, Mark.isBlank(bytes[start]) { start += 1 }
        while start < end, Mark.isBlank(bytes[end - 1]) { end -= 1 }
        return start..<end
    }

    /// The scalar that begins at `position`, and the position after it.
    func scalar(at position: Int) -> (scalar: Unicode.Scalar, end: Int) {
        var end = position + 1
        while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
        return (String(decoding: bytes[position..<end], as: UTF8.self).unicodeScalars.first ?? "\u{FFFD}", end)
    }
}

/// The bytes that mean something.
enum Mark {
    static let tab: UInt8 = 0x09
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let space: UInt8 = 0x20
    static let quote = UInt8(ascii: "\"")
    static let comma = UInt8(ascii: ",")
    static let hyphen = UInt8(ascii: "-")
    static let colon = UInt8(ascii: ":")
    static let semicolon = UInt8(ascii: ";")
    static let equals = UInt8(ascii: "=")
    static let backslash = UInt8(ascii: "\\")
    static let caret = UInt8(ascii: "^")
    static let underscore = UInt8(ascii: "_")
    static let backtick = UInt8(ascii: "`")
    static let openBrace = UInt8(ascii: "{")
    static let pipe = UInt8(ascii: "|")
    static let closeBrace = UInt8(ascii: "}")
    static let tilde = UInt8(ascii: "~")
    static let delete: UInt8 = 0x7F

    /// Whether text with this byte is more than characters to be set one after another.
    static func needsLook(_ byte: UInt8) -> Bool {
        switch byte {
        // 0xC2 and 0xE2 begin control characters of Latin-1 and of the writing direction.
        case backslash, underscore, quote, backtick, caret, tilde, 0..<0x20, delete, 0xC2, 0xE2: true
        default: false
        }
    }

    /// What is trimmed around columns and values.
    static func isBlank(_ byte: UInt8) -> Bool { byte == space || byte == tab }
}
