import CentralServer
import Enrolment
import Foundation
import FreePort
import KioskCore
import SyncTransport

/// A centre of its own, `anjungan-central run` as a child process, for the length of a measurement.
struct MeasuredCentre: Sendable {
    let folder: String
    let pid: pid_t
    /// Where kiosks come in: its door with mutual TLS, or this machine's own way where it has no door.
    let url: String
    var store: String { "\(folder)/store" }
    var database: String { "\(store)/centre.sqlite" }

    /// Lends a new one to `body` and removes it with all that it stored.
    ///
    /// - Parameter tls: kiosks come in by mutual TLS, each with keys of its own and its signature on every batch.
    static func run<Result: Sendable>(
        _ program: MeasuredProgram, tls: Bool = true, _ body: @Sendable (MeasuredCentre) async throws -> Result
    ) async throws -> Result {
        let folder = "/tmp/anjungan-bench-\(UUID().uuidString.prefix(8).lowercased())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let page = try await FreePort.any()
        let door = try await FreePort.any()
        let child = Child(
            executable: program.central,
            arguments: ["run", "--listen", "127.0.0.1:\(page)", "--store", "\(folder)/store"]
                + (tls ? ["--tls", "127.0.0.1:\(door)"] : []),
            log: "\(folder)/centre.log", awaited: tls ? ["central ", "kiosks "] : ["central "])
        return try await child.run { pid in
            let url = tls ? "https://127.0.0.1:\(door)/" : "http://127.0.0.1:\(page)/"
            return try await body(MeasuredCentre(folder: folder, pid: pid, url: url))
        }
    }

    /// Enrols kiosks as technicians do, some at a time, and returns the keys of each.
    func enrol(_ names: [DeviceName]) async throws -> [Credentials] {
        let register = try await DeviceRegister.open(directory: store, now: .now)
        let client = EnrolmentClient(url: url)
        return try await inTurn(names, atOnce: 8) { name in
            let keys = "\(folder)/keys/\(name)"
            try FileManager.default.createDirectory(atPath: keys, withIntermediateDirectories: true)
            let code = try await register.newCode(name.site, name.kiosk, at: .now)
            _ = try await client.enrol(code, name, folder: keys)
            return Credentials(folder: keys)
        }
    }
}

/// Does something with each of many, a few at a time; the results in their order.
func inTurn<Item: Sendable, Result: Sendable>(
    _ items: [Item], atOnce: Int, _ body: @escaping @Sendable (Item) async throws -> Result
) async throws -> [Result] {
    try await withThrowingTaskGroup(of: (Int, Result).self) { group in
        var results = [Result?](repeating: nil, count: items.count)
        for (index, item) in items.enumerated() {
            if index >= atOnce, let (done, result) = try await group.next() { results[done] = result }
            group.addTask { (index, try await body(item)) }
        }
        for try await (done, result) in group { results[done] = result }
        return results.compactMap(\.self)
    }
}
