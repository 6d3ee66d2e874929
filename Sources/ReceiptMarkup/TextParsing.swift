extension ReceiptParser {
    /// The spans of a column's text: toggles, escapes and characters.
    ///
    /// - Parameter isPlain: There are none but characters.
    mutating func parseText(_ range: Range<Int>, isPlain: Bool) -> [Receipt.Span] {
        if range.isEmpty { return [] }
        if isPlain { return [Receipt.Span(String(decoding: bytes[range], as: UTF8.self))] }
        var builder = SpanBuilder()
        var position = range.lowerBound
        while position < range.upperBound {
            let byte = bytes[position]
            switch byte {
            case Mark.underscore: builder.change { $0.underline.toggle() }
            case Mark.quote: builder.change { $0.bold.toggle() }
            case Mark.backtick: builder.change { $0.invert.toggle() }
            case Mark.tilde: builder.append(Mark.space)
            case Mark.caret:
                var count = 1
                while let next = nextCaret(after: position, in: range) { (position, count) = (next, count + 1) }
                builder.magnify(min(count, 7))
            case Mark.backslash: position = parseTextEscape(at: position, end: range.upperBound, &builder) - 1
            case 0..<0x20, Mark.delete: ignore(at: position, "ignored a control character, which prints nothing")
            case 0xC2, 0xE2:
                let (scalar, end) = scalar(at: position)
                if scalar.isForbidden {
                    ignore(at: position, "ignored the control character U+\(String(scalar.value, radix: 16, uppercase: true))")
                } else {
                    builder.append(scalar)
                }
                position = end - 1
            default:
                let start = position
                while position + 1 < range.upperBound, !Mark.needsLook(bytes[position + 1]) { position += 1 }
                builder.append(bytes[start...position])
            }
            position += 1
        }
        return builder.finish()
    }

    /// The next caret, if nothing but control characters stands before it: they are no part of the text.
    private func nextCaret(after position: Int, in range: Range<Int>) -> Int? {
        var next = position + 1
        while next < range.upperBound, bytes[next] < 0x20 || bytes[next] == Mark.delete { next += 1 }
        return next < range.upperBound && bytes[next] == Mark.caret ? next : nil
    }

    /// Adds what the backslash at `position` makes, and returns the position after it.
    private mutating func parseTextEscape(at position: Int, end: Int, _ builder: inout SpanBuilder) -> Int {
        // Control characters are no part of the text, so they do not part a backslash from what it escapes.
        var next = position + 1
        while next < end, bytes[next] < 0x20 || bytes[next] == Mark.delete { next += 1 }
        guard next < end else {
            ignore(at: position, "ignored a backslash at the end")
            return end
        }
        switch bytes[next] {
        case Mark.backslash, Mark.pipe, Mark.openBrace, Mark.closeBrace, Mark.hyphen, Mark.equals, Mark.tilde, Mark.underscore,
            Mark.quote, Mark.backtick, Mark.caret:
            builder.append(bytes[next])
            return next + 1
        case UInt8(ascii: "n"):
            builder.append(Mark.lineFeed)
            return next + 1
        case UInt8(ascii: "x"):
            let (scalar, after) = parseHexadecimal(at: position, digits: next + 1, end: end)
            if let scalar {
                if scalar.isForbidden {
                    ignore(at: position, "ignored the escape of a control character, which prints nothing")
                } else {
                    builder.append(scalar)
                }
            }
            return after
        default:
            let (scalar, after) = scalar(at: next)
            ignore(at: position, "ignored the unknown escape \\\(scalar)")
            return min(after, end)
        }
    }

    /// What `\xNN` at `position` stands for; nil and told when two digits do not follow.
    ///
    /// The specification's reference drops two characters after a wrong `\x`, but none that is a toggle.
    mutating func parseHexadecimal(at position: Int, digits: Int, end: Int) -> (Unicode.Scalar?, Int) {
        if digits + 1 < end, let high = hexadecimal(bytes[digits]), let low = hexadecimal(bytes[digits + 1]) {
            return (Unicode.Scalar(high << 4 | low), digits + 2)
        }
        ignore(at: position, "ignored \\x without two hexadecimal digits")
        var after = digits
        for _ in 0..<2 where after < end && !Self.isToggle(bytes[after]) { after = min(scalar(at: after).end, end) }
        return (nil, after)
    }

    private static func isToggle(_ byte: UInt8) -> Bool {
        byte == Mark.underscore || byte == Mark.quote || byte == Mark.backtick || byte == Mark.caret
    }

    private func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }

    /// The value of a property. Control characters are kept: codes may hold any.
    mutating func unescaped(_ range: Range<Int>) -> String {
        guard bytes[range].contains(Mark.backslash) else { return String(decoding: bytes[range], as: UTF8.self) }
        var text = String.UnicodeScalarView()
        unescape(range) { text.append($0) }
        return String(text)
    }

    /// Characters as UTF-8, `\xNN` as that very byte.
    mutating func deviceBytes(_ range: Range<Int>) -> [UInt8] {
        var result: [UInt8] = []
        unescape(range) { scalar in
            if scalar.value < 0x100 {
                result.append(UInt8(scalar.value))
            } else {
                result += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
            }
        }
        return result
    }

    private mutating func unescape(_ range: Range<Int>, _ body: (Unicode.Scalar) -> Void) {
        var position = range.lowerBound
        while position < range.upperBound {
            guard bytes[position] == Mark.backslash else {
                let (scalar, end) = scalar(at: position)
                body(scalar)
                position = end
                continue
            }
            let next = position + 1
            guard next < range.upperBound else { return ignore(at: position, "ignored a backslash at the end") }
            switch bytes[next] {
            case Mark.backslash, Mark.pipe, Mark.openBrace, Mark.closeBrace, Mark.semicolon:
                body(Unicode.Scalar(bytes[next]))
                position = next + 1
            case UInt8(ascii: "n"):
                body("\n")
                position = next + 1
            case UInt8(ascii: "x"):
                let (scalar, after) = parseHexadecimal(at: position, digits: next + 1, end: range.upperBound)
                if let scalar { body(scalar) }
                position = after
            default:
                let (scalar, after) = scalar(at: next)
                ignore(at: position, "ignored the unknown escape \\\(scalar)")
                position = after
            }
        }
    }
}

/// Collects characters and begins a new span where the look changes.
private struct SpanBuilder {
    private var spans: [Receipt.Span] = []
    private var text: [UInt8] = []
    private var decoration = Decoration.plain
    /// How many carets the present size took; 0 is normal.
    private var carets = 0

    mutating func append(_ byte: UInt8) { text.append(byte) }

    mutating func append(_ run: ArraySlice<UInt8>) { text += run }

    mutating func append(_ scalar: Unicode.Scalar) { text += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter }

    mutating func change(_ body: (inout Decoration) -> Void) {
        flush()
        body(&decoration)
    }

    /// The same number of carets again ends the size; another number changes it.
    mutating func magnify(_ count: Int) {
        carets = carets == count ? 0 : count
        let (width, height) =
            switch carets {
            case 0: (1, 1)
            case 1: (2, 1)
            case 2: (1, 2)
            default: (carets - 1, carets - 1)
            }
        change {
            $0.width = width
            $0.height = height
        }
    }

    mutating func finish() -> [Receipt.Span] {
        flush()
        return spans
    }

    private mutating func flush() {
        guard !text.isEmpty else { return }
        spans.append(Receipt.Span(String(decoding: text, as: UTF8.self), decoration))
        text.removeAll(keepingCapacity: true)
    }
}

extension Unicode.Scalar {
    /// Leaves no mark and may do harm: control characters, line separators, byte order marks, and marks that turn the
    /// writing direction.
    var isForbidden: Bool {
        switch value {
        case 0..<0x20, 0x7F...0x9F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: true
        default: false
        }
    }
}
