import DeviceLayer
import DeviceProfiles
import Logging
import ProjectFiles

/// Where a technician's command reaches the scanners: at the program that has them, or by taking them itself.
enum ScannerDesk {
    /// - Parameter socket: the control socket of whoever has the scanners.
    static func open<Answer: Sendable>(
        _ socket: String, _ body: @Sendable (any DeviceControlling) async throws -> Answer
    ) async throws -> Answer {
        do {
            return try await ControlClient(path: socket).connected { try await body($0) }
        } catch let error as ControlError where error.code == .away {
            return try await withOwnScanners(socket, body)
        }
    }

    private static func withOwnScanners<Answer: Sendable>(
        _ socket: String, _ body: @Sendable (any DeviceControlling) async throws -> Answer
    ) async throws -> Answer {
        let lock = try DeviceLock(besideSocket: socket)
        defer { lock.release() }
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
