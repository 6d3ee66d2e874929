/// What waits to be sent on one connection, and who wants to know when it has left.
package struct Outbox<Mark> {
    private var bytes: [UInt8] = []
    /// How many of `bytes` have left already; they are dropped in large pieces, not one by one.
    private var start = 0
    /// Each counts the bytes that must leave before it is due.
    private var marks: [(at: Int, Mark)] = []
    private var taken = 0

    package init() {}

    /// Bytes that have not left.
    package var count: Int { bytes.count - start }

    package mutating func append(_ more: [UInt8]) { bytes += more }

    /// Remembers `mark` until everything appended before it has left.
    package mutating func append(mark: Mark) { marks.append((taken + count, mark)) }

    /// The next bytes, at most `limit`; they stay until they are ``take(_:)``n.
    package func next(_ limit: Int) -> ArraySlice<UInt8> { bytes[start..<min(bytes.count, start + limit)] }

    /// So many of the next bytes have left.
    package mutating func take(_ number: Int) {
        precondition(number <= count, "more bytes left than there were")
        start += number
        taken += number
        if start == bytes.count || start > 65_536 {
            bytes.removeFirst(start)
            start = 0
        }
    }

    /// Whether a mark waits for nothing but being taken.
    package var hasDueMarks: Bool { marks.first.map { $0.at <= taken } ?? false }

    /// The marks before which everything has left, oldest first, each once.
    package mutating func takeDueMarks() -> [Mark] {
        let due = marks.prefix { $0.at <= taken }.map(\.1)
        marks.removeFirst(due.count)
        return due
    }
}
