public import Conditions
import Foundation

/// The languages that the doctor speaks.
public enum Language: String, Hashable, Sendable, CaseIterable {
    case indonesian = "id"
    case english = "en"

    /// The sentence in this language.
    public func of(_ words: Words) -> String {
        switch self {
        case .indonesian: words.indonesian
        case .english: words.english
        }
    }
}

/// What the doctor found, with what it means to people.
public struct Diagnosis: Hashable, Sendable {
    /// In the order of ``Check``.
    public let findings: [Finding]
    private let catalogue: ConditionCatalogue

    public init(_ findings: [Finding], catalogue: ConditionCatalogue) {
        self.findings = findings
        self.catalogue = catalogue
    }

    /// The kiosk can open: nothing that was found keeps a ticket from coming out. Warnings are no illness.
    public var isHealthy: Bool { !findings.contains { severity($0) == .error } }

    /// How bad a finding is; nil for a sound one.
    public func severity(_ finding: Finding) -> Condition.Severity? { finding.condition.map { catalogue[$0].severity } }

    /// One line for each finding: mark, check, and either the fact, or `CODE: cause (fact) → next action`.
    ///
    /// - Parameter coloured: with the escapes of ECMA-48, for terminals.
    public func lines(_ language: Language, coloured: Bool = false) -> [String] {
        let width = findings.map { language.of($0.check.name).count }.max() ?? 0
        return findings.map { finding in
            let name = language.of(finding.check.name)
            let mark = mark(finding)
            let head = coloured ? "\u{1B}[\(mark.colour)m\(mark.text)\u{1B}[0m" : mark.text
            let padding = String(repeating: " ", count: width - name.count)
            return "\(head)  \(name)\(padding)  \(oneLine(text(finding, language)))"
        }
    }

    private func text(_ finding: Finding, _ language: Language) -> String {
        let fact = language.of(finding.detail)
        guard let code = finding.condition else { return fact }
        let condition = catalogue[code]
        // The parenthesis ends the sentence, so the cause gives up its own full stop.
        let cause = language.of(condition.technician)
        let plain = cause.hasSuffix(".") ? String(cause.dropLast()) : cause
        return "\(code.rawValue): \(plain) (\(fact)) → \(language.of(condition.remedy))"
    }

    private func mark(_ finding: Finding) -> (text: String, colour: Int) {
        switch severity(finding) {
        case .error: ("!!", 31)
        case .warning: ("! ", 33)
        case .info: ("ok", 32)
        case nil: finding.isExamined ? ("ok", 32) : ("- ", 2)
        }
    }

    /// Everything as one JSON object, with sorted keys.
    ///
    /// - Parameter language: of `detail`; causes and remedies are in both.
    public func json(_ language: Language) throws -> String {
        let report = Report(healthy: isHealthy, findings: findings.map { record($0, language) })
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(report), as: UTF8.self)
    }

    private func record(_ finding: Finding, _ language: Language) -> Report.Record {
        let condition = finding.condition.map { catalogue[$0] }
        return Report.Record(
            check: finding.check.rawValue, condition: condition?.code.rawValue, severity: condition?.severity.rawValue,
            cause: condition.map { Report.Text($0.technician) }, remedy: condition.map { Report.Text($0.remedy) },
            detail: oneLine(language.of(finding.detail)), examined: finding.isExamined)
    }
}

/// The shape of the JSON object. What a sound check has none of is null, never left out.
private struct Report: Encodable {
    var healthy: Bool
    var findings: [Record]

    struct Record: Encodable {
        var check: String
        var condition: String?
        var severity: String?
        var cause: Text?
        var remedy: Text?
        var detail: String
        var examined: Bool

        private enum Key: CodingKey { case check, condition, severity, cause, remedy, detail, examined }

        func encode(to encoder: any Encoder) throws {
            var object = encoder.container(keyedBy: Key.self)
            try object.encode(check, forKey: .check)
            try object.encode(condition, forKey: .condition)
            try object.encode(severity, forKey: .severity)
            try object.encode(cause, forKey: .cause)
            try object.encode(remedy, forKey: .remedy)
            try object.encode(detail, forKey: .detail)
            try object.encode(examined, forKey: .examined)
        }
    }

    struct Text: Encodable {
        var id: String
        var en: String

        init(_ words: Words) {
            id = words.indonesian
            en = words.english
        }
    }
}

/// The text without anything that would begin another line or steer a terminal; messages of other programs have such.
func oneLine(_ text: String) -> String {
    var line = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: line.append(" ")
        default: line.append(scalar)
        }
    }
    return String(line)
}
