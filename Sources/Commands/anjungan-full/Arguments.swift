public import ArgumentParser
import Foundation
public import KioskRuntime

// Values of our other modules that can stand on the command line.

extension VisitScript.Reply: ExpressibleByArgument {}

/// Which kiosk's configuration, for technicians' commands, which find it where none is named.
struct ConfigurationOptions: ParsableArguments {
    @Option(help: "The configuration file; without it /etc/anjungan/anjungan.yaml, else that of the demo.")
    var config: String?

    @OptionGroup var overriding: OverridingOptions

    func configuration() throws -> Configuration {
        try Configuration(file: try file(), overrides: try overriding.overrides())
    }

    func file() throws -> String { try config ?? Self.standardFile() }

    /// The installed kiosk's, else the demo's.
    private static func standardFile() throws -> String {
        let installed = "/etc/anjungan/anjungan.yaml"
        let demo = DemoFiles.standard(screenPort: try Ports.fromEnvironment().screen).configuration
        guard let found = [installed, demo].first(where: { FileManager.default.fileExists(atPath: $0) }) else {
            throw ValidationError("There is neither \(installed) nor \(demo): name the kiosk's file with --config, or start a demo.")
        }
        return found
    }
}

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
