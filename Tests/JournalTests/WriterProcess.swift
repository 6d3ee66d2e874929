import Foundation
import Testing

/// Runs `journal-writer` as a process of its own, to be killed or to be lied to by the kernel.
struct WriterProcess {
    /// What it said, line by line, until it ended.
    struct Run {
        var lines: [String]
        var status: Int32
        var wasKilled: Bool
        /// The numbers and ids that it acknowledged, in order.
        var acknowledged: [String] { lines.filter { $0.hasPrefix("KKA-") } }
        var refusals: [String] { lines.filter { $0.hasPrefix("refused ") } }
    }

    var arguments: [String]
    /// Options of strace, when it is to run under it.
    var strace: [String]?
    /// Of the process; the test's own where nothing is said.
    var environment: [String: String]?

    /// What a shell does around it, in mounts of its own: `$1` is the program. `arguments` follow as `$2`…
    var script: String?

    /// Stands beside the test program in the build folder.
    static let executable = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appendingPathComponent("journal-writer").path

    /// Runs it to its end, or until `killAfter` acknowledgements have been read.
    func run(killAfter: Int? = nil) throws -> Run {
        let process = Process()
        let output = Pipe()
        if let script {
            process.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
            // Whoever is not root is root in a namespace of its own, and may mount there.
            process.arguments = (geteuid() == 0 ? ["-m"] : ["-rm"]) + ["sh", "-c", script, "sh", Self.executable] + arguments
        } else if let strace {
            process.executableURL = URL(fileURLWithPath: "/usr/bin/strace")
            process.arguments = ["-f", "-qq"] + strace + [Self.executable] + arguments
        } else {
            process.executableURL = URL(fileURLWithPath: Self.executable)
            process.arguments = arguments
        }
        if let environment { process.environment = environment }
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        // Ours would keep the pipe open behind the child's end.
        try output.fileHandleForWriting.close()
        var text: [UInt8] = []
        var acknowledged = 0
        var alive = true
        while true {
            let chunk = output.fileHandleForReading.availableData
            if chunk.isEmpty { break }
            text += chunk
            acknowledged += chunk.count { $0 == 0x0A }
            if alive, let killAfter, acknowledged >= killAfter {
                kill(process.processIdentifier, SIGKILL)
                alive = false
            }
        }
        process.waitUntilExit()
        // A line without its end was not acknowledged.
        let whole = text.lastIndex(of: 0x0A).map { text[..<$0] } ?? []
        let lines = whole.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
        let wasKilled = process.terminationReason == .uncaughtSignal
        return Run(lines: lines, status: process.terminationStatus, wasKilled: wasKilled)
    }
}
