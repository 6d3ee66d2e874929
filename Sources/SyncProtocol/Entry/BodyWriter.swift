/// Writes the body of an entry: one flat, compact JSON object (RFC 8259), whose fields come in the order of their names.
///
/// The same octets as Foundation's `JSONEncoder` gives with sorted keys and plain slashes, which takes as long as storing the entry.
struct BodyWriter: ~Copyable {
    private var writer = OctetWriter(capacity: 320)

    init() { writer.put(UInt8(ascii: "{")) }

    /// The whole object.
    consuming func end() -> [UInt8] {
        writer.put(UInt8(ascii: "}"))
        return writer.octets
    }

    mutating func field(_ name: StaticString, _ text: String) {
        begin(name)
        put(text)
    }

    mutating func field(_ name: StaticString, _ number: some FixedWidthInteger) {
        begin(name)
        writer.put(decimal: number)
    }

    mutating func field(_ name: StaticString, _ flag: Bool) {
        begin(name)
        writer.put(flag ? "true" : "false" as StaticString)
    }

    mutating func field(_ name: StaticString, _ texts: [String]) {
        begin(name)
        writer.put(UInt8(ascii: "["))
        for (index, text) in texts.enumerated() {
            if index > 0 { writer.put(UInt8(ascii: ",")) }
            put(text)
        }
        writer.put(UInt8(ascii: "]"))
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
        writer.put(writer.count > 1 ? ",\"" : "\"" as StaticString)
        writer.put(name)
        writer.put("\":" as StaticString)
    }

    private mutating func put(_ text: String) {
        var text = text
        writer.put(UInt8(ascii: "\""))
        text.withUTF8 { octets in
            // Mostly nothing needs an escape; all are looked at without a branch for each.
            var escapes = 0
            for octet in octets { escapes |= (octet < 0x20 ? 1 : 0) | (octet == 0x22 ? 1 : 0) | (octet == 0x5C ? 1 : 0) }
            if escapes > 0 {
                for octet in octets { putEscaped(octet) }
            } else {
                writer.put(UnsafeRawBufferPointer(octets))
            }
        }
        writer.put(UInt8(ascii: "\""))
    }

    private mutating func putEscaped(_ octet: UInt8) {
        switch octet {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): writer.put([UInt8(ascii: "\\"), octet])
        case 0x08: writer.put(#"\b"# as StaticString)
        case 0x09: writer.put(#"\t"# as StaticString)
        case 0x0A: writer.put(#"\n"# as StaticString)
        case 0x0C: writer.put(#"\f"# as StaticString)
        case 0x0D: writer.put(#"\r"# as StaticString)
        case 0..<0x10: writer.put(#"\u000"# + String(octet, radix: 16))
        case 0x10..<0x20: writer.put(#"\u00"# + String(octet, radix: 16))
        case _: writer.put(octet)
        }
    }
}
