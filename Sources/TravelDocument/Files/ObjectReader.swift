import Secrets

/// Reads data objects (ISO/IEC 7816-4, 5.2.2; DER) where they lie in a secret: what they hold is not copied.
struct ObjectReader {
    let octets: Secret
    /// What was not read yet.
    private(set) var rest: Range<Int>

    struct Object: Hashable {
        /// One or two octets, big-endian.
        var tag: UInt16
        var value: Range<Int>
    }

    init(_ octets: Secret, in range: Range<Int>? = nil) { (self.octets, rest) = (octets, range ?? 0..<octets.count) }

    /// The next object; nil at the end.
    mutating func next() throws(FileError) -> Object? {
        guard !rest.isEmpty else { return nil }
        guard let head = try head() else { throw FileError("it ends inside a data object", at: rest.upperBound) }
        let start = rest.lowerBound + head.length
        guard head.valueLength <= rest.upperBound - start else { throw FileError("a data object is longer than what holds it", at: start) }
        let end = start + head.valueLength
        rest = end..<rest.upperBound
        return Object(tag: head.tag, value: start..<end)
    }

    /// The next object, which must have this tag.
    mutating func next(_ tag: UInt16) throws(FileError) -> Range<Int> {
        let place = rest.lowerBound
        guard let object = try next(), object.tag == tag else {
            throw FileError("data object \(String(tag, radix: 16)) is missing", at: place)
        }
        return object.value
    }

    /// The next object with this tag, and how to read its parts.
    mutating func inside(_ tag: UInt16) throws(FileError) -> ObjectReader { ObjectReader(octets, in: try next(tag)) }

    /// Nothing may be left.
    func end() throws(FileError) {
        if !rest.isEmpty { throw FileError("something stands behind the last data object", at: rest.lowerBound) }
    }

    /// Tag, octets of tag and length, and length of the object ahead; nil where it is cut off in them.
    func head() throws(FileError) -> (tag: UInt16, length: Int, valueLength: Int)? {
        var place = rest.lowerBound
        func take() -> UInt8? {
            guard place < rest.upperBound else { return nil }
            defer { place += 1 }
            return octets[place]
        }
        guard let first = take() else { return nil }
        var tag = UInt16(first)
        if first & 0x1F == 0x1F {
            guard let second = take() else { return nil }
            guard second & 0x80 == 0 else { throw FileError("a tag has more than two octets", at: place) }
            tag = tag << 8 | UInt16(second)
        }
        guard let form = take() else { return nil }
        guard form > 0x7F else { return (tag, place - rest.lowerBound, Int(form)) }
        guard (0x81...0x84).contains(form) else { throw FileError("a length is indefinite or has more than four octets", at: place) }
        var length = 0
        for _ in 0..<(form & 0x7F) {
            guard let next = take() else { return nil }
            length = length << 8 | Int(next)
        }
        return (tag, place - rest.lowerBound, length)
    }
}

/// Octets that are not the file that they are read as.
struct FileError: Error, Hashable, CustomStringConvertible {
    var what: String
    /// The octet at which it shows.
    var place: Int

    init(_ what: String, at place: Int) { (self.what, self.place) = (what, place) }

    var description: String { "\(what), at octet \(place)" }
}
