import Yams

/// One YAML file, read strictly: what an author may write is a small, unambiguous part of YAML.
///
/// Refused are anchors, aliases, tags, directives, several documents, tabs, keys given twice,
/// keys nobody asked for, and values of the wrong type. Every refusal names its place and a remedy.
/// This is the one reader for configuration, sites, devices and conditions.
public struct YAMLDocument {
    private let root: Node
    private let source: YAMLText

    /// Reads a file of at most 4 MiB.
    public init(file path: String) throws(YAMLError) {
        try self.init(YAMLText(file: path))
    }

    /// Reads a text; `name` stands for the file in messages.
    public init(text: String, name: String) throws(YAMLError) {
        try self.init(YAMLText(bytes: Array(text.utf8), file: name))
    }

    private init(_ source: YAMLText) throws(YAMLError) {
        self.source = source
        root = try YAMLComposer(source).compose()
    }

    /// Reads the whole document as one mapping.
    ///
    /// Inside `body` a leaf that is wrong reports itself and is nil; `body` goes on to ask for all
    /// it wants and returns nil when something it needs was nil. A key that `body` (or a closure below it)
    /// did not ask for is unknown, so ask for every key before the first `return`.
    /// - Throws: ``YAMLError`` with everything that is wrong.
    public func read<Result>(_ body: (YAMLMapping) -> Result?) throws(YAMLError) -> Result {
        let collector = YAMLCollector(file: source.file)
        let result = YAMLValue(root, name: "the file", collector: collector).mapping(body)
        if let error = YAMLError(collector.problems) { throw error }
        guard let result else { preconditionFailure("A reader that returns nil reports why") }
        return result
    }
}
