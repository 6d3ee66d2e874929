public import Conditions
public import StrictYAML

/// Reads `Kiosk/conditions.yaml`: for each condition code its severity, who acts, and the words for people.
public enum ConditionFile {
    /// - Throws: ``YAMLError`` with everything that is wrong; also for a code without an entry or with two.
    public static func load(_ path: String) throws(YAMLError) -> ConditionCatalogue {
        try read(YAMLDocument(file: path))
    }

    /// Reads a document of this form.
    public static func read(_ document: YAMLDocument) throws(YAMLError) -> ConditionCatalogue {
        try document.read { root in
            let conditions = root.required("conditions")?.mapping { readAll($0) }
            return conditions.flatMap(ConditionCatalogue.init)
        }
    }

    private static func readAll(_ keys: YAMLMapping) -> [Condition]? {
        let entries = keys.all()
        let names = Set(entries.map(\.name))
        for code in ConditionCode.allCases where !names.contains(code.rawValue) {
            keys.refuse("the condition “\(code.rawValue)” has no entry", remedy: "add “\(code.rawValue):” with its words")
        }
        let conditions = entries.map { place, name, value -> Condition? in
            let code = ConditionCode(rawValue: name)
            if code == nil { keys.refuse(at: place, "no program knows the condition “\(name)”", remedy: "correct or remove it") }
            return value.mapping { readCondition($0, code) }
        }
        let good = conditions.compactMap(\.self)
        return good.count == ConditionCode.allCases.count ? good : nil
    }

    private static func readCondition(_ keys: YAMLMapping, _ code: ConditionCode?) -> Condition? {
        let severity = keys.required("severity")?.oneOf(Condition.Severity.self)
        let actor = keys.required("acts")?.oneOf(Condition.Actor.self)
        let citizen = keys.required("citizen")?.mapping(readWords)
        let technician = keys.required("technician")?.mapping(readWords)
        let remedy = keys.required("remedy")?.mapping(readWords)
        guard let code, let severity, let actor, let citizen, let technician, let remedy else { return nil }
        return Condition(code: code, severity: severity, actor: actor, citizen: citizen, technician: technician, remedy: remedy)
    }

    private static func readWords(_ keys: YAMLMapping) -> Words? {
        let indonesian = keys.required("id")?.text(1...160)
        let english = keys.required("en")?.text(1...160)
        guard let indonesian, let english else { return nil }
        return Words(indonesian: indonesian, english: english)
    }
}
