/// Where in a file something stands.
public struct YAMLPlace: Hashable, Sendable, CustomStringConvertible {
    /// The file's path or name, as the caller gave it.
    public var file: String
    /// From 1; nil where the file as a whole is meant.
    public var line: Int?
    /// From 1, counted in Unicode scalars as editors do; nil together with ``line``.
    public var column: Int?

    public init(file: String, line: Int? = nil, column: Int? = nil) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// `FILE:LINE:COLUMN`, or `FILE` for the whole of it.
    public var description: String {
        guard let line, let column else { return file }
        return "\(file):\(line):\(column)"
    }
}

/// One thing that is wrong in a file, and what to do about it.
public struct YAMLProblem: Hashable, Sendable, CustomStringConvertible {
    public var place: YAMLPlace
    /// What is wrong, e.g. `the key “prefix” is missing`.
    public var reason: String
    /// What the author does next, e.g. `add “prefix: …” here`.
    public var remedy: String

    public init(_ place: YAMLPlace, _ reason: String, remedy: String) {
        self.place = place
        self.reason = reason
        self.remedy = remedy
    }

    /// `FILE:LINE:COLUMN: reason; remedy`.
    public var description: String { "\(place): \(reason); \(remedy)" }
}

/// Why a file was refused: everything that is wrong with it, in the order of its lines, never empty.
public struct YAMLError: Error, Hashable, Sendable, CustomStringConvertible {
    public let problems: [YAMLProblem]

    public init(_ first: YAMLProblem, _ more: [YAMLProblem] = []) {
        problems = [first] + more
    }

    /// Nil when nothing is wrong. Sorts by place and drops what was said twice.
    public init?(_ problems: [YAMLProblem]) {
        var seen: Set<YAMLProblem> = []
        let distinct = problems.filter { seen.insert($0).inserted }
        let sorted = distinct.enumerated().sorted { left, right in
            Self.order(left.element, left.offset) < Self.order(right.element, right.offset)
        }
        guard let first = sorted.first else { return nil }
        self.init(first.element, sorted.dropFirst().map(\.element))
    }

    /// One problem a line.
    public var description: String { problems.map(\.description).joined(separator: "\n") }

    private static func order(_ problem: YAMLProblem, _ offset: Int) -> (Int, Int, Int) {
        (problem.place.line ?? 0, problem.place.column ?? 0, offset)
    }
}
