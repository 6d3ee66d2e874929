/// Refuses fields where a value would choose what is done: as the name of a property, or inside a device command.
///
/// Escaping makes a value harmless as text and as the value of a property; nothing can make it harmless there.
struct PropertyGuard {
    /// What the line holds so far, as the author wrote it.
    private var line: [UInt8] = []

    static func check(_ nodes: [TemplateNode]) throws(TemplateError) {
        var guardian = PropertyGuard()
        try guardian.walk(nodes)
    }

    private mutating func walk(_ nodes: [TemplateNode]) throws(TemplateError) {
        for node in nodes {
            switch node {
            case .text(let text, _):
                for byte in text.utf8 {
                    if byte == UInt8(ascii: "\n") { line = [] } else { line.append(byte) }
                }
            case .section(_, _, let inner, _): try walk(inner)
            case .value(let path, _, let place):
                try check(path, place)
                // Stands for the value in what follows.
                line.append(UInt8(ascii: "v"))
            }
        }
    }

    private func check(_ path: FieldPath, _ place: TemplatePlace) throws(TemplateError) {
        guard let member = openMember else { return }
        guard let colon = member.firstIndex(of: UInt8(ascii: ":")) else {
            throw TemplateError(
                .badTag, place, "{{\(path)}} stands where the name of a property belongs; write the name itself, then a colon")
        }
        let key = member[..<colon].filter { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
        if key.elementsEqual("command".utf8) || key.elementsEqual("x".utf8) {
            throw TemplateError(.badTag, place, "{{\(path)}} stands in a device command, whose bytes must be the technician's own")
        }
    }

    /// The property that is open at the end of the line: what stands behind its brace or the last semicolon.
    private var openMember: ArraySlice<UInt8>? {
        var start: Int?
        var position = 0
        while position < line.count {
            switch line[position] {
            case UInt8(ascii: "\\"): position += 1
            case UInt8(ascii: "{"): start = position + 1
            case UInt8(ascii: ";") where start != nil: start = position + 1
            case UInt8(ascii: "}"): start = nil
            default: break
            }
            position += 1
        }
        return start.map { line[min($0, line.count)...] }
    }
}
