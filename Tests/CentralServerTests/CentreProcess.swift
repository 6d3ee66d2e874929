import Foundation
import LoopbackWeb
import Testing

/// `anjungan-central` as a process of its own, to be killed or to be lied to by the kernel.
final class CentreProcess {
    private let process = Process()
    private let output = Pipe()
    let address: ListenAddress

    /// Stands beside the test program in the build folder.
    static let executable = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appendingPathComponent("anjungan-central").path

    /// Starts a centre and waits until it listens.
    init(store: String, port: Int = 0, more: [String] = [], strace: [String]? = nil) throws {
        let command =
            [
                Self.executable, "run", "--listen", "127.0.0.1:\(port)", "--store", store, "--page", WebTests.page, "--log-level",
                "critical",
            ] + more
        // -D: the tracer stands aside, so that signals reach the centre.
        let whole = strace.map { ["/usr/bin/strace", "-D", "-f", "-qq"] + $0 + command } ?? command
        process.executableURL = URL(fileURLWithPath: whole[0])
        process.arguments = Array(whole.dropFirst())
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        // Ours would keep the pipe open behind the child's end.
        try output.fileHandleForWriting.close()
        var line: [UInt8] = []
        while !line.contains(0x0A) {
            let chunk = output.fileHandleForReading.availableData
            if chunk.isEmpty { break }
            line += chunk
        }
        let words = String(decoding: line, as: UTF8.self)
        let url = try #require(words.firstMatch(of: /^central http:\/\/(127\.0\.0\.1:\d+)\/\n$/), "it said “\(words)”")
        address = try #require(ListenAddress(String(url.1)))
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

    /// Runs a subcommand to its end.
    static func run(_ arguments: [String]) throws -> (status: CInt, output: String, errors: String) {
        let process = Process()
        let (output, errors) = (Pipe(), Pipe())
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
