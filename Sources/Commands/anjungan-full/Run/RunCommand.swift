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

    @OptionGroup var overriding: OverridingOptions

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
        let configuration = try Configuration(file: config, overrides: try overriding.overrides())
        let kiosk = try await KioskAssembly(configuration, logger: logger) { port in announce("screen http://127.0.0.1:\(port)/") }
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
}

/// Writes one line to standard output at once, also into a pipe.
func announce(_ line: String) {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
}
