import CUPSPrinting
import Foundation
import FreePort
import KioskCore
import KioskRuntime
import Subprocess
import SystemPackage
import Testing

/// A running `anjungan demo` in a folder and on ports of its own.
struct DemoProcess: Sendable {
    let folder: String
    let screenPort: Int
    let paperPort: Int
    let centrePort: Int
    let stagePort: Int

    /// What went wrong while it started.
    struct NotStarted: Error, CustomStringConvertible {
        var description: String
    }

    /// The built program, beside the test bundle.
    static let program: String = {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return root.appendingPathComponent(".build/debug/anjungan").path
    }()

    /// Runs a demo for the length of `body`, then stops it and lends its folder to `afterwards`.
    static func run(
        _ options: [String] = [], environment: [String: String] = [:], _ body: @Sendable (DemoProcess) async throws -> Void,
        afterwards: @Sendable (DemoProcess) async throws -> Void = { _ in }
    ) async throws {
        // cupsd runs backends as `lp`, who must be able to reach the folder.
        let folder = "/tmp/anjungan-test-\(UUID().uuidString.prefix(8))"
        defer {
            try? PrivateScheduler(directory: "\(folder)/cups", deviceSocket: "", backend: "").remove()
            try? FileManager.default.removeItem(atPath: folder)
        }
        var ports: [Int] = []
        while ports.count < 4 {
            let port = try await FreePort.any()
            if !ports.contains(port) { ports.append(port) }
        }
        let demo = DemoProcess(folder: folder, screenPort: ports[0], paperPort: ports[1], centrePort: ports[2], stagePort: ports[3])
        var platform = PlatformOptions()
        platform.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(20))]
        let result = try await Subprocess.run(
            .path(FilePath(program)), arguments: Arguments(["demo", "--state", folder] + options),
            environment: .inherit.updating(["ANJUNGAN_PORTS": ports.map(String.init).joined(separator: ",")]).updating(
                Dictionary(uniqueKeysWithValues: environment.map { (Environment.Key(stringLiteral: $0), $1) })),
            platformOptions: platform, input: .none, output: .sequence, error: .currentStandardError
        ) { execution in
            var awaited: Set<String> = ["screen", "paper", "central", "stage"]
            for try await line in execution.standardOutput.strings() {
                awaited = awaited.filter { !line.hasPrefix($0 + " http://127.0.0.1:") }
                if awaited.isEmpty { break }
            }
            guard awaited.isEmpty else { throw NotStarted(description: "the demo ended before it served \(awaited)") }
            try await body(demo)
            await execution.teardown(using: platform.teardownSequence)
        }
        #expect(result.terminationStatus == .exited(0), "Ctrl-C stops everything cleanly")
        try await afterwards(demo)
    }

    var screen: ScreenClient { ScreenClient(port: screenPort) }

    /// The process of one of the demo's children: emulate, cupsd or run.
    func pid(of child: String) throws -> pid_t {
        let text = try String(contentsOfFile: "\(folder)/pid/\(child)", encoding: .utf8)
        return try #require(pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)))
    }

    /// Processes of the backend that this demo's CUPS started.
    func backends() -> [pid_t] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.compactMap { pid_t($0) }.filter { pid in
            let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/exe")
            return program.map { $0.hasPrefix(folder) && $0.hasSuffix("/escpos") } ?? false
        }
    }
}

extension DemoProcess {
    static let service = ServiceKey("dpmptsp/perizinan")!

    /// One visit to a service that asks nothing; waits for a kiosk that is coming back.
    func visit(answering reply: VisitScript.Reply = .leave) async throws -> VisitRunner.Report {
        let script = VisitScript(service: Self.service, nik: nil, reply: reply)
        return try await VisitRunner(client: screen).visit(script, patience: .seconds(60))
    }
}
