import Foundation
import Subprocess
import SystemPackage

/// python-escpos in an environment of its own.
struct PythonPeer: Sendable {
    let python: String
    private static let version = "3.1"

    struct Unusable: Error, CustomStringConvertible {
        var description: String
    }

    /// What it measured of itself.
    struct Tickets: Decodable {
        var perSecond: Double
        var bytes: Double

        private enum CodingKeys: String, CodingKey {
            case perSecond = "per_second"
            case bytes
        }
    }

    /// Makes `.build/peers` in the working folder and installs the package there, once.
    static func install() async throws -> PythonPeer {
        let folder = FileManager.default.currentDirectoryPath + "/.build/peers"
        let peer = PythonPeer(python: "\(folder)/bin/python")
        if try await output(peer.python, ["-c", "import escpos"]) == nil {
            guard try await output("/usr/bin/python3", ["-m", "venv", folder]) != nil else {
                throw Unusable(description: "python3 -m venv \(folder) failed; install python3-venv")
            }
            let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "python-escpos==\(version)"]
            guard try await output(peer.python, pip) != nil else {
                throw Unusable(
                    description: "pip could not install python-escpos \(version); check that this machine reaches a package index")
            }
        }
        return peer
    }

    /// The typical ticket, as often as it can in so many CPU seconds.
    func tickets(seconds: Double, logo: [UInt8]?) async throws -> Tickets {
        let picture = FileManager.default.temporaryDirectory.appendingPathComponent("logo-\(UUID().uuidString).png")
        defer { _ = try? FileManager.default.removeItem(at: picture) }
        if let logo { try Data(logo).write(to: picture) }
        let script = FileManager.default.currentDirectoryPath + "/Benchmarks/Peers/python_escpos.py"
        let arguments = ["-B", script, "\(seconds)"] + (logo == nil ? [] : [picture.path])
        guard let words = try await Self.output(python, arguments) else {
            throw Unusable(description: "\(script) failed; run it by \(python) to see why, from the project's root")
        }
        return try JSONDecoder().decode(Tickets.self, from: Data(words.utf8))
    }

    /// Standard output; nil when the program is missing or did not end with success.
    private static func output(_ executable: String, _ arguments: [String]) async throws -> String? {
        guard access(executable, X_OK) == 0 else { return nil }
        let result = try await Subprocess.run(
            .path(FilePath(executable)), arguments: Arguments(arguments), input: .none, output: .string(limit: 1 << 20), error: .discarded)
        return result.terminationStatus.isSuccess ? result.standardOutput : nil
    }
}
