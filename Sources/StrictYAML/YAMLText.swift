import Foundation

/// The characters of a file, before YAML looks at them.
///
/// What would be invisible or ambiguous in an editor is refused here, with its place:
/// libyaml would report some of it by offset only and take some of it as a line break.
struct YAMLText {
    /// A catalogue of 500 services takes about 150 kB; a larger file than this is a mistake.
    static let maximumBytes = 4 << 20

    let file: String
    let text: String
    /// The lines as libyaml counts them, in Unicode scalars.
    let lines: [[Unicode.Scalar]]

    init(file path: String) throws(YAMLError) {
        let whole = YAMLPlace(file: path)
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw YAMLError(YAMLProblem(whole, "the file does not exist", remedy: "create it, or check the path"))
        }
        if isDirectory.boolValue {
            throw YAMLError(YAMLProblem(whole, "this is a directory, not a file", remedy: "name the file in it"))
        }
        let data: Data
        do {
            data = try Self.read(path)
        } catch {
            let detail = (error as NSError).localizedDescription
            throw YAMLError(YAMLProblem(whole, "the file cannot be read: \(detail)", remedy: "let the kiosk's user read it (chmod a+r)"))
        }
        if data.count > Self.maximumBytes { throw Self.tooLarge(whole) }
        try self.init(bytes: [UInt8](data), file: path)
    }

    /// Reads one byte more than is allowed, so that a huge or endless file costs nothing.
    private static func read(_ path: String) throws -> Data {
        let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? handle.close() }  // It was only read from: closing loses nothing.
        return try handle.read(upToCount: maximumBytes + 1) ?? Data()
    }

    init(bytes: [UInt8], file: String) throws(YAMLError) {
        self.file = file
        if bytes.count > Self.maximumBytes { throw Self.tooLarge(YAMLPlace(file: file)) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw YAMLError(
                YAMLProblem(
                    Self.firstInvalid(bytes, file), "this is not UTF-8 text", remedy: "save the file as UTF-8 in your editor"))
        }
        self.text = text
        lines = Self.split(text)
        if let problem = firstRefusedCharacter() { throw YAMLError(problem) }
    }

    /// What stands at a mark; nil behind the end of its line.
    func scalar(line: Int, column: Int) -> Unicode.Scalar? {
        guard lines.indices.contains(line - 1), lines[line - 1].indices.contains(column - 1) else { return nil }
        return lines[line - 1][column - 1]
    }

    private static func tooLarge(_ place: YAMLPlace) -> YAMLError {
        YAMLError(YAMLProblem(place, "the file is larger than 4 MiB", remedy: "check that this is the right file"))
    }

    private static func split(_ text: String) -> [[Unicode.Scalar]] {
        var lines: [[Unicode.Scalar]] = [[]]
        for scalar in text.unicodeScalars {
            if scalar == "\n" { lines.append([]) } else { lines[lines.count - 1].append(scalar) }
        }
        return lines
    }

    private static func firstInvalid(_ bytes: [UInt8], _ file: String) -> YAMLPlace {
        // The repaired text has U+FFFD where the first invalid byte stood, unless the author wrote one before.
        for (index, line) in split(String(decoding: bytes, as: UTF8.self)).enumerated() {
            if let column = line.firstIndex(of: "\u{FFFD}") { return YAMLPlace(file: file, line: index + 1, column: column + 1) }
        }
        return YAMLPlace(file: file)
    }

    private func firstRefusedCharacter() -> YAMLProblem? {
        for (index, line) in lines.enumerated() {
            for (column, scalar) in line.enumerated() {
                if scalar == "\r", column == line.count - 1, index < lines.count - 1 { continue }
                guard let name = scalar.refusedName else { continue }
                let place = YAMLPlace(file: file, line: index + 1, column: column + 1)
                return YAMLProblem(place, "\(name) does not belong in this file", remedy: Self.remedy(for: scalar))
            }
        }
        return nil
    }

    private static func remedy(for scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\u{FEFF}": "save the file as UTF-8 without a byte order mark"
        case "\t": "use blanks"
        default: "remove it"
        }
    }
}

extension Unicode.Scalar {
    /// The name of a character that a screen, a ticket or a log would not show as the author meant it; nil for all others.
    var refusedName: String? {
        // Nearly every character is printable ASCII; the property tables are slow.
        if (0x20...0x7E).contains(value) { return nil }
        let digits = String(value, radix: 16, uppercase: true)
        let code = "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        return switch properties.generalCategory {
        case .control: self == "\t" ? "a tab" : self == "\n" ? "a line break" : "the control character \(code)"
        case .format, .lineSeparator, .paragraphSeparator: "the invisible character \(code)"
        default: nil
        }
    }
}
