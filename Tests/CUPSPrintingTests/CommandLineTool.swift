import Foundation
import Testing

/// What one of CUPS's command-line tools said.
struct ToolResult: Sendable {
    var status: Int32
    /// Standard output and standard error, as they came.
    var output: String

    static func of(_ name: String, _ arguments: [String], server: String) async throws -> ToolResult {
        let path = try #require(
            ["/usr/bin", "/usr/sbin"].map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) },
            "\(name) is missing; run `setup.sh test`")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.environment = ["CUPS_SERVER": server, "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        return try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { process in
                // The tools say less than a pipe holds.
                let output = pipe.fileHandleForReading.readDataToEndOfFile()
                continuation.resume(
                    returning: ToolResult(status: process.terminationStatus, output: String(decoding: output, as: UTF8.self)))
            }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
    }
}
