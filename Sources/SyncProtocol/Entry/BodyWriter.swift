/// Writes the body of an entry: one flat, compact JSON object (RFC 8259), whose fields come in the order of their names.
///
/// The same octets as Foundation's `JSONEncoder` gives with sorted keys and plain slashes, which takes as long as storing the entry.
struct BodyWriter {
    private var octets: [UInt8] = []

    init() {
        octets.reserveCapacity(320)
        octets.append(UInt8(ascii: "{"))
    }

    /// The whole object.
    consuming func end() -> [UInt8] {
        octets.append(UInt8(ascii: "}"))
        return octets
    }

    mutating func field(_ name: StaticString, _ text: String) {
        begin(name)
        append(text)
    }

    mutating func field(_ name: StaticString, _ number: some BinaryInteger) {
        begin(name)
        octets += String(number).utf8
    }

    mutating func field(_ name: StaticString, _ flag: Bool) {
        begin(name)
        octets += (flag ? "true" : "false").utf8
    }

    mutating func field(_ name: StaticString, _ texts: [String]) {
        begin(name)
        octets.append(UInt8(ascii: "["))
        for (index, text) in texts.enumerated() {
            if index > 0 { octets.append(UInt8(ascii: ",")) }
            append(text)
        }
        octets.append(UInt8(ascii: "]"))
    }

    /// Nothing at all where there is no value.
    mutating func field(_ name: StaticString, _ text: String?) {
        if let text { field(name, text) }
    }

    /// Nothing at all where there is no value.
    mutating func field(_ name: StaticString, _ number: Int?) {
        if let number { field(name, number) }
    }

    private mutating func begin(_ name: StaticString) {
        if octets.count > 1 { octets.append(UInt8(ascii: ",")) }
        octets.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { octets.append(contentsOf: $0) }
        octets += [UInt8(ascii: "\""), UInt8(ascii: ":")]
    }

    private mutating func append(_ text: String) {
        octets.append(UInt8(ascii: "\""))
        defer { octets.append(UInt8(ascii: "\"")) }
        // Mostly nothing needs an escape.
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) else {
            octets += text.utf8
            return
        }
        for octet in text.utf8 {
            switch octet {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): octets += [UInt8(ascii: "\\"), octet]
            case 0x08: octets += #"\b"#.utf8
            case 0x09: octets += #"\t"#.utf8
            case 0x0A: octets += #"\n"#.utf8
            case 0x0C: octets += #"\f"#.utf8
            case 0x0D: octets += #"\r"#.utf8
            case 0..<0x10: octets += (#"\u000"# + String(octet, radix: 16)).utf8
            case 0x10..<0x20: octets += (#"\u00"# + String(octet, radix: 16)).utf8
            case _: octets.append(octet)
            }
        }
    }
}
