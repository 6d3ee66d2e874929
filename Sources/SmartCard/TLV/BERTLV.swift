/// One data object: a tag, a length, a value (ISO/IEC 7816-4, 5.2.2; BER with definite lengths).
public struct DataObject: Hashable, Sendable {
    public var tag: DataTag
    /// The value field; of a constructed object the octets of its parts.
    public var value: [UInt8]

    public init(_ tag: DataTag, _ value: [UInt8]) { (self.tag, self.value) = (tag, value) }

    public init(_ tag: DataTag, parts: [DataObject]) { self.init(tag, parts.flatMap(\.octets)) }

    /// As it is sent, its length in as few octets as possible.
    public var octets: [UInt8] { tag.octets + Self.length(value.count) + value }

    /// The parts of a constructed object.
    public func parts() throws(TLVError) -> [DataObject] {
        guard tag.isConstructed else { throw TLVError(.primitive, at: 0) }
        return try Self.sequence(value)
    }

    /// Reads objects one behind the other; padding of 00 between them is skipped, as the standard allows.
    /// FF, which it allows too, is not: it begins tags in use.
    public static func sequence(_ octets: [UInt8]) throws(TLVError) -> [DataObject] {
        var reader = TLVReader(octets[...])
        var objects: [DataObject] = []
        while let object = try reader.next() { objects.append(object) }
        return objects
    }

    /// Reads exactly one object with nothing behind it.
    public init(decoding octets: [UInt8]) throws(TLVError) {
        var reader = TLVReader(octets[...])
        guard let object = try reader.next() else { throw TLVError(.cutOff, at: 0) }
        guard reader.rest.isEmpty else { throw TLVError(.trailing, at: reader.rest.startIndex) }
        self = object
    }

    static func length(_ count: Int) -> [UInt8] {
        guard count > 0x7F else { return [UInt8(count)] }
        var octets: [UInt8] = []
        var rest = count
        while rest > 0 {
            octets.insert(UInt8(rest & 0xFF), at: 0)
            rest >>= 8
        }
        return [0x80 | UInt8(octets.count)] + octets
    }
}

/// The tag of a data object, as its octets: `5F1F`, `7C`.
public struct DataTag: Hashable, Sendable, ExpressibleByIntegerLiteral, CustomStringConvertible {
    /// One to four octets, big-endian.
    public var rawValue: UInt32

    public init(integerLiteral value: UInt32) { rawValue = value }
    init(_ rawValue: UInt32) { self.rawValue = rawValue }

    /// Whether its value is made of objects.
    public var isConstructed: Bool { octets[0] & 0x20 != 0 }

    var octets: [UInt8] {
        let all = (0..<4).map { UInt8(rawValue >> (24 - 8 * UInt32($0)) & 0xFF) }
        return Array(all.drop { $0 == 0 }.isEmpty ? [0] : all.drop { $0 == 0 })
    }

    public var description: String { octets.hexadecimal }
}

/// Reads data objects from the front of some octets, with no more memory than they have.
public struct TLVReader: Sendable {
    /// What was not read yet.
    public private(set) var rest: ArraySlice<UInt8>

    public init(_ octets: ArraySlice<UInt8>) { rest = octets }

    /// The next object; nil at the end.
    public mutating func next() throws(TLVError) -> DataObject? {
        rest = rest.drop { $0 == 0 }
        guard !rest.isEmpty else { return nil }
        var ahead = rest
        let tag = try Self.tag(&ahead)
        let length = try Self.length(&ahead)
        guard ahead.count >= length else { throw TLVError(.cutOff, at: ahead.startIndex) }
        defer { rest = ahead.dropFirst(length) }
        return DataObject(tag, Array(ahead.prefix(length)))
    }

    /// Takes off tag and length, so that a long value can be fetched in pieces; nil where there is not enough of them yet.
    public static func head(_ octets: [UInt8]) throws(TLVError) -> (tag: DataTag, headLength: Int, valueLength: Int)? {
        var ahead = octets[...]
        do throws(TLVError) {
            let tag = try tag(&ahead)
            let length = try length(&ahead)
            return (tag, ahead.startIndex, length)
        } catch {
            if error.code == .cutOff { return nil }
            throw error
        }
    }

    private static func tag(_ ahead: inout ArraySlice<UInt8>) throws(TLVError) -> DataTag {
        guard let first = ahead.popFirst() else { throw TLVError(.cutOff, at: ahead.startIndex) }
        var tag = UInt32(first)
        guard first & 0x1F == 0x1F else { return DataTag(tag) }
        for count in 1... {
            guard let next = ahead.popFirst() else { throw TLVError(.cutOff, at: ahead.startIndex) }
            // At most four octets; the second must not be 80, which would begin a number with zeros.
            guard count <= 3, count > 1 || next != 0x80 else { throw TLVError(.tag, at: ahead.startIndex - 1) }
            tag = tag << 8 | UInt32(next)
            if next & 0x80 == 0 { break }
        }
        return DataTag(tag)
    }

    private static func length(_ ahead: inout ArraySlice<UInt8>) throws(TLVError) -> Int {
        guard let first = ahead.popFirst() else { throw TLVError(.cutOff, at: ahead.startIndex) }
        guard first > 0x7F else { return Int(first) }
        let count = Int(first & 0x7F)
        // 80 is the indefinite form, which cards do not use; more than four octets is no length that fits a card.
        guard (1...4).contains(count) else { throw TLVError(.length, at: ahead.startIndex - 1) }
        var length = 0
        for _ in 0..<count {
            guard let next = ahead.popFirst() else { throw TLVError(.cutOff, at: ahead.startIndex) }
            length = length << 8 | Int(next)
        }
        return length
    }
}

/// Octets that are no data object.
public struct TLVError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        /// The octets end before the object does.
        case cutOff
        /// A tag of more than four octets.
        case tag
        /// An indefinite length, or one of more than four octets.
        case length
        /// Something behind the only object.
        case trailing
        /// A primitive object has no parts.
        case primitive
    }
    public var code: Code
    /// The octet at which it shows.
    public var place: Int

    init(_ code: Code, at place: Int) { (self.code, self.place) = (code, place) }

    public var description: String {
        switch code {
        case .cutOff: "the data object ends at octet \(place) before its length is reached"
        case .tag: "the tag at octet \(place) has more than four octets"
        case .length: "the length at octet \(place) is indefinite or has more than four octets"
        case .trailing: "something stands behind the data object at octet \(place)"
        case .primitive: "a primitive data object has no parts"
        }
    }
}
