extension Receipt {
    /// Parses ReceiptLine markup.
    ///
    /// - Parameter allowingDeviceCommands: Whether `{command:…}` passes its bytes on to the printer. Only for files that
    ///   the technician installed; otherwise the property is ignored and reported.
    public init(parsing markup: String, allowingDeviceCommands: Bool = false) {
        // Scalars, not characters: a combining mark in a value must not melt with a pipe or brace and hide it.
        var scalars = Array(markup.unicodeScalars)
        if scalars.last == "\n" { scalars.removeLast() }
        self.init(lines: [])
        for (index, line) in scalars.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            var parser = LineParser(Array(line), number: index + 1, allowsDeviceCommands: allowingDeviceCommands)
            lines.append(parser.parse())
            diagnostics += parser.diagnostics
        }
    }
}

/// Parses one line; its positions are indices into ``scalars``.
struct LineParser {
    let scalars: [Unicode.Scalar]
    let number: Int
    let allowsDeviceCommands: Bool
    var diagnostics: [Receipt.Diagnostic] = []

    init(_ scalars: [Unicode.Scalar], number: Int, allowsDeviceCommands: Bool) {
        self.scalars = scalars
        self.number = number
        self.allowsDeviceCommands = allowsDeviceCommands
    }

    mutating func ignore(at position: Int, _ message: String) {
        diagnostics.append(Receipt.Diagnostic(line: number, column: position + 1, message: message))
    }

    mutating func parse() -> Receipt.Line {
        let columns = columnRanges()
        if columns.count == 1, let only = columns.first {
            let content = scalars[only.content]
            if !content.isEmpty, content.allSatisfy({ $0 == "-" }) { return .rule }
            if !content.isEmpty, content.allSatisfy({ $0 == "=" }) { return .cut }
            if isProperties(content) { return .properties(parseProperties(only.content), align: only.align) }
        }
        return .text(
            columns.map { column in
                if columns.count > 1, isProperties(scalars[column.content]) {
                    ignore(at: column.content.lowerBound, "ignored properties beside other columns; give them a line of their own")
                    return Receipt.Column(align: column.align, spans: [])
                }
                return Receipt.Column(align: column.align, spans: parseText(column.content))
            })
    }

    private struct ColumnRange {
        var align: HorizontalAlignment
        var content: Range<Int>
    }

    /// The parts between the pipes. Text leans to the pipe it touches; with none or two it stands in the middle.
    private func columnRanges() -> [ColumnRange] {
        let line = trimmed(0..<scalars.count)
        var pipes = unescapedPipes(line)
        var edges = (start: line.lowerBound, end: line.upperBound)
        let opensWithPipe = pipes.first == line.lowerBound
        if opensWithPipe { edges.start = pipes.removeFirst() + 1 }
        let closesWithPipe = !pipes.isEmpty && pipes.last == line.upperBound - 1
        if closesWithPipe { edges.end = pipes.removeLast() }

        let starts = [edges.start] + pipes.map { $0 + 1 }
        let ends = pipes + [edges.end]
        return zip(starts, ends).enumerated().map { index, range in
            let content = trimmed(range.0..<range.1)
            let touchesLeft = content.lowerBound == range.0 && (index > 0 || opensWithPipe)
            let touchesRight = content.upperBound == range.1 && (index < starts.count - 1 || closesWithPipe)
            let align: HorizontalAlignment = touchesLeft == touchesRight ? .center : touchesLeft ? .left : .right
            return ColumnRange(align: align, content: content)
        }
    }

    private func unescapedPipes(_ range: Range<Int>) -> [Int] {
        var pipes: [Int] = []
        var position = range.lowerBound
        while position < range.upperBound {
            if scalars[position] == "|" { pipes.append(position) }
            position += scalars[position] == "\\" ? 2 : 1
        }
        return pipes
    }

    func trimmed(_ range: Range<Int>) -> Range<Int> {
        let start = range.first { !scalars[$0].isBlank } ?? range.upperBound
        let end = range.last { !scalars[$0].isBlank }.map { $0 + 1 } ?? start
        return start..<max(start, end)
    }

    /// Begins with `{` and ends with the first unescaped `}`.
    private func isProperties(_ content: ArraySlice<Unicode.Scalar>) -> Bool {
        guard content.first == "{" else { return false }
        var position = content.startIndex + 1
        while position < content.endIndex {
            switch scalars[position] {
            case "\\": position += 2
            case "{": return false
            case "}": return position == content.endIndex - 1
            default: position += 1
            }
        }
        return false
    }
}

extension Unicode.Scalar {
    /// What is trimmed around columns and values; a carriage return is the rest of a line end.
    var isBlank: Bool { self == " " || self == "\t" || self == "\r" }

    /// Leaves no mark and may do harm: control characters, line separators, and marks that turn the writing direction.
    var isForbidden: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: (0x202A...0x202E).contains(value) || (0x2066...0x2069).contains(value)
        }
    }
}
