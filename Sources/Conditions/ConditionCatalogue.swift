/// What every ``ConditionCode`` means to people: one ``Condition`` for each, never fewer.
///
/// `Kiosk/conditions.yaml` holds it; `SiteBundle` reads it.
public struct ConditionCatalogue: Hashable, Sendable {
    private let conditions: [ConditionCode: Condition]

    /// Nil unless there is exactly one condition for every code.
    public init?(_ conditions: [Condition]) {
        let byCode = Dictionary(conditions.map { ($0.code, $0) }) { first, _ in first }
        guard conditions.count == ConditionCode.allCases.count, byCode.count == conditions.count else { return nil }
        self.conditions = byCode
    }

    /// What a code means.
    public subscript(code: ConditionCode) -> Condition {
        guard let condition = conditions[code] else { preconditionFailure("The initialiser saw a condition for every code") }
        return condition
    }

    /// All conditions in the order of ``ConditionCode/allCases``.
    public var all: [Condition] { ConditionCode.allCases.map { self[$0] } }
}

/// One thing that can be wrong at a kiosk, in words.
public struct Condition: Hashable, Sendable {
    public var code: ConditionCode
    public var severity: Severity
    /// Who ends it.
    public var actor: Actor
    /// What the citizen reads: plain, friendly, without technical words.
    public var citizen: Words
    /// What the technician reads in a list of faults.
    public var technician: Words
    /// What whoever acts does next.
    public var remedy: Words

    /// How bad it is for the kiosk's work.
    public enum Severity: String, Hashable, Sendable, CaseIterable, Codable {
        /// Worth knowing; everything works.
        case info
        /// Everything still works, but soon may not.
        case warning
        /// A ticket cannot come out, or the kiosk cannot serve, until somebody acts.
        case error
    }

    /// Who has to do something.
    public enum Actor: String, Hashable, Sendable, CaseIterable, Codable {
        case citizen, technician, manager
        /// It passes by itself.
        case nobody
    }

    public init(code: ConditionCode, severity: Severity, actor: Actor, citizen: Words, technician: Words, remedy: Words) {
        self.code = code
        self.severity = severity
        self.actor = actor
        self.citizen = citizen
        self.technician = technician
        self.remedy = remedy
    }
}

/// The same sentence in the languages of the screen.
public struct Words: Hashable, Sendable {
    public var indonesian: String
    public var english: String

    public init(indonesian: String, english: String) {
        self.indonesian = indonesian
        self.english = english
    }
}
