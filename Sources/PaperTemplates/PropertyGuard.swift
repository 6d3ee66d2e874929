/// Finds the fields that are the data of a code, and refuses those where a value would choose what is done: as the name of
/// a property, or inside a device command.
///
/// Escaping makes a value harmless as text and as the value of a property; nothing can make it harmless there.
struct PropertyGuard {
    /// What the line holds so far, as the author wrote it.
    private var line: [UInt8] = []

    /// The nodes, with each field's ``Insertion`` as its place asks for.
    static func checked(_ nodes: [TemplateNode]) throws(TemplateError) -> [TemplateNode] {
        var guardian = PropertyGuard()
        return try guardian.walk(nodes)
    }

    private mutating func walk(_ nodes: [TemplateNode]) throws(TemplateError) -> [TemplateNode] {
        var checked: [TemplateNode] = []
        for node in nodes {
            switch node {
            case .text(let text, _):
                for byte in text.utf8 {
                    if byte == UInt8(ascii: "\n") { line = [] } else { line.append(byte) }
                }
                checked.append(node)
            case .section(let path, let isInverted, let inner, let place):
                checked.append(.section(path, isInverted: isInverted, try walk(inner), place))
            case .value(let path, let insertion, let place):
                let isCode = try isCode(path, place)
                checked.append(.value(path, isCode && insertion == .text ? .payload : insertion, place))
                // Stands for the value in what follows.
                line.append(UInt8(ascii: "v"))
            }
        }
        return checked
    }

    /// Whether a value here is the data of a code; throws where none may stand.
    private func isCode(_ path: FieldPath, _ place: TemplatePlace) throws(TemplateError) -> Bool {
        guard let member = openMember else { return false }
        guard let colon = member.firstIndex(of: UInt8(ascii: ":")) else {
            throw TemplateError(
                .badTag, place, "{{\(path)}} stands where the name of a property belongs; write the name itself, then a colon")
        }
        let key = member[..<colon].filter { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
        if key.elementsEqual("command".utf8) || key.elementsEqual("x".utf8) {
            throw TemplateError(.badTag, place, "{{\(path)}} stands in a device command, whose bytes must be the technician's own")
        }
        return key.elementsEqual("code".utf8) || key.elementsEqual("c".utf8)
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
