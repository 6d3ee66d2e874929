import ArgumentParser

@main
struct AnjunganCentral: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "anjungan-central",
        abstract: "The centre of a public-service mall's kiosks: keeps what they did, and counts it.",
        subcommands: [
            RunCommand.self, ReportCommand.self, BackupCommand.self, ImportCommand.self, SeriesCommand.self, EnrollCommand.self,
            EnrolmentsCommand.self, RevokeCommand.self, JoinCommand.self, NoticeCommand.self, CardCommand.self,
        ])
}
