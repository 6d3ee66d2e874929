public import ArgumentParser
import Foundation
public import KioskRuntime

// Values of our other modules that can stand on the command line.

extension VisitScript.Reply: ExpressibleByArgument {}

/// What overrides the configuration file, for every command that reads one.
struct OverridingOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Override one key of the file; may be repeated.", valueName: "key=value"))
    var set: [String] = []

    /// The environment's, then those of the command line.
    func overrides() throws -> [ConfigurationOverride] {
        let options = try set.map { pair in
            guard let equals = pair.firstIndex(of: "=") else {
                throw ValidationError("--set takes key=value, for example --set screen_port=7080; it got “\(pair)”.")
            }
            return ConfigurationOverride(
                origin: "--set \(pair)", key: String(pair[..<equals]), value: String(pair[pair.index(after: equals)...]))
        }
        return Configuration.overrides(in: ProcessInfo.processInfo.environment) + options
    }
}
