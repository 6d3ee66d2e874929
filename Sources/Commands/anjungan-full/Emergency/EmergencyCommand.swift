import ArgumentParser
import KioskRuntime

/// `anjungan emergency`: whether one holds at this kiosk, and its end without the centre.
struct EmergencyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "emergency",
        abstract: "Say whether an emergency holds at this kiosk, or end it here. Exit 1 while one holds.",
        discussion: """
            The centre calls and ends emergencies (anjungan-central notice). One holds through restarts and without a network; where the \
            centre cannot be reached, --end ends it at this kiosk. One that is called afterwards holds again.
            """)

    @OptionGroup var options: JournalOptions

    @Flag(help: "It is over here: people are served again.")
    var end = false

    @Option(help: "With --end: why, in a few words, for the centre's people; nothing personal.")
    var reason: String?

    func validate() throws {
        guard end == (reason != nil) else { throw ValidationError("--end and --reason go together; say why it is over.") }
    }

    func run() async throws {
        guard let reason else {
            let since = try await JournalAccess.open(options) { try await $0.emergencySince() }
            guard let since else { return announce("no emergency") }
            announce("EMERGENCY since \(since): nobody is served")
            throw ExitCode.failure
        }
        let ended = try await JournalAccess.open(options) { [reason] in try await $0.endEmergency(reason: reason) }
        announce(ended.calledAt.map { "the emergency of \($0) is over at this kiosk" } ?? "no emergency held")
    }
}
