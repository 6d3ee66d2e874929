import Yams

/// Builds the tree of nodes and refuses the parts of YAML that nobody here needs.
struct YAMLComposer {
    private let source: YAMLText

    init(_ source: YAMLText) {
        self.source = source
    }

    func compose() throws(YAMLError) -> Node {
        if let line = source.lines.firstIndex(where: { $0.first == "%" }) {
            let place = YAMLPlace(file: source.file, line: line + 1, column: 1)
            throw YAMLError(YAMLProblem(place, "a YAML directive (“%”) is not allowed", remedy: "remove this line"))
        }
        let (root, second) = try parse()
        guard let root else {
            throw YAMLError(YAMLProblem(YAMLPlace(file: source.file), "the file is empty", remedy: "fill it in, or remove it"))
        }
        var problems: [YAMLProblem] = []
        collect(root, into: &problems)
        if let second {
            let place = YAMLPlace(second, source.file)
            problems.append(
                YAMLProblem(place, "a second document begins here", remedy: "keep one document in a file, without further “---”"))
        }
        if let error = YAMLError(problems) { throw error }
        return root
    }

    private func parse() throws(YAMLError) -> (root: Node?, second: Node?) {
        do {
            // No resolver rules: a scalar stays the text that the author wrote, and `YAMLValue` judges it.
            let parser = try Parser(yaml: source.text, resolver: .basic, encoding: .utf8)
            let root = try parser.nextRoot()
            return (root, try parser.nextRoot())
        } catch let error as YamlError {
            throw YAMLError(problem(error))
        } catch {
            throw YAMLError(YAMLProblem(YAMLPlace(file: source.file), "not readable as YAML: \(error)", remedy: "check the file"))
        }
    }

    /// A node with an anchor or a tag begins with its mark's `&` or `!`; no other node can.
    /// Yams replaces an alias by what it stands for, but there is none without an anchor.
    private func collect(_ node: Node, into problems: inout [YAMLProblem]) {
        if let mark = node.mark {
            switch source.scalar(line: mark.line, column: mark.column) {
            case "&": problems.append(problem(mark, "an anchor (“&”) is not allowed", remedy: "write the value out where it is needed"))
            case "!": problems.append(problem(mark, "a tag (“!”) is not allowed", remedy: "remove it, or quote the text"))
            default: break
            }
        }
        switch node {
        case .mapping(let mapping):
            for (key, value) in mapping {
                collect(key, into: &problems)
                collect(value, into: &problems)
            }
        case .sequence(let sequence):
            for item in sequence { collect(item, into: &problems) }
        case .scalar, .alias: break
        }
    }

    private func problem(_ mark: Mark, _ reason: String, remedy: String) -> YAMLProblem {
        YAMLProblem(YAMLPlace(file: source.file, line: mark.line, column: mark.column), reason, remedy: remedy)
    }

    private func problem(_ error: YamlError) -> YAMLProblem {
        switch error {
        case .scanner(let context, let text, let mark, _), .parser(let context, let text, let mark, _):
            let place = context.map { " (\($0.text), line \($0.mark.line))" } ?? ""
            return problem(mark, "not valid YAML: \(text)\(place)", remedy: Self.remedy(for: text))
        case .composer(_, let text, let mark, _):
            let isAlias = text == "found undefined alias"
            return problem(
                mark, isAlias ? "an alias (“*”) is not allowed" : "not valid YAML: \(text)",
                remedy: isAlias ? "write the value out, or quote the text" : Self.remedy(for: text))
        case .duplicatedKeysInMapping(let keys, let context):
            let names = keys.map { "“\($0)”" }.joined(separator: ", ")
            return problem(context.mark, "\(names) given more than once in one mapping", remedy: "keep one of each")
        case .no, .memory, .reader, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
            return YAMLProblem(YAMLPlace(file: source.file), "not readable as YAML: \(error)", remedy: "check the file")
        }
    }

    private static func remedy(for text: String) -> String {
        switch text {
        case "mapping values are not allowed in this context":
            "check the indentation, or quote a text that holds “: ”"
        case "could not find expected ':'":
            "write “key: value” with a space behind the colon"
        case "found character that cannot start any token":
            "quote a text that begins with @, ` or %"
        case "found unexpected end of stream":
            "close the quote that opens there"
        default:
            "check the indentation and the punctuation of this line and the one above"
        }
    }
}
