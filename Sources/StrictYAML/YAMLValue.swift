import Yams

/// One value of a document, not yet typed. Each leaf returns nil after it has reported what is wrong.
public struct YAMLValue {
    /// Where the value begins.
    public let place: YAMLPlace
    private let node: Node
    private let name: String
    private let collector: YAMLCollector

    init(_ node: Node, name: String, collector: YAMLCollector) {
        self.node = node
        self.name = name
        self.collector = collector
        place = YAMLPlace(node, collector.file)
    }

    /// Reports that this value will not do.
    public func refuse(_ reason: String, remedy: String) {
        collector.report(place, reason, remedy: remedy)
    }

    /// A text of one line: without control or invisible characters, without blanks at its ends.
    ///
    /// A word that YAML readers take for a number, a date, true, false or nothing must be quoted.
    /// - Parameter length: how many characters it may have.
    public func text(_ length: ClosedRange<Int> = 1...200) -> String? {
        guard let scalar = scalar("a text") else { return nil }
        if let meaning = PlainScalar.meaning(scalar) {
            refuse("\(name) must be a text, but “\(scalar.string)” means \(meaning) in YAML", remedy: "quote it")
            return nil
        }
        let text = scalar.string
        if let refused = text.unicodeScalars.lazy.compactMap(\.refusedName).first {
            refuse("\(name) holds \(refused)", remedy: "write it as one line without it")
            return nil
        }
        guard length.contains(text.count) else {
            let wanted = length.lowerBound == length.upperBound ? "\(length.lowerBound)" : "\(length.lowerBound) to \(length.upperBound)"
            refuse("\(name) has \(text.count) characters", remedy: "write \(wanted) characters")
            return nil
        }
        if text.first == " " || text.last == " " {
            refuse("\(name) begins or ends with a blank", remedy: "remove the blank")
            return nil
        }
        return text
    }

    /// A whole number in decimal digits.
    public func integer(in range: ClosedRange<Int>) -> Int? {
        guard let scalar = scalar("a whole number") else { return nil }
        guard scalar.style == .plain, let number = PlainScalar.integer(scalar.string) else {
            refuse("\(name) must be a whole number", remedy: "write digits without quotes, \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        guard range.contains(number) else {
            refuse("\(name) is \(number)", remedy: "write a number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return number
    }

    /// `true` or `false`, and no other spelling.
    public func boolean() -> Bool? {
        guard let scalar = scalar("true or false") else { return nil }
        guard scalar.style == .plain, let value = Bool(scalar.string) else {
            refuse("\(name) must be true or false", remedy: "write true or false without quotes")
            return nil
        }
        return value
    }

    /// One word of a fixed list.
    public func oneOf<Choice>(_ type: Choice.Type) -> Choice? where Choice: RawRepresentable<String> & CaseIterable {
        guard let scalar = scalar("a word") else { return nil }
        guard let choice = Choice(rawValue: scalar.string) else {
            let choices = Choice.allCases.map { "“\($0.rawValue)”" }.joined(separator: ", ")
            refuse("\(name) cannot be “\(scalar.string)”", remedy: "write one of \(choices)")
            return nil
        }
        return choice
    }

    /// A text that `parse` must understand, such as an id.
    /// - Parameter remedy: how such a text is written.
    public func parsed<Value>(remedy: String, _ parse: (String) -> Value?) -> Value? {
        guard let text = text() else { return nil }
        guard let value = parse(text) else {
            refuse("\(name) cannot be “\(text)”", remedy: remedy)
            return nil
        }
        return value
    }

    /// A list. All items are read, also behind one that is wrong.
    /// - Returns: nil where this is no list, an item was wrong, or there are too few or too many.
    public func list<Item>(count: ClosedRange<Int> = 0...100_000, _ read: (YAMLValue) -> Item?) -> [Item]? {
        guard case .sequence(let sequence) = node else {
            refuse("\(name) must be a list", remedy: "write each item on a line of its own behind “- ”")
            return nil
        }
        if !count.contains(sequence.count) {
            refuse("\(name) has \(sequence.count) items", remedy: "write \(count.lowerBound) to \(count.upperBound)")
        }
        let items = sequence.map { read(YAMLValue($0, name: "an item of \(name)", collector: collector)) }
        let good = items.compactMap(\.self)
        return good.count == items.count && count.contains(items.count) ? good : nil
    }

    /// A mapping. Keys that `read` did not ask for are reported; see ``YAMLDocument/read(_:)``.
    public func mapping<Value>(_ read: (YAMLMapping) -> Value?) -> Value? {
        guard case .mapping(let mapping) = node else {
            refuse("\(name) must be a mapping", remedy: "write lines of “key: value”")
            return nil
        }
        let keys = YAMLMapping(mapping, place: place, name: name, collector: collector)
        let value = read(keys)
        keys.refuseUnknownKeys()
        return value
    }

    private func scalar(_ wanted: String) -> Node.Scalar? {
        guard case .scalar(let scalar) = node else {
            refuse("\(name) must be \(wanted)", remedy: "write \(wanted) behind the colon")
            return nil
        }
        if scalar.style == .plain, scalar.string.isEmpty {
            refuse("\(name) has no value", remedy: "write \(wanted), or remove the key")
            return nil
        }
        return scalar
    }
}
