import KioskCore

/// Puts octets one behind the other, numbers big-endian, into memory of its own: an array would look after itself with each of them.
struct OctetWriter: ~Copyable {
    private var memory: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    /// - Parameter capacity: what is expected; it grows when more comes.
    init(capacity: Int) { memory = .allocate(byteCount: max(16, capacity), alignment: 16) }

    deinit { memory.deallocate() }

    /// What was put so far.
    var octets: [UInt8] { [UInt8](UnsafeRawBufferPointer(rebasing: memory[..<count])) }

    @inline(__always)
    mutating func put(_ octet: UInt8) {
        makeRoom(1)
        memory[count] = octet
        count += 1
    }

    @inline(__always)
    mutating func put(_ octets: UnsafeRawBufferPointer) {
        makeRoom(octets.count)
        UnsafeMutableRawBufferPointer(rebasing: memory[count..<count + octets.count]).copyMemory(from: octets)
        count += octets.count
    }

    mutating func put(_ octets: [UInt8]) { octets.withUnsafeBytes { put($0) } }

    @inline(__always)
    mutating func put(_ literal: StaticString) {
        put(UnsafeRawBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    mutating func put(_ text: String) {
        var text = text
        text.withUTF8 { put(UnsafeRawBufferPointer($0)) }
    }

    mutating func put(decimal number: some FixedWidthInteger) {
        if number < 0 { put(UInt8(ascii: "-")) }
        var rest = number.magnitude
        var digits = 1
        while rest >= 10 { (rest, digits) = (rest / 10, digits + 1) }
        makeRoom(digits)
        rest = number.magnitude
        for place in stride(from: count + digits - 1, through: count, by: -1) {
            memory[place] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
        count += digits
    }

    mutating func put(bigEndian number: some FixedWidthInteger & UnsignedInteger) { withUnsafeBytes(of: number.bigEndian) { put($0) } }

    mutating func put(_ value: some FixedOctets) { withUnsafeBytes(of: value) { put($0) } }

    /// `text` and zeros up to `width`. The types of the fields keep their texts that short.
    mutating func put(_ text: String, filling width: Int) {
        let end = count + width
        put(text)
        makeRoom(end - count)
        UnsafeMutableRawBufferPointer(rebasing: memory[count..<end]).initializeMemory(as: UInt8.self, repeating: 0)
        count = end
    }

    /// Octets behind their length in four octets.
    mutating func put(prefixed octets: [UInt8]) {
        put(bigEndian: UInt32(octets.count))
        put(octets)
    }

    @inline(__always)
    private mutating func makeRoom(_ more: Int) {
        if count + more > memory.count { grow(more) }
    }

    private mutating func grow(_ more: Int) {
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: max(2 * memory.count, count + more), alignment: 16)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[..<count]))
        memory.deallocate()
        memory = larger
    }
}
