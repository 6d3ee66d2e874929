import ArgumentParser
import Foundation
import KioskRuntime
import Logging
import ServiceLifecycle
import UnixSignals

/// `anjungan run`: the kiosk.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run the kiosk: screen, journal and device layer in one process.",
        discussion: "Prints “screen http://127.0.0.1:PORT/” once the screen is served. `anjungan config` names the keys of the file.")

    @Option(help: "The configuration file.")
    var config: String

    @Option(help: ArgumentHelp("Override one key of the file; may be repeated.", valueName: "key=value"))
    var set: [String] = []

    @Option(
        help: "How much to log on standard error: trace, debug, info, notice, warning, error or critical.",
        transform: { text in
            guard let level = Logger.Level(rawValue: text) else {
                throw ValidationError("--log-level takes trace, debug, info, notice, warning, error or critical; it got “\(text)”.")
            }
            return level
        })
    var logLevel = Logger.Level.info

    func run() async throws {
        // A connection that closes while we write is an error value, not the end of the program.
        signal(SIGPIPE, SIG_IGN)
        var logger = Logger(label: "anjungan", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = logLevel
        let kiosk = try await KioskAssembly(try configuration(), logger: logger) { port in announce("screen http://127.0.0.1:\(port)/") }
        let group = ServiceGroup(
            configuration: .init(
                services: kiosk.services.map { .init(service: $0) }, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        do {
            try await group.run()
        } catch is CancellationError {
            // A service that was stopped in the middle of a wait says so; stopping was asked for.
        } catch {
            try await kiosk.close()
            throw error
        }
        try await kiosk.close()
    }

    private func configuration() throws -> Configuration {
        let options = try set.map { pair in
            guard let equals = pair.firstIndex(of: "=") else {
                throw ValidationError("--set takes key=value, for example --set screen_port=7080; it got “\(pair)”.")
            }
            return ConfigurationOverride(
                origin: "--set \(pair)", key: String(pair[..<equals]), value: String(pair[pair.index(after: equals)...]))
        }
        return try Configuration(
            file: config, overrides: Configuration.overrides(in: ProcessInfo.processInfo.environment) + options)
    }
}

/// Writes one line to standard output at once, also into a pipe.
func announce(_ line: String) {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
}
