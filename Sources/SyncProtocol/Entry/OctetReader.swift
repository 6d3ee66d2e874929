/// Reads octets from the front and knows where it stands.
struct OctetReader {
    private let octets: [UInt8]
    private(set) var offset = 0

    init(_ octets: [UInt8]) { self.octets = octets }

    mutating func take(_ count: Int) throws(EntryError) -> [UInt8] { Array(octets[try skip(count)]) }

    /// Moves on, and says where what was passed stands.
    private mutating func skip(_ count: Int) throws(EntryError) -> Range<Int> {
        guard count <= octets.count - offset else { throw .truncated(offset: offset) }
        defer { offset += count }
        return offset..<offset + count
    }

    mutating func byte() throws(EntryError) -> UInt8 { octets[try skip(1).lowerBound] }

    mutating func number<Number: FixedWidthInteger & UnsignedInteger>(_: Number.Type) throws(EntryError) -> Number {
        var number: Number = 0
        for index in try skip(Number.bitWidth / 8) { number = number << 8 | Number(octets[index]) }
        return number
    }

    mutating func fixed<Value: FixedOctets>(_: Value.Type) throws(EntryError) -> Value {
        let start = offset
        let place = try skip(Value.size)
        guard let value = octets.withUnsafeBytes({ Value(octets: UnsafeRawBufferPointer(rebasing: $0[place])) }) else {
            throw .truncated(offset: start)
        }
        return value
    }

    /// ASCII that is filled up with zeros; `nil` when it is anything else.
    mutating func text(_ width: Int) throws(EntryError) -> String? {
        let field = try skip(width)
        var end = field.lowerBound
        while end < field.upperBound, octets[end] != 0 {
            guard octets[end] < 0x80 else { return nil }
            end += 1
        }
        for index in end..<field.upperBound where octets[index] != 0 { return nil }
        return String(decoding: octets[field.lowerBound..<end], as: UTF8.self)
    }

    /// Octets behind their length in four octets.
    mutating func prefixed() throws(EntryError) -> [UInt8] {
        let length = try number(UInt32.self)
        guard length <= UInt32(octets.count - offset) else { throw .truncated(offset: offset) }
        return try take(Int(length))
    }

    func end() throws(EntryError) {
        guard offset == octets.count else { throw .trailing(count: octets.count - offset) }
    }
}
