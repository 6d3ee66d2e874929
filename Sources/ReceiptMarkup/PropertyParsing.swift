extension LineParser {
    /// The properties between the braces at the ends of `range`.
    mutating func parseProperties(_ range: Range<Int>) -> [Receipt.Property] {
        let inner = (range.lowerBound + 1)..<(range.upperBound - 1)
        return members(inner).compactMap { member in
            let member = trimmed(member)
            guard !member.isEmpty else { return nil }
            guard let colon = member.first(where: { scalars[$0] == ":" }) else {
                ignore(at: member.lowerBound, "ignored a property without a colon")
                return nil
            }
            let key = String(String.UnicodeScalarView(scalars[trimmed(member.lowerBound..<colon)]))
            return property(key, at: member.lowerBound, value: trimmed((colon + 1)..<member.upperBound))
        }
    }

    /// The ranges between unescaped semicolons.
    private func members(_ range: Range<Int>) -> [Range<Int>] {
        var members: [Range<Int>] = []
        var start = range.lowerBound
        var position = start
        while position < range.upperBound {
            if scalars[position] == ";" {
                members.append(start..<position)
                start = position + 1
            }
            position += scalars[position] == "\\" ? 2 : 1
        }
        return members + [start..<range.upperBound]
    }

    private mutating func property(_ key: String, at position: Int, value range: Range<Int>) -> Receipt.Property? {
        let value = unescaped(range)
        let property: Receipt.Property?
        switch key {
        case "image", "i": property = decodeBase64(value).map { .image($0) }
        case "code", "c": property = value.isEmpty ? nil : .code(value)
        case "option", "o": property = option(value).map { .option($0) }
        case "align", "a": property = HorizontalAlignment(rawValue: value).map { .align($0) }
        case "width", "w": property = widths(value).map { .width($0) }
        case "border", "b": property = border(value).map { .border($0) }
        case "text", "t": property = value == "wrap" || value == "nowrap" ? .wrap(value == "wrap") : nil
        case "comment", "_": property = .comment(value)
        case "command", "x":
            guard allowsDeviceCommands else {
                ignore(at: position, "ignored a device command, which is allowed only in files that the technician installed")
                return nil
            }
            property = .command(deviceBytes(range))
        default:
            ignore(at: position, "ignored the unknown property \"\(key)\"")
            return nil
        }
        if property == nil { ignore(at: position, "ignored \"\(key)\", whose value is not one it can have") }
        return property
    }

    private mutating func unescaped(_ range: Range<Int>) -> String {
        var text = String.UnicodeScalarView()
        var position = range.lowerBound
        while position < range.upperBound {
            if scalars[position] == "\\" {
                let escape = parseEscape(at: position, end: range.upperBound, also: [";", ":"])
                if let scalar = escape.scalar { text.append(scalar) }
                position += escape.length
            } else {
                if !scalars[position].isForbidden { text.append(scalars[position]) }
                position += 1
            }
        }
        return String(text)
    }

    /// Characters as UTF-8, `\xNN` as that very byte, control bytes included.
    private func deviceBytes(_ range: Range<Int>) -> [UInt8] {
        var bytes: [UInt8] = []
        var position = range.lowerBound
        while position < range.upperBound {
            if scalars[position] == "\\", position + 1 < range.upperBound {
                if scalars[position + 1] == "x", let byte = hexByte(at: position + 2, end: range.upperBound) {
                    bytes.append(byte)
                    position += 4
                } else {
                    bytes += scalars[position + 1] == "n" ? [0x0A] : Array(String(scalars[position + 1]).utf8)
                    position += 2
                }
            } else {
                bytes += Array(String(scalars[position]).utf8)
                position += 1
            }
        }
        return bytes
    }

    /// `qrcode,4,m`: the parts after the name in any order, separated by commas or spaces.
    private func option(_ value: String) -> Receipt.CodeOption? {
        let parts = value.lowercased().split { $0 == "," || $0 == " " }.map { String($0) }
        guard let name = parts.first else { return nil }
        guard name == "qrcode" else { return Self.barcodes.contains(name) ? .barcode(name) : nil }
        var cell = 3
        var level = QRLevel.l
        for part in parts.dropFirst() {
            if let number = Int(part), (3...8).contains(number) {
                cell = number
            } else if let given = QRLevel(rawValue: part) {
                level = given
            } else {
                return nil
            }
        }
        return .qrCode(cell: cell, level: level)
    }

    static let barcodes: Set<String> = ["upc", "ean", "jan", "code39", "itf", "codabar", "nw7", "code93", "code128"]

    private func widths(_ value: String) -> [Receipt.ColumnWidth]? {
        if value == "auto" { return [] }
        let parts = value.split { $0 == "," || $0 == " " }
        let widths = parts.compactMap { part -> Receipt.ColumnWidth? in
            if part == "*" { return .share }
            return Int(part).flatMap { (0...255).contains($0) ? .cells($0) : nil }
        }
        return widths.count == parts.count && !widths.isEmpty ? widths : nil
    }

    private func border(_ value: String) -> Receipt.Border? {
        switch value {
        case "line": .line
        case "space": .space(1)
        case "none": .space(0)
        default: Int(value).flatMap { (0...2).contains($0) ? .space($0) : nil }
        }
    }
}
