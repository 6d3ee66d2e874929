import Foundation
import ServiceLifecycle
import Subprocess
import Synchronization
import SystemPackage

/// A program that the demo keeps running: it starts it, restarts it when it dies, and ends it with the demo.
struct ChildProgram: Service {
    let name: String
    let executable: String
    let arguments: [String]
    let environment: [String: String]
    let files: DemoFiles
    /// Makes what it needs, before every start.
    let prepare: @Sendable () throws -> Void
    /// Each line of its standard output.
    let onLine: @Sendable (String) -> Void

    /// A child that lived shorter than this did not come up.
    private static let shortLife = Duration.seconds(3)
    private static let mostFailures = 5

    /// Thrown when a child cannot be brought up.
    struct Failed: Error, CustomStringConvertible {
        var description: String
    }

    func run() async throws {
        try await cancelWhenGracefulShutdown { try await keepRunning() }
    }

    private func keepRunning() async throws {
        let clock = ContinuousClock()
        var failures = 0
        while !Task.isCancelled {
            let started = clock.now
            let ending = try await runOnce()
            if Task.isCancelled { return }
            // Somebody's kill -9 says nothing against the program.
            let wasKilled = ending == .signaled(SIGKILL)
            failures = clock.now - started < Self.shortLife && !wasKilled ? failures + 1 : 0
            guard failures < Self.mostFailures else {
                throw Failed(
                    description: """
                        \(name) does not come up (\(ending)). Its last words, from \(files.log(of: name)):
                        \(files.lastLines(ofLog: name))
                        """)
            }
            say("\(name) ended (\(ending)); starting it again")
            do {
                try await clock.sleep(for: .milliseconds(failures == 0 ? 50 : 250 << failures))
            } catch {
                return
            }
        }
    }

    private func runOnce() async throws -> TerminationStatus {
        try prepare()
        let log = try FileDescriptor.open(
            FilePath(files.log(of: name)), .writeOnly, options: [.create, .append], permissions: [.ownerReadWrite, .groupRead, .otherRead])
        var options = PlatformOptions()
        // A group of its own, so that the terminal's Ctrl-C reaches only the demo, which ends its children in order.
        options.processGroupID = 0
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(10))]
        let result = try await Subprocess.run(
            .path(FilePath(executable)),
            arguments: Arguments(arguments),
            environment: .inherit.updating(Dictionary(uniqueKeysWithValues: environment.map { (Environment.Key(stringLiteral: $0), $1) })),
            platformOptions: options,
            input: .none,
            output: .sequence,
            error: .fileDescriptor(log, closeAfterSpawningProcess: true)
        ) { execution in
            try files.notePID(execution.processIdentifier.value, of: name)
            for try await line in execution.standardOutput.strings() { onLine(line) }
        }
        return result.terminationStatus
    }
}

/// Tells the person at the terminal what the demo does. Standard output is for the addresses.
func say(_ sentence: String) {
    FileHandle.standardError.write(Data((sentence + "\n").utf8))
}
