/// Finds the columns of one line. Text leans to the pipe it touches; with none or two it stands in the middle.
struct ColumnScanner {
    struct Column {
        /// Between the pipes, not yet trimmed.
        var range: Range<Int>
        var align: HorizontalAlignment
        /// The line has no other column.
        var isOnly: Bool
        /// An unescaped brace is in it.
        var hasBrace: Bool
        /// Nothing in it needs a closer look: no mark, escape or control character.
        var isPlain: Bool
    }

    private let end: Int
    /// A pipe stands before the next column.
    private var followsPipe: Bool
    private var isFirst = true
    /// Nil when the line is done.
    private var start: Int?

    /// - Parameter line: Without blanks at its ends.
    init(_ line: Range<Int>, of bytes: [UInt8]) {
        followsPipe = !line.isEmpty && bytes[line.lowerBound] == Mark.pipe
        start = line.lowerBound + (followsPipe ? 1 : 0)
        end = line.upperBound
    }

    mutating func next(in bytes: [UInt8]) -> Column? {
        guard let start else { return nil }
        var position = start
        var (hasBrace, isPlain) = (false, true)
        scan: while position < end {
            switch bytes[position] {
            case Mark.pipe: break scan
            case Mark.backslash:
                isPlain = false
                position += 1
            case Mark.openBrace, Mark.closeBrace: hasBrace = true
            default: if Mark.needsLook(bytes[position]) { isPlain = false }
            }
            position += 1
        }
        let endsWithPipe = position < end
        position = min(position, end)
        let isLast = position >= end - 1
        defer {
            self.start = isLast ? nil : position + 1
            followsPipe = true
            isFirst = false
        }
        let align = align(start..<position, of: bytes, endsWithPipe: endsWithPipe)
        return Column(range: start..<position, align: align, isOnly: isFirst && isLast, hasBrace: hasBrace, isPlain: isPlain)
    }

    /// Only one pipe beside the column: it leans to it when it touches it, else away from it.
    private func align(_ range: Range<Int>, of bytes: [UInt8], endsWithPipe: Bool) -> HorizontalAlignment {
        guard !range.isEmpty, followsPipe || endsWithPipe else { return .center }
        let touchesLeft = followsPipe && !Mark.isBlank(bytes[range.lowerBound])
        let touchesRight = endsWithPipe && !Mark.isBlank(bytes[range.upperBound - 1])
        if touchesLeft != touchesRight { return touchesLeft ? .left : .right }
        if followsPipe == endsWithPipe { return .center }
        return followsPipe ? .right : .left
    }
}
