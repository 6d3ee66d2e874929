import Foundation
import Subprocess
import SystemPackage

/// A child process that lives as long as something is measured on it.
struct Child: Sendable {
    var executable: String
    var arguments: [String]
    var environment: [String: String] = [:]
    /// Where its standard error goes.
    var log: String
    /// Its standard output must have begun lines with each of these before it counts as started.
    var awaited: Set<String> = []

    struct NotStarted: Error, CustomStringConvertible {
        var description: String
    }

    /// Starts it, lends its process id to `body` once it is up, and ends it: gracefully, and by force after twenty seconds.
    func run<Result: Sendable>(_ body: (pid_t) async throws -> Result) async throws -> Result {
        let log = try FileDescriptor.open(
            FilePath(log), .writeOnly, options: [.create, .append], permissions: [.ownerReadWrite, .groupRead, .otherRead])
        var options = PlatformOptions()
        // A group of its own: the terminal's Ctrl-C reaches this program, which ends its children in order.
        options.processGroupID = 0
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(20))]
        let teardown = options.teardownSequence
        let result = try await Subprocess.run(
            .path(FilePath(executable)), arguments: Arguments(arguments),
            environment: .inherit.updating(Dictionary(uniqueKeysWithValues: environment.map { (Environment.Key(stringLiteral: $0), $1) })),
            platformOptions: options, input: .none, output: .sequence, error: .fileDescriptor(log, closeAfterSpawningProcess: true)
        ) { execution in
            var missing = awaited
            if !missing.isEmpty {
                for try await line in execution.standardOutput.strings() {
                    missing = missing.filter { !line.hasPrefix($0) }
                    if missing.isEmpty { break }
                }
            }
            guard missing.isEmpty else { throw NotStarted(description: whyNot(missing)) }
            let result = try await body(execution.processIdentifier.value)
            await execution.teardown(using: teardown)
            return result
        }
        return result.closureResult
    }

    /// Starts it and waits until it has ended by itself.
    func finish() async throws {
        let result = try await Subprocess.run(
            .path(FilePath(executable)), arguments: Arguments(arguments),
            environment: .inherit.updating(Dictionary(uniqueKeysWithValues: environment.map { (Environment.Key(stringLiteral: $0), $1) })),
            input: .none, output: .discarded, error: .discarded)
        guard result.terminationStatus.isSuccess else {
            throw NotStarted(description: "\(executable) \(arguments.joined(separator: " ")) ended with \(result.terminationStatus)")
        }
    }

    private func whyNot(_ missing: Set<String>) -> String {
        let words = FileManager.default.contents(atPath: log).map { String(decoding: $0.suffix(2000), as: UTF8.self) } ?? ""
        return "\(executable) \(arguments.joined(separator: " ")) ended before it said \(missing.sorted()); its last words:\n\(words)"
    }
}

extension Child {
    /// How long `count` runs of a program take from start to end. One more before them brings everything into the page cache.
    static func times(_ executable: String, _ arguments: [String], count: Int) async throws -> Times {
        let clock = ContinuousClock()
        let child = Child(executable: executable, arguments: arguments, log: "/dev/null")
        try await child.finish()
        var times: [Duration] = []
        for _ in 0..<count {
            let begun = clock.now
            try await child.finish()
            times.append(clock.now - begun)
        }
        return Times(times)
    }
}
