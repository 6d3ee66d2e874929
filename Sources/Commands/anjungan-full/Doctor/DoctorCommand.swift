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
            Looks at configuration, site, journal, kiosk, CUPS, queue, printer, readers, scanners, centre, clock and disk, one line each: \
            “ok” and the fact, or the code, the cause and the next action. “!!” must be mended at once, “! ” soon, \
            “- ” could not be examined. Run it as root or as the kiosk's user. \
            Exit: 0 nothing keeps the kiosk from serving, 1 something does, 64 wrong use.
            """)

    @OptionGroup var place: ConfigurationOptions

    @Option(help: "The language: id (Indonesian) or en (English).")
    var lang = Language.indonesian

    @Flag(help: "One JSON object: causes and remedies in both languages, details in the chosen one.")
    var json = false

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        let file = try place.file()
        // An installed kiosk has the folder where its configuration says, not necessarily near the program.
        let conditions = (try? ProjectFolders.find()).map { "\($0.kiosk)/conditions.yaml" }
        let diagnosis = try await Doctor().diagnose(file: file, overrides: try place.overriding.overrides(), conditions: conditions)
        if json {
            announce(try diagnosis.json(lang))
        } else {
            for line in diagnosis.lines(lang, coloured: isatty(STDOUT_FILENO) == 1) { announce(line) }
        }
        if !diagnosis.isHealthy { throw ExitCode.failure }
    }
}

extension Language: ExpressibleByArgument {}
