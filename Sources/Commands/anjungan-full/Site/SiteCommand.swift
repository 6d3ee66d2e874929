import ArgumentParser

/// `anjungan site`: what a mall's folder holds.
struct SiteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "site", abstract: "Check and compile a mall's agencies and services.", subcommands: [SiteCheck.self])
}
