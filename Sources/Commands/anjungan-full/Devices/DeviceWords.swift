import Conditions
import DeviceLayer
import Doctor
import ProjectFiles
import SiteBundle

/// What commands say of readers and of scanners alike, in the technician's language.
protocol DeviceWords: Sendable {
    var catalogue: ConditionCatalogue { get }
    var language: Language { get }
}

extension DeviceWords {
    static func loadCatalogue() throws -> ConditionCatalogue {
        try ConditionFile.load("\(ProjectFolders.find().kiosk)/conditions.yaml")
    }

    func choose(_ indonesian: String, _ english: String) -> String { language == .indonesian ? indonesian : english }
    func choose(_ words: Words) -> String { choose(words.indonesian, words.english) }

    /// Ready or not, and why, in one line.
    func state(_ device: DeviceReport) -> String {
        let ready = device.isReady ? choose("siap", "ready") : choose("TIDAK SIAP", "NOT READY")
        return ([ready] + device.conditions.map { choose(catalogue[$0].technician) }).joined(separator: "  ")
    }
}
