import Foundation
import Glibc
import Subprocess
import SystemPackage
import Testing

/// `anjungan doctor` as technicians run it.
@Suite(.timeLimit(.minutes(15))) struct ProgramTests {
    static let program = "\(Patient.root)/.build/debug/anjungan"

    struct Outcome {
        var status: TerminationStatus
        var lines: [String]
    }

    /// The first word is the program.
    static func run(
        _ arguments: [String], _ environment: [Environment.Key: String] = [:]
    ) async throws
        -> Outcome
    {
        let result = try await Subprocess.run(
            .path(FilePath(arguments[0])), arguments: Arguments(Array(arguments.dropFirst())),
            environment: .inherit.updating(environment.merging(["ANJUNGAN_KIOSK_DIR": "\(Patient.root)/Kiosk"]) { $1 }),
            output: .string(limit: 1 << 20), error: .string(limit: 1 << 16))
        let text = result.standardOutput + result.standardError
        return Outcome(status: result.terminationStatus, lines: text.split(separator: "\n").map(String.init))
    }

    /// A kiosk that is not running, on the direct route, with a printer that takes connections.
    @Test func oneLineEachAndTheExitStatus() async throws {
        try await Patient.examined("print_route: direct") { patient in
            let indonesian = try await Self.run([Self.program, "doctor", "--config", patient.file, "--set", "printer_address=127.0.0.1:9"])
            #expect(indonesian.status == .exited(1))
            #expect(indonesian.lines.count == 15)
            #expect(indonesian.lines[0].hasPrefix("ok  konfigurasi"))
            #expect(indonesian.lines[3].hasPrefix("!!  anjungan       kiosk-away: Program anjungan (anjungan run) tidak berjalan"))
            let english = try await Self.run([Self.program, "doctor", "--config", patient.file, "--lang", "en"])
            #expect(english.lines.count == 15)
            #expect(english.lines[3].contains("→ Start `anjungan run --config FILE`"))
        }
    }

    @Test func theJSONIsOneObject() async throws {
        struct Report: Decodable {
            struct Finding: Decodable {
                var check: String
                var condition: String?
            }
            var healthy: Bool
            var findings: [Finding]
        }
        try await Patient.examined("print_route: direct") { patient in
            let outcome = try await Self.run([Self.program, "doctor", "--config", patient.file, "--json"])
            #expect(outcome.status == .exited(1))
            #expect(outcome.lines.count == 1)
            let report = try JSONDecoder().decode(Report.self, from: Data(outcome.lines[0].utf8))
            #expect(!report.healthy)
            #expect(report.findings.map(\.check).prefix(4) == ["configuration", "site", "journal", "kiosk"])
            #expect(report.findings[3].condition == "kiosk-away")
        }
    }

    @Test func withoutAnyConfigurationItSaysWhereItLooked() async throws {
        guard !FileManager.default.fileExists(atPath: "/etc/anjungan/anjungan.yaml") else { return }
        let outcome = try await Self.run([Self.program, "doctor"], ["XDG_STATE_HOME": "/nonexistent"])
        #expect(outcome.status == .exited(64))
        #expect(outcome.lines[0].contains("/etc/anjungan/anjungan.yaml nor /nonexistent/anjungan/demo-"))
    }

    /// An installed program has no project around it, only what its configuration names.
    @Test func itNeedsNoFolderOfTheProject() async throws {
        try await Patient.examined("print_route: direct") { patient in
            let installed = "\(patient.folder)/anjungan"
            for end in ["", "-full"] {
                let built = URL(fileURLWithPath: Self.program + end).resolvingSymlinksInPath().path
                try FileManager.default.copyItem(atPath: built, toPath: installed + end)
            }
            let alone = ["/usr/bin/env", "-C", patient.folder, "-u", "ANJUNGAN_KIOSK_DIR", installed, "doctor", "--config"]
            let outcome = try await Self.run(alone + [patient.file])
            #expect(outcome.status == .exited(1))
            #expect(outcome.lines.count == 15)
            // Even where it has no words, it says what is wrong.
            let wordless = try await Self.run(alone + ["\(patient.folder)/gone.yaml"])
            #expect(wordless.status == .exited(1))
            #expect(wordless.lines.first?.contains("gone.yaml: the file does not exist") == true)
        }
    }

    /// Root may read everything, so the rights are dropped.
    @Test(.enabled(if: geteuid() == 0)) func whatMayNotBeReadIsSaidWithWhatToDo() async throws {
        try await Patient.examined { patient in
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: patient.cupsConfiguration)
            try await patient.issue(1)
            let outcome = try await Self.run(
                [
                    "/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", Self.program, "doctor", "--config",
                    patient.file, "--lang", "en",
                ])
            #expect(outcome.status == .exited(1))
            #expect(outcome.lines.contains { $0.hasPrefix("-   CUPS") && $0.contains("run this with sudo") })
            #expect(outcome.lines.contains { $0.hasPrefix("!!  journal") && $0.contains("journal-failed") })
            let unreadable = try await Self.run(
                ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", Self.program, "doctor", "--config", "/etc/shadow"])
            #expect(unreadable.status == .exited(1))
            #expect(unreadable.lines.count == 1)
            #expect(unreadable.lines[0].contains("configuration-invalid"))
        }
    }
}
