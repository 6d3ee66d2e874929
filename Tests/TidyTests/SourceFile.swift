/// One source file and what can be told of it without a compiler.
///
/// `swift format lint` runs before these tests, so indentation can be trusted: a body ends
/// where its closing brace stands below the first word of its declaration.
struct SourceFile: Sendable {
    /// From the package's root.
    let path: String
    let lines: [Substring]

    init(path: String, text: String) {
        self.path = path
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last == "" { lines.removeLast() }
        self.lines = lines
    }

    /// The module whose folder it stands in.
    var module: String? {
        let parts = path.split(separator: "/").map(String.init)
        guard parts.count > 2, parts[0] == "Sources" else { return nil }
        return parts[1] == "Commands" ? parts[2] : parts[1]
    }

    /// The modules that it imports.
    var imports: [String] {
        let statement = /^(?:@\w+(?:\(\w+\))? )*(?:public |package |internal |fileprivate |private )?import (?:[a-z]+ )?([A-Za-z_]\w*)/
        return lines.compactMap { line in line.firstMatch(of: statement).map { String($0.output.1) } }
    }

    struct Body: Hashable {
        /// From 1.
        var line: Int
        var length: Int
    }

    /// Functions, initialisers, subscripts and computed properties, from declaration to closing brace.
    var bodies: [Body] {
        let declaration = /^ *(?:@\w+(?:\([^)]*\))? )*(?:[a-z]+(?:\(\w+\))? )*(?:func |init[?(<]|deinit |subscript[(<]|var \w+.*\{$)/
        return lines.indices.compactMap { start in
            let line = lines[start]
            guard line.firstMatch(of: declaration) != nil, !(line.contains("{") && line.hasSuffix("}")) else { return nil }
            let end = line.prefix { $0 == " " } + "}"
            guard let last = lines[start...].firstIndex(where: { $0 == end || $0.hasPrefix(end + " ") }) else { return nil }
            return Body(line: start + 1, length: last - start + 1)
        }
    }

    /// The lines (from 1) of public types and of what public protocols ask for that bear no doc comment.
    ///
    /// Members of types are not judged: what a protocol asks for is documented there.
    var undocumented: [Int] {
        var isInProtocol = false
        return lines.indices.compactMap { index in
            let line = lines[index]
            if let first = line.first, first != " " { isInProtocol = line.firstMatch(of: /^public protocol\b/) != nil }
            let isType = line.firstMatch(of: /^public (?:[a-z]+ )*(?:struct|enum|class|actor|protocol|func)\b/) != nil
            let isRequirement = isInProtocol && line.firstMatch(of: /^ {4}(?:[a-z]+ )*(?:func |init[?(<])/) != nil
            return (isType || isRequirement) && !hasDocComment(above: index) ? index + 1 : nil
        }
    }

    private func hasDocComment(above index: Int) -> Bool {
        let rest = lines[..<index].reversed().drop { (line: Substring) in line.firstMatch(of: /^ *@\w/) != nil }
        return rest.first?.firstMatch(of: /^ *\/\/\//) != nil
    }
}
