import Foundation
import LocalFiles

/// The folder of one demo: journal, logs, keys, process ids, the private CUPS, the centre's store.
struct DemoFiles: Sendable {
    let root: String

    /// One for each screen port, so that two demos do not share a journal.
    static func standard(screenPort: Int) -> DemoFiles { DemoFiles(root: "\(StateFolder.standard)/demo-\(screenPort)") }

    var configuration: String { "\(root)/anjungan.yaml" }
    var state: String { "\(root)/kiosk" }
    var publicKey: String { "\(root)/centre/public-key.pem" }
    /// Where the centre keeps it.
    var privateKey: String { "\(centreStore)/opening-key.pem" }
    var centreStore: String { "\(root)/centre/store" }
    var deviceSocket: String { "\(root)/devices.sock" }
    /// Of the emulated card reader and scanner.
    var emulatedDevices: String { "\(root)/emulated.sock" }
    var technicianSocket: String { "\(root)/technician.sock" }
    /// The stage's tap before the private cupsd.
    var spoolerTap: String { "\(root)/spooler.sock" }
    var cups: String { "\(root)/cups" }
    func log(of name: String) -> String { "\(root)/log/\(name).log" }
    func pidFile(of name: String) -> String { "\(root)/pid/\(name)" }

    struct Unusable: Error, CustomStringConvertible {
        var description: String
    }

    func create() throws {
        for folder in [root, "\(root)/log", "\(root)/pid", "\(root)/centre", centreStore, state] {
            do {
                try FileManager.default.createDirectory(
                    atPath: folder, withIntermediateDirectories: true,
                    attributes: [.posixPermissions: folder == centreStore ? 0o700 : 0o755])
            } catch {
                throw Unusable(
                    description: "the folder \(folder) cannot be made (\(error.localizedDescription)); choose another with --state")
            }
        }
    }

    /// Refuses a second demo on the same folder, as long as the lock is held.
    func lock() throws -> FileLock {
        let path = "\(root)/demo.lock"
        do throws(FileLock.Refusal) {
            return try FileLock(path)
        } catch {
            switch error {
            case .held:
                throw Unusable(
                    description:
                        "another demo already runs on \(root); stop it, or choose other ports by ANJUNGAN_PORTS=7170,7171,7172,7173")
            case .notOpened(let problem), .notLocked(let problem):
                throw Unusable(description: "\(path) cannot be locked: \(String(cString: strerror(problem)))")
            }
        }
    }

    func notePID(_ pid: pid_t, of name: String) throws {
        try "\(pid)\n".write(toFile: pidFile(of: name), atomically: true, encoding: .utf8)
    }

    /// The process that runs under this name. A number that has gone to another program is not given.
    func pid(of name: String) throws -> pid_t {
        guard let text = try? String(contentsOfFile: pidFile(of: name), encoding: .utf8),
            let pid = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)), isOurs(pid)
        else { throw Unusable(description: "\(pidFile(of: name)) names no running program of this demo") }
        return pid
    }

    /// Ends what a killed demo left behind: processes by their noted ids, if they still are programs of this folder.
    func endLeftovers() async throws {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(root)/pid")) ?? []
        for name in names {
            guard let pid = try? pid(of: name) else { continue }
            say("ending \(name), left by an earlier demo (process \(pid))")
            kill(pid, SIGTERM)
            let clock = ContinuousClock()
            let deadline = clock.now + .seconds(5)
            while isOurs(pid) {
                if clock.now > deadline { kill(pid, SIGKILL) }
                try await clock.sleep(for: .milliseconds(20))
            }
        }
    }

    private func isOurs(_ pid: pid_t) -> Bool {
        guard let line = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") else { return false }
        return String(decoding: line, as: UTF8.self).contains(root)
    }

    func lastLines(ofLog name: String) -> String {
        guard let data = FileManager.default.contents(atPath: log(of: name)) else { return "(no log)" }
        return String(decoding: data.suffix(4000), as: UTF8.self).split(separator: "\n").suffix(8).joined(separator: "\n")
    }
}
