import ArgumentParser
import KioskRuntime

/// `anjungan config`: what can be configured.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Print every key of the configuration file: type, default, meaning, and the variable that overrides it.")

    func run() {
        for key in ConfigurationKey.all {
            print("\(key.name): \(key.type); \(key.standard.map { "default \($0)" } ?? "required"); overridden by \(key.variable)")
            print("    \(key.help)")
        }
    }
}
