public import ArgumentParser
public import Doctor
import Foundation
import KioskRuntime
import ProjectFiles

/// `anjungan doctor`: what is wrong with this kiosk, and what to do next.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Examine the kiosk: what is wrong, and what to do next.",
        discussion: """
            Looks at configuration, site, journal, kiosk, CUPS, queue, printer, centre, clock and disk, and prints one line each: \
            “ok” and the fact, or the code, the cause and the next action. “!!” must be mended at once, “! ” soon, \
            “- ” could not be examined. Run it as root or as the kiosk's user. \
            Exit: 0 nothing keeps the kiosk from serving, 1 something does, 64 wrong use.
            """)

    @Option(help: "The configuration file; without it /etc/anjungan/anjungan.yaml, else that of the demo.")
    var config: String?

    @OptionGroup var overriding: OverridingOptions

    @Option(help: "The language: id (Indonesian) or en (English).")
    var lang = Language.indonesian

    @Flag(help: "One JSON object: causes and remedies in both languages, details in the chosen one.")
    var json = false

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        let file = try config ?? Self.standardFile()
        // An installed kiosk has the folder where its configuration says, not necessarily near the program.
        let conditions = (try? ProjectFolders.find()).map { "\($0.kiosk)/conditions.yaml" }
        let diagnosis = try await Doctor().diagnose(file: file, overrides: try overriding.overrides(), conditions: conditions)
        if json {
            announce(try diagnosis.json(lang))
        } else {
            for line in diagnosis.lines(lang, coloured: isatty(STDOUT_FILENO) == 1) { announce(line) }
        }
        if !diagnosis.isHealthy { throw ExitCode.failure }
    }

    /// The installed kiosk's, else the demo's.
    static func standardFile() throws -> String {
        let installed = "/etc/anjungan/anjungan.yaml"
        let demo = DemoFiles.standard(screenPort: try Ports.fromEnvironment().screen).configuration
        guard let found = [installed, demo].first(where: { FileManager.default.fileExists(atPath: $0) }) else {
            throw ValidationError("There is neither \(installed) nor \(demo): name the kiosk's file with --config, or start a demo.")
        }
        return found
    }
}

extension Language: ExpressibleByArgument {}
