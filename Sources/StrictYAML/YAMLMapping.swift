import Yams

/// The keys and values of one mapping, as a reader's closure gets it.
///
/// Asking for a key makes it known; when the closure has returned, every key that it did not ask for is reported.
public final class YAMLMapping {
    /// Where the mapping begins.
    public let place: YAMLPlace
    private let name: String
    private let collector: YAMLCollector
    private var entries: [String: (key: YAMLPlace, value: YAMLValue)] = [:]
    private var order: [String] = []
    private var asked: [String] = []

    init(_ mapping: Node.Mapping, place: YAMLPlace, name: String, collector: YAMLCollector) {
        self.place = place
        self.name = name
        self.collector = collector
        for (key, value) in mapping { add(key, value) }
    }

    private func add(_ key: Node, _ value: Node) {
        let keyPlace = YAMLPlace(key, collector.file)
        guard case .scalar(let scalar) = key else {
            collector.report(keyPlace, "a key must be a word", remedy: "write “key: value”")
            return
        }
        let text = scalar.string
        entries[text] = (keyPlace, YAMLValue(value, name: "“\(text)”", collector: collector))
        order.append(text)
    }

    /// The value of a key that must be there; nil, and reported, where it is missing.
    public func required(_ key: String) -> YAMLValue? {
        asked.append(key)
        guard let entry = entries[key] else {
            collector.report(place, "\(name) lacks the key “\(key)”", remedy: "add “\(key): …”")
            return nil
        }
        return entry.value
    }

    /// The value of a key that may be left out; nil where it is. A key without a value (`key:`) counts as given.
    public func optional(_ key: String) -> YAMLValue? {
        asked.append(key)
        return entries[key]?.value
    }

    /// Every key in the order of the file, for mappings whose keys are names that the author chooses.
    /// They all count as asked for.
    public func all() -> [(key: YAMLPlace, name: String, value: YAMLValue)] {
        asked += order
        return order.compactMap { name in entries[name].map { ($0.key, name, $0.value) } }
    }

    /// Reports something that is wrong with the mapping as a whole.
    public func refuse(_ reason: String, remedy: String) {
        collector.report(place, reason, remedy: remedy)
    }

    /// Reports something that is wrong at a place of this document, such as a name taken twice.
    public func refuse(at place: YAMLPlace, _ reason: String, remedy: String) {
        collector.report(place, reason, remedy: remedy)
    }

    func refuseUnknownKeys() {
        let known = asked.map { "“\($0)”" }.joined(separator: ", ")
        for key in order where !asked.contains(key) {
            guard let entry = entries[key] else { continue }
            collector.report(entry.key, "\(name) has no key “\(key)”", remedy: "remove it, or use one of \(known)")
        }
    }
}

extension YAMLPlace {
    init(_ node: Node, _ file: String) {
        self.init(file: file, line: node.mark?.line, column: node.mark?.column)
    }
}
