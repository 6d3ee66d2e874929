import Foundation

/// A headless Chromium that shows the kiosk's screen as large as a real one.
struct Browser: Sendable {
    let executable: String
    let folder: String

    struct Failed: Error, CustomStringConvertible {
        var description: String
    }

    /// The proportional memory of all its processes in bytes, once it has the page and grows no more.
    func memory(port: Int) async throws -> (processes: Int, bytes: Double) {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let browser = Child(
            executable: executable,
            arguments: [
                "--headless=new", "--no-sandbox", "--no-first-run", "--disable-gpu", "--window-size=1080,1920",
                "--user-data-dir=\(folder)", "http://127.0.0.1:\(port)/",
            ], log: "\(folder)/browser.log")
        return try await browser.run { pid in try await settledMemory(ProcessFigures(pid: pid), port) }
    }

    /// Looked at every half second, until it has not changed by a fiftieth for three seconds.
    private func settledMemory(_ browser: ProcessFigures, _ port: Int) async throws -> (processes: Int, bytes: Double) {
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(60)
        var steady = (since: clock.now, bytes: 0.0)
        while clock.now < deadline {
            try await clock.sleep(for: .milliseconds(500))
            let family = try browser.family()
            // One of them may end while they are read.
            let bytes = family.reduce(0) { $0 + ((try? $1.memory().proportional) ?? 0) }
            if try !hasPage(port) || abs(bytes - steady.bytes) > bytes / 50 { steady = (clock.now, bytes) }
            if clock.now - steady.since >= .seconds(3) { return (family.count, bytes) }
        }
        throw Failed(description: "\(executable) did not open the screen and come to rest within a minute; look at \(folder)/browser.log")
    }

    /// Whether anybody is connected to the screen; nobody else is at that time.
    private func hasPage(_ port: Int) throws -> Bool {
        let table = try String(contentsOfFile: "/proc/net/tcp", encoding: .utf8)
        let server = String(format: ":%04X", port)
        // proc(5): local address, remote address, state; 01 is established.
        return table.split(separator: "\n").contains { line in
            let fields = line.split(separator: " ")
            return fields.count > 3 && fields[1].hasSuffix(server) && fields[3] == "01"
        }
    }
}
