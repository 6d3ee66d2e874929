/// Makes `value` plain text for the markup, whatever is in it; to be called as `ReceiptMarkup.escape(_:)`.
///
/// A template engine calls this on every value it inserts, in text as well as in properties. Nothing of the result is a
/// directive: marks become `\xNN`, which the specification knows in both places, line ends and tabs become spaces, other
/// control characters are dropped, and so are spaces at the ends, because they would change where a column leans.
/// For the data of a code, of which every byte counts, see ``escapePayload(_:)``.
public func escape(_ value: String) -> String {
    var result: [UInt8] = []
    result.reserveCapacity(value.utf8.count + 16)
    for scalar in value.unicodeScalars {
        switch scalar {
        case " ", "\n", "\t": if !result.isEmpty { result.append(Mark.space) }
        case "\\", "|", "{", "}", "~", "_", "\"", "`", "^", ";": appendEscape(scalar, to: &result)
        // Alone in their column they would be a rule or a cut.
        case "-", "=": if result.isEmpty { appendEscape(scalar, to: &result) } else { result.append(UInt8(ascii: scalar)) }
        case "!"..."}": result.append(UInt8(ascii: scalar))
        default: if !scalar.isForbidden { result += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter }
        }
    }
    while result.last == Mark.space { result.removeLast() }
    return String(decoding: result, as: UTF8.self)
}

/// Makes `value` the value of a property, `{code:…}` above all, from which parsing gets back every character of it.
///
/// Not for text: there line ends would break the line.
public func escapePayload(_ value: String) -> String {
    var result: [UInt8] = []
    let scalars = value.unicodeScalars
    for index in scalars.indices {
        let isAtEnd = index == scalars.startIndex || scalars.index(after: index) == scalars.endIndex
        switch scalars[index] {
        case "\\", "|", "{", "}", ";", "\u{0}"..<" ", "\u{7F}": appendEscape(scalars[index], to: &result)
        case " " where isAtEnd: appendEscape(" ", to: &result)
        default: result += UTF8.encode(scalars[index]) ?? UTF8.encodedReplacementCharacter
        }
    }
    return String(decoding: result, as: UTF8.self)
}

/// `\xNN` of an ASCII scalar.
private func appendEscape(_ scalar: Unicode.Scalar, to result: inout [UInt8]) {
    let digits: StaticString = "0123456789abcdef"
    let byte = UInt8(ascii: scalar)
    digits.withUTF8Buffer { result += [Mark.backslash, UInt8(ascii: "x"), $0[Int(byte >> 4)], $0[Int(byte & 0x0F)]] }
}
