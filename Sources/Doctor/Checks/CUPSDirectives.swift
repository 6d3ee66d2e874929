/// The two settings of cupsd.conf(5) that decide what CUPS keeps of a print, read as cupsd reads them.
struct CUPSDirectives: Hashable, Sendable {
    /// A time interval.
    struct Setting: Hashable, Sendable {
        var seconds: Int
        /// As it is written, or the default.
        var text: String
        /// From 1; nil: the default counts.
        var line: Int?
    }

    /// How long the documents of finished jobs are kept.
    private(set) var preserveJobFiles = Setting(seconds: 86_400, text: "86400", line: nil)
    /// How long changes wait in memory before they are written.
    private(set) var dirtyCleanInterval = Setting(seconds: 30, text: "30", line: nil)

    /// Reads a whole file. A later line replaces an earlier one; one that cupsd cannot read changes nothing.
    init(_ text: String) {
        var depth = 0
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let words = Self.withoutComment(line).split(maxSplits: 1) { $0.isWhitespace }
            guard let name = words.first?.lowercased() else { continue }
            if name.hasPrefix("</") {
                depth = max(0, depth - 1)
            } else if name.hasPrefix("<") {
                depth += 1
            } else if depth == 0, words.count == 2 {
                take(name, Self.trimmed(words[1]), line: index + 1)
            }
        }
    }

    private mutating func take(_ name: String, _ value: String, line: Int) {
        switch name {
        case "preservejobfiles":
            guard let seconds = Self.isYes(value) ? Int(Int32.max) : Self.seconds(value) else { return }
            preserveJobFiles = Setting(seconds: seconds, text: value, line: line)
        case "dirtycleaninterval":
            guard let seconds = Self.seconds(value) else { return }
            dirtyCleanInterval = Setting(seconds: seconds, text: value, line: line)
        default:
            break
        }
    }

    /// Up to a `#` that no backslash protects.
    private static func withoutComment(_ line: Substring) -> Substring {
        var previous: Character?
        for index in line.indices {
            if line[index] == "#", previous != "\\" { return line[..<index] }
            previous = line[index]
        }
        return line
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }

    private static func isYes(_ value: String) -> Bool { ["true", "on", "enabled", "yes"].contains(value.lowercased()) }

    /// A word that means no, or a number with the unit w, d, h or m behind it; without a unit, seconds.
    private static func seconds(_ value: String) -> Int? {
        if ["false", "off", "disabled", "no"].contains(value.lowercased()) { return 0 }
        let digits = value.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard let number = Double(digits), value.first?.isNumber == true, let unit = unit(value.dropFirst(digits.count)) else { return nil }
        let seconds = number * unit
        return seconds <= Double(Int32.max) ? Int(seconds) : nil
    }

    /// Only the first letter counts, so `5min` is five minutes; there is no letter for seconds.
    private static func unit(_ text: Substring) -> Double? {
        switch text.first?.lowercased() {
        case nil: 1
        case "w": 604_800
        case "d": 86_400
        case "h": 3600
        case "m": 60
        default: nil
        }
    }
}
