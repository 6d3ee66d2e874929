/// Builds a body field by field.
struct BodyWriter {
    private(set) var bytes: [UInt8] = []

    mutating func octet(_ value: UInt8) { bytes.append(value) }

    /// Longer text is cut at a character, because every text here is for people to read
    /// except device names and print ids, which are short by their own rules.
    mutating func text(_ value: String, limit: Int) {
        var utf8 = Array(value.utf8.prefix(limit))
        while String(validating: utf8, as: UTF8.self) == nil { utf8.removeLast() }
        bytes += [UInt8(utf8.count >> 8), UInt8(utf8.count & 0xFF)] + utf8
    }
}

/// Reads a body field by field and refuses what is left over.
struct BodyReader {
    private var rest: ArraySlice<UInt8>

    init(_ body: [UInt8]) { rest = body[...] }

    mutating func octet(_ what: String) throws(FrameError) -> UInt8 {
        guard let first = rest.popFirst() else { throw FrameError(.malformed, "the body ends before \(what)") }
        return first
    }

    mutating func text(_ what: String) throws(FrameError) -> String {
        let length = try Int(octet(what)) << 8 | Int(octet(what))
        guard rest.count >= length else { throw FrameError(.malformed, "the body ends within \(what)") }
        guard let text = String(validating: rest.prefix(length), as: UTF8.self) else {
            throw FrameError(.malformed, "\(what) is not UTF-8")
        }
        rest.removeFirst(length)
        return text
    }

    func end() throws(FrameError) {
        guard rest.isEmpty else { throw FrameError(.malformed, "\(rest.count) octets follow the last field of the body") }
    }
}
