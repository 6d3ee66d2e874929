import CUPSPrinting
import Conditions
import Foundation
import KioskRuntime

/// Whether the scheduler answers, and forgets what it must forget and keeps what it must keep.
enum CUPSCheck {
    static let notUsed = Words("tidak dipakai (print_route: direct)", "not used (print_route: direct)")

    static func examine(_ queue: Result<QueueInspection?, any Error>, _ configuration: Configuration) -> [Finding] {
        var findings: [Finding] = []
        if case .failure(let error) = queue, isAway(error) { findings.append(.wrong(.cups, .spoolerAway, Words(both: "\(error)"))) }
        let file = configuration.cupsConfiguration
        do {
            findings += judge(CUPSDirectives(try String(contentsOfFile: file, encoding: .utf8)), file)
        } catch let error as CocoaError where error.code == .fileReadNoSuchFile {
            findings.append(
                .wrong(
                    .cups, .configurationInvalid,
                    Words("\(file) tidak ada; perbaiki cups_configuration", "\(file) does not exist; correct cups_configuration")))
        } catch {
            findings.append(
                .skipped(
                    .cups,
                    Words(
                        "\(file) tidak dapat dibaca (\(error.localizedDescription)); jalankan dengan sudo",
                        "\(file) cannot be read (\(error.localizedDescription)); run this with sudo")))
        }
        guard findings.isEmpty else { return findings }
        let facts = "PreserveJobFiles No, DirtyCleanInterval 0 (\(file))"
        return [
            .sound(.cups, Words("\(configuration.cupsServer) menjawab; \(facts)", "\(configuration.cupsServer) answers; \(facts)"))
        ]
    }

    /// One that refuses is there.
    static func isAway(_ error: any Error) -> Bool { (error as? SpoolerError)?.code != .refused }

    private static func judge(_ directives: CUPSDirectives, _ file: String) -> [Finding] {
        var findings: [Finding] = []
        if directives.dirtyCleanInterval.seconds != 0 {
            findings.append(.wrong(.cups, .spoolerForgets, fact("DirtyCleanInterval", directives.dirtyCleanInterval, file)))
        }
        if directives.preserveJobFiles.seconds != 0 {
            findings.append(.wrong(.cups, .spoolerKeepsFiles, fact("PreserveJobFiles", directives.preserveJobFiles, file)))
        }
        return findings
    }

    private static func fact(_ name: String, _ setting: CUPSDirectives.Setting, _ file: String) -> Words {
        guard let line = setting.line else {
            return Words(
                "\(file) tidak menyebut \(name), maka berlaku \(setting.text)", "\(file) does not say \(name), so \(setting.text) counts")
        }
        return Words(both: "\(file):\(line): \(name) \(setting.text)")
    }
}
