import Dispatch
import Foundation
import LoopbackWeb
import Testing

/// `anjungan-central` as a process of its own, to be killed or to be lied to by the kernel.
final class CentreProcess {
    private let process = Process()
    private let output = Pipe()
    let address: ListenAddress
    /// Where kiosks come in by TLS; nil without.
    let door: ListenAddress?

    /// Stands beside the test program in the build folder.
    static let executable = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appendingPathComponent("anjungan-central").path

    /// Starts a centre and waits until it listens.
    ///
    /// - Parameters:
    ///   - host: of the door for kiosks.
    ///   - within: a command before the program's own, such as one that enters another network.
    init(
        store: String, port: Int = 0, more: [String] = [], tls: Bool = false, host: String = "127.0.0.1", strace: [String]? = nil,
        environment: [String: String]? = nil, within: [String] = []
    ) throws {
        let command =
            [
                Self.executable, "run", "--listen", "127.0.0.1:\(port)", "--store", store, "--page", WebTests.page, "--log-level",
                "critical",
            ] + more + (tls ? ["--tls", "\(host):0"] : [])
        // -D: the tracer stands aside, so that signals reach the centre.
        let whole = within + (strace.map { ["/usr/bin/strace", "-D", "-f", "-qq"] + $0 + command } ?? command)
        process.executableURL = URL(fileURLWithPath: whole[0])
        process.arguments = Array(whole.dropFirst())
        if let environment { process.environment = environment }
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        // Ours would keep the pipe open behind the child's end.
        try output.fileHandleForWriting.close()
        var lines: [UInt8] = []
        while lines.count(where: { $0 == 0x0A }) < (tls ? 2 : 1) {
            let chunk = output.fileHandleForReading.availableData
            if chunk.isEmpty { break }
            lines += chunk
        }
        // The two doors open in any order.
        let words = String(decoding: lines, as: UTF8.self).split(separator: "\n").sorted().joined(separator: "\n")
        let url = try #require(
            words.wholeMatch(of: /central http:\/\/(127\.0\.0\.1:\d+)\/(?:\nkiosks https:\/\/([\d.]+:\d+)\/)?/), "it said “\(words)”")
        address = try #require(ListenAddress(String(url.1)))
        door = url.2.flatMap { ListenAddress(String($0)) }
    }

    deinit { if process.isRunning { kill() } }

    func kill() {
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Asks it to stop, and returns its exit status.
    func stop(_ signal: CInt = SIGTERM) -> CInt {
        Glibc.kill(process.processIdentifier, signal)
        process.waitUntilExit()
        return process.terminationReason == .exit ? process.terminationStatus : -1
    }

    /// ``run(_:of:typing:)`` away from the tests' few threads, which others need meanwhile.
    static func runAside(
        _ arguments: [String], typing line: String? = nil
    ) async throws -> (status: CInt, output: String, errors: String) {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result { try run(arguments, typing: line) }) }
        }
    }

    /// Runs a subcommand of the centre's program, or of another one beside it, to its end.
    static func run(
        _ arguments: [String], of executable: String = executable, typing line: String? = nil
    ) throws -> (status: CInt, output: String, errors: String) {
        let process = Process()
        let (input, output, errors) = (Pipe(), Pipe(), Pipe())
        process.standardInput = input
        try input.fileHandleForWriting.write(contentsOf: Data((line.map { $0 + "\n" } ?? "").utf8))
        try input.fileHandleForWriting.close()
        // One that serves where it should have refused must not hold up the test for ever.
        process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
        process.arguments = ["30", executable] + arguments
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        try output.fileHandleForWriting.close()
        try errors.fileHandleForWriting.close()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        let complained = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: said, as: UTF8.self), String(decoding: complained, as: UTF8.self))
    }
}
