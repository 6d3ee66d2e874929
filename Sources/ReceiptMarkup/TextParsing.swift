extension LineParser {
    /// The spans of a column's text: toggles, escapes and characters.
    mutating func parseText(_ range: Range<Int>) -> [Receipt.Span] {
        var builder = SpanBuilder()
        var position = range.lowerBound
        while position < range.upperBound {
            let scalar = scalars[position]
            switch scalar {
            case "_": builder.change { $0.underline.toggle() }
            case "\"": builder.change { $0.bold.toggle() }
            case "`": builder.change { $0.invert.toggle() }
            // A space that neither wraps nor is trimmed.
            case "~": builder.append("\u{A0}")
            case "^":
                let run = scalars[position..<range.upperBound].prefix { $0 == "^" }.count
                builder.magnify(min(run, 7))
                position += run - 1
            case "\\":
                let escape = parseEscape(at: position, end: range.upperBound)
                if let character = escape.scalar { builder.append(character) }
                position += escape.length - 1
            case "{", "}": ignore(at: position, "ignored a brace inside text; write \\\(scalar)")
            case "\t": builder.append(" ")
            default: if !scalar.isForbidden { builder.append(scalar) }
            }
            position += 1
        }
        return builder.finish()
    }

    /// What the escape at `position` stands for (nil: nothing) and how many scalars it takes.
    mutating func parseEscape(at position: Int, end: Int, also extra: [Unicode.Scalar] = []) -> (scalar: Unicode.Scalar?, length: Int) {
        guard position + 1 < end else {
            ignore(at: position, "ignored a backslash at the end")
            return (nil, 1)
        }
        let next = scalars[position + 1]
        if escapable.contains(next) || extra.contains(next) { return (next, 2) }
        if next == "n" { return ("\n", 2) }
        if next == "x", let value = hexByte(at: position + 2, end: end) {
            let scalar = Unicode.Scalar(value)
            return (scalar.isForbidden ? nil : scalar, 4)
        }
        ignore(at: position, "ignored the unknown escape \\\(next)")
        return (nil, 2)
    }

    /// Two hexadecimal digits.
    func hexByte(at position: Int, end: Int) -> UInt8? {
        guard position + 2 <= end else { return nil }
        let digits = scalars[position..<(position + 2)].compactMap { Character($0).hexDigitValue }
        return digits.count == 2 && scalars[position].isASCII && scalars[position + 1].isASCII ? UInt8(digits[0] * 16 + digits[1]) : nil
    }
}

/// What a backslash makes an ordinary character.
let escapable: [Unicode.Scalar] = ["\\", "|", "{", "}", "-", "=", "~", "_", "\"", "`", "^"]

/// Collects characters and begins a new span where the look changes.
private struct SpanBuilder {
    private var spans: [Receipt.Span] = []
    private var text = String.UnicodeScalarView()
    private var decoration = Decoration.plain
    /// How many carets the present size took; 0 is normal.
    private var carets = 0

    mutating func append(_ scalar: Unicode.Scalar) { text.append(scalar) }

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
        spans.append(Receipt.Span(String(text), decoration))
        text = String.UnicodeScalarView()
    }
}
