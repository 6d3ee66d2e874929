extension FieldValue {
    /// Reads the data of a template from JSON (RFC 8259): an object whose values are texts, numbers, true, false, null, lists or objects.
    /// Numbers stay as they are written.
    ///
    /// - Parameter file: how messages call it.
    public static func fields(json: [UInt8], file: String) throws(TemplateError) -> Fields {
        var reader = FieldsReader(json, file: file)
        guard case .group(let fields) = try reader.document() else {
            throw TemplateError(.badData, TemplatePlace(file: file, line: 1, column: 1), "the data must be one JSON object, {…}")
        }
        return fields
    }
}

/// Reads JSON without Foundation, whose start costs more than the reading.
private struct FieldsReader {
    private let bytes: [UInt8]
    private let file: String
    private var position = 0
    private static let deepest = 64

    init(_ bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.file = file
    }

    mutating func document() throws(TemplateError) -> FieldValue {
        let value = try value(depth: 0)
        skipBlanks()
        guard position == bytes.count else { throw wrong("something stands behind the end of the data") }
        return value
    }

    private func wrong(_ detail: String) -> TemplateError {
        let before = bytes[..<min(position, bytes.count)]
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        return TemplateError(
            .badData, TemplatePlace(file: file, line: line, column: before.count - lineStart + 1), "\(detail); correct the JSON")
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipBlanks() {
        while let byte = next, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipBlanks()
        guard next == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) throws(TemplateError) -> FieldValue {
        guard depth < Self.deepest else { throw wrong("the data are nested too deeply") }
        skipBlanks()
        switch next {
        case UInt8(ascii: "{"): return .group(try object(depth: depth))
        case UInt8(ascii: "["): return .list(try list(depth: depth))
        case UInt8(ascii: "\""): return .text(try string())
        default: return try word()
        }
    }

    private mutating func object(depth: Int) throws(TemplateError) -> Fields {
        var fields: Fields = [:]
        position += 1
        if take("}") { return fields }
        repeat {
            skipBlanks()
            guard next == UInt8(ascii: "\"") else { throw wrong("a field's name in quotes is expected here") }
            let name = try string()
            guard fields[name] == nil else { throw wrong("the field “\(name)” is there twice") }
            guard take(":") else { throw wrong("a colon is expected behind “\(name)”") }
            fields[name] = try value(depth: depth + 1)
        } while take(",")
        guard take("}") else { throw wrong("a comma or } is expected here") }
        return fields
    }

    private mutating func list(depth: Int) throws(TemplateError) -> [FieldValue] {
        var items: [FieldValue] = []
        position += 1
        if take("]") { return items }
        repeat { items.append(try value(depth: depth + 1)) } while take(",")
        guard take("]") else { throw wrong("a comma or ] is expected here") }
        return items
    }

    private mutating func word() throws(TemplateError) -> FieldValue {
        let start = position
        while let byte = next, byte > 0x20, !",]}:\"[{".utf8.contains(byte) { position += 1 }
        let word = String(decoding: bytes[start..<position], as: UTF8.self)
        switch word {
        case "true": return .flag(true)
        case "false": return .flag(false)
        case "null": return .absent
        default:
            guard word.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }), Double(word) != nil else {
                position = start
                throw wrong("a value is expected here")
            }
            return .text(word)
        }
    }

    private mutating func string() throws(TemplateError) -> String {
        position += 1
        var text: [UInt8] = []
        while let byte = next {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): text += try escaped()
            case 0..<0x20: throw wrong("a control character stands in a text; write \\n or \\u00XX")
            default: text.append(byte)
            }
        }
        throw wrong("a text is not closed")
    }

    private static let escapes: [UInt8: UInt8] = [
        UInt8(ascii: "\""): UInt8(ascii: "\""), UInt8(ascii: "\\"): UInt8(ascii: "\\"), UInt8(ascii: "/"): UInt8(ascii: "/"),
        UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12, UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13, UInt8(ascii: "t"): 9,
    ]

    private mutating func escaped() throws(TemplateError) -> [UInt8] {
        guard let mark = next else { throw wrong("a text is not closed") }
        position += 1
        if let byte = Self.escapes[mark] { return [byte] }
        guard mark == UInt8(ascii: "u") else { throw wrong("this escape is not JSON") }
        var unit = try codeUnit()
        if (0xD800..<0xDC00).contains(unit), bytes[position...].starts(with: "\\u".utf8) {
            position += 2
            let low = try codeUnit()
            guard (0xDC00..<0xE000).contains(low) else { throw wrong("half of a \\u pair is missing") }
            unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(unit) else { throw wrong("half of a \\u pair is missing") }
        return Array(String(scalar).utf8)
    }

    private mutating func codeUnit() throws(TemplateError) -> UInt32 {
        guard position + 4 <= bytes.count,
            let unit = UInt32(String(decoding: bytes[position..<(position + 4)], as: UTF8.self), radix: 16)
        else { throw wrong("four hexadecimal digits are expected behind \\u") }
        position += 4
        return unit
    }
}
