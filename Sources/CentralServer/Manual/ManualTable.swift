public import KioskCore

/// Entries as a table that an office program writes: comma-separated, or by semicolons as in Indonesian settings, a header line first.
public struct ManualTable: Sendable {
    private let rows: [(line: Int, fields: [String: String])]

    /// Why a table cannot be read.
    public struct Wrong: Error, Sendable, CustomStringConvertible {
        public var description: String
    }

    private static let columns = ["day", "numbers", "service", "time", "sheet"]

    /// Reads the lines; what they mean is for ``entries(_:in:)``.
    public init(_ text: String) throws(Wrong) {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
        let first = (lines.first ?? "").trimmingPrefix("\u{FEFF}")
        let separator: Character = first.contains(";") ? ";" : ","
        let names = Self.fields(String(first), separator).map { $0.lowercased() }
        if let unknown = names.first(where: { !Self.columns.contains($0) }) {
            throw Wrong(description: "line 1: “\(unknown)” is no column; the columns are \(Self.columns.joined(separator: ","))")
        }
        guard names.contains("day"), names.contains("numbers") else {
            throw Wrong(description: "line 1: the first line names the columns, at least “day,numbers”")
        }
        var rows: [(Int, [String: String])] = []
        for (index, line) in lines.enumerated().dropFirst() {
            let fields = Self.fields(line, separator)
            guard fields.contains(where: { !$0.isEmpty }) else { continue }
            guard fields.count <= names.count else {
                throw Wrong(description: "line \(index + 1): \(fields.count) fields under \(names.count) columns; correct it")
            }
            rows.append((index + 1, Dictionary(zip(names, fields)) { first, _ in first }))
        }
        self.rows = rows
    }

    private static func fields(_ line: String, _ separator: Character) -> [String] {
        line.split(separator: separator, omittingEmptySubsequences: false).map { field in
            String(field.drop { " \"\t".contains($0) }.reversed().drop { " \"\t".contains($0) }.reversed())
        }
    }

    /// What the table says of a site; times are those of `zone`.
    public func entries(_ site: SiteID, in zone: TimeZoneOfIndonesia) throws(Wrong) -> [ManualEntry] {
        var entries: [ManualEntry] = []
        for (line, fields) in rows {
            func value<Value>(_ column: String, _ example: String, _ read: (String) -> Value?) throws(Wrong) -> Value? {
                guard let text = fields[column], !text.isEmpty else { return nil }
                guard let value = read(text) else {
                    throw Wrong(description: "line \(line): “\(text)” is no \(column); write it like \(example)")
                }
                return value
            }
            guard let day = try value("day", "2026-11-22", ServiceDay.init(iso8601:)),
                let numbers = try value("numbers", "PZM-001-037", ManualNumbers.init)
            else { throw Wrong(description: "line \(line): day and numbers are needed") }
            let handed = try value("time", "09:30") { WallTime(day, clock: $0, in: zone) }
            entries.append(
                ManualEntry(
                    site: site, day: day, numbers: numbers, service: try value("service", "dpmptsp/perizinan", ServiceKey.init),
                    handed: handed, sheet: fields["sheet"].flatMap { $0.isEmpty ? nil : $0.uppercased() }, line: line))
        }
        return entries
    }
}
