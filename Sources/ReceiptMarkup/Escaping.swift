/// Makes `value` plain text for the markup, whatever is in it; to be called as `ReceiptMarkup.escape(_:)`.
///
/// A template engine calls this on every value it inserts, in text as well as in properties. Nothing of the result is a
/// directive: marks are escaped, line ends and tabs become spaces, other control characters are dropped, and so are
/// spaces at the ends, because they would change where a column leans.
public func escape(_ value: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in value.unicodeScalars {
        if scalar == " " || scalar == "\n" || scalar == "\t" {
            if !result.isEmpty { result.append(" ") }
        } else if scalar == ";" {
            // `\;` means a semicolon in properties only, this in both places.
            result.append(contentsOf: "\\x3b".unicodeScalars)
        } else if !scalar.isForbidden {
            if escapable.contains(scalar) { result.append("\\") }
            result.append(scalar)
        }
    }
    while result.last == " " { result.removeLast() }
    return String(result)
}
