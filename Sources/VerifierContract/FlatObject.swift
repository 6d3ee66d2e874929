import Secrets

/// One JSON object (RFC 8259) in octets that are read where they are, so that nothing personal is copied but into a ``Secret``.
///
/// Only the outermost fields are looked at; what stands in nested values is skipped.
struct FlatObject {
    /// Where the value of a field stands in the line.
    private var places: [(name: Range<Int>, value: Range<Int>)] = []
    private let line: UnsafeBufferPointer<UInt8>

    /// nil where `line` is no JSON object, or has a field twice.
    init?(_ line: UnsafeBufferPointer<UInt8>) {
        self.line = line
        var scanner = Scanner(line: line)
        guard scanner.take("{") else { return nil }
        if !scanner.take("}") {
            repeat {
                guard let name = scanner.string(), scanner.take(":"), let value = scanner.value(depth: 0) else { return nil }
                guard !places.contains(where: { line[$0.name].elementsEqual(line[name]) }) else { return nil }
                places.append((name, value))
            } while scanner.take(",")
            guard scanner.take("}") else { return nil }
        }
        guard scanner.isAtEnd else { return nil }
    }

    private func place(_ name: StaticString) -> Range<Int>? {
        name.withUTF8Buffer { wanted in places.first { line[$0.name].dropFirst().dropLast().elementsEqual(wanted) }?.value }
    }

    func has(_ name: StaticString) -> Bool { place(name) != nil }

    /// A text of printable ASCII without escapes; nil for everything else.
    func text(_ name: StaticString) -> String? {
        guard let octets = plain(name), octets.allSatisfy({ (0x20...0x7E).contains($0) }) else { return nil }
        return String(decoding: octets, as: UTF8.self)
    }

    /// A text without escapes, for nobody else's eyes.
    func secret(_ name: StaticString) -> Secret? { plain(name).map { Secret($0) } }

    /// A whole number from 0 to 999,999,999.
    func number(_ name: StaticString) -> Int? {
        guard let place = place(name), (1...9).contains(place.count), line[place].allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return line[place].reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    func flag(_ name: StaticString) -> Bool? {
        guard let place = place(name) else { return nil }
        if line[place].elementsEqual("true".utf8) { return true }
        return line[place].elementsEqual("false".utf8) ? false : nil
    }

    private func plain(_ name: StaticString) -> Slice<UnsafeBufferPointer<UInt8>>? {
        guard let place = place(name), place.count >= 2, line[place.lowerBound] == UInt8(ascii: "\"") else { return nil }
        let inside = line[place.lowerBound + 1..<place.upperBound - 1]
        return inside.contains(UInt8(ascii: "\\")) ? nil : inside
    }
}

/// Steps over JSON.
private struct Scanner {
    let line: UnsafeBufferPointer<UInt8>
    private var at = 0

    init(line: UnsafeBufferPointer<UInt8>) { self.line = line }

    private static let deepest = 16
    private static let literals = ["true", "false", "null"]

    private mutating func skipSpace() {
        while at < line.count, [0x20, 0x09, 0x0A, 0x0D].contains(line[at]) { at += 1 }
    }

    var isAtEnd: Bool { line[at...].allSatisfy { [0x20, 0x09, 0x0A, 0x0D].contains($0) } }

    mutating func take(_ sign: Unicode.Scalar) -> Bool {
        skipSpace()
        guard at < line.count, line[at] == UInt8(ascii: sign) else { return false }
        at += 1
        return true
    }

    /// A string with its quotes.
    mutating func string() -> Range<Int>? {
        skipSpace()
        let start = at
        guard at < line.count, line[at] == UInt8(ascii: "\"") else { return nil }
        at += 1
        while at < line.count {
            switch line[at] {
            case UInt8(ascii: "\""):
                at += 1
                return start..<at
            case UInt8(ascii: "\\"): at += 2
            case 0..<0x20: return nil
            case _: at += 1
            }
        }
        return nil
    }

    mutating func value(depth: Int) -> Range<Int>? {
        skipSpace()
        let start = at
        guard at < line.count, depth < Self.deepest else { return nil }
        switch line[at] {
        case UInt8(ascii: "\""): return string()
        case UInt8(ascii: "{"):
            return members(depth, end: "}") { $0.string() != nil && $0.take(":") } ? start..<at : nil
        case UInt8(ascii: "["): return members(depth, end: "]") { _ in true } ? start..<at : nil
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            while at < line.count, "0123456789+-.eE".utf8.contains(line[at]) { at += 1 }
            return start..<at
        case _:
            guard let literal = Self.literals.first(where: { line[at...].starts(with: $0.utf8) }) else { return nil }
            at += literal.utf8.count
            return start..<at
        }
    }

    private mutating func members(_ depth: Int, end: Unicode.Scalar, before: (inout Scanner) -> Bool) -> Bool {
        at += 1
        if take(end) { return true }
        repeat {
            guard before(&self), value(depth: depth + 1) != nil else { return false }
        } while take(",")
        return take(end)
    }
}
