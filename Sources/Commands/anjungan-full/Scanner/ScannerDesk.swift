import DeviceLayer
import DeviceProfiles
import Logging
import ProjectFiles

/// The scanners of a command that takes them itself.
enum ScannerDesk {
    /// - Parameter socket: the control socket that nobody serves.
    static func alone<Answer: Sendable>(
        _ socket: String, _ body: @Sendable (any DeviceControlling) async throws -> Answer
    ) async throws -> Answer {
        complain("nobody serves \(socket); taking the scanners directly")
        // What happens is said by the command itself.
        var logger = Logger(label: "scanner") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .error
        let scanners = try Scanners(models: try DeviceProfiles.scanners(in: ProjectFolders.find().devices), logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await scanners.run() }
            defer { group.cancelAll() }
            await scanners.untilSettled()
            return try await body(DeviceControl(readers: nil, scanners: scanners))
        }
    }
}
