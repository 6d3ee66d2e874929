import ArgumentParser

@main
struct Anjungan: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "anjungan",
        abstract: "The self-service kiosk of a public-service mall (Layanan Mandiri).",
        subcommands: [
            DemoCommand.self, RunCommand.self, DoctorCommand.self, VisitCommand.self, EmulateCommand.self, SiteCommand.self,
            UdevCommand.self,
            TemplateCommand.self, PrinterCommand.self, ReaderCommand.self, DevicesCommand.self, JournalCommand.self, EmergencyCommand.self,
            EnrollCommand.self,
            ConfigCommand.self,
        ])
}
