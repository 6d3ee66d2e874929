import CUPSPrinting
import Foundation
import FreePort

/// A folder and ports for one measurement, so that no other kiosk of the machine is touched.
struct MeasuringFolder: Sendable {
    let folder: String
    let program: MeasuredProgram
    let screenPort: Int
    let paperPort: Int
    private let otherPorts: [Int]

    /// Lends a new one to `body` and removes it afterwards.
    static func run<Result: Sendable>(
        _ program: MeasuredProgram, _ body: @Sendable (MeasuringFolder) async throws -> Result
    ) async throws -> Result {
        // In /tmp, because cupsd runs its backend as `lp`, who must be able to reach it.
        let folder = "/tmp/anjungan-bench-\(UUID().uuidString.prefix(8).lowercased())"
        var ports: Set<Int> = []
        while ports.count < 4 { ports.insert(try await FreePort.any()) }
        let numbers = Array(ports)
        let place = MeasuringFolder(
            folder: folder, program: program, screenPort: numbers[0], paperPort: numbers[1], otherPorts: Array(numbers[2...]))
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
        let result: Result
        do {
            result = try await body(place)
        } catch {
            try place.remove()
            throw error
        }
        try place.remove()
        return result
    }

    private func remove() throws {
        // The spool is elsewhere, in memory.
        try PrivateScheduler(directory: "\(folder)/cups", deviceSocket: "", backend: "").remove()
        try FileManager.default.removeItem(atPath: folder)
    }

    /// A whole kiosk, for the length of `body`.
    func demo<Result: Sendable>(
        _ options: [String], environment: [String: String] = [:], _ body: @Sendable (MeasuringFolder) async throws -> Result
    ) async throws -> Result {
        var environment = environment
        environment["ANJUNGAN_PORTS"] = ([screenPort, paperPort] + otherPorts).map(String.init).joined(separator: ",")
        let demo = Child(
            executable: program.path, arguments: ["demo", "--state", folder] + options, environment: environment,
            log: "\(folder)/demo.log", awaited: ["screen ", "paper "])
        return try await demo.run { _ in try await body(self) }
    }

    /// What the demo wrote for `anjungan run`.
    var configuration: String { "\(folder)/anjungan.yaml" }

    struct Unreadable: Error, CustomStringConvertible {
        var description: String
    }

    /// Where the demo's emulated printer listens.
    func printerPort() throws -> Int {
        let text = try String(contentsOfFile: configuration, encoding: .utf8)
        let line = text.split(separator: "\n").first { $0.hasPrefix("printer_address:") }
        guard let port = line.flatMap({ Int($0.filter { $0 != "\"" }.split(separator: ":").last ?? "") }) else {
            throw Unreadable(description: "\(configuration) names no printer_address; did the demo's file change?")
        }
        return port
    }

    /// The process ids of the demo's children by their names: run, cupsd, emulate and whoever else there is.
    func children() throws -> [String: pid_t] {
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/pid")
        return try names.reduce(into: [:]) { children, name in
            let text = try String(contentsOfFile: "\(folder)/pid/\(name)", encoding: .utf8)
            children[name] = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines))
        }
    }

    /// The process id of one of the demo's children.
    func child(_ name: String) throws -> pid_t {
        guard let pid = try children()[name] else { throw Unreadable(description: "\(folder)/pid/\(name) holds no process id") }
        return pid
    }
}
