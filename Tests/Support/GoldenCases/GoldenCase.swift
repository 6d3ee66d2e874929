import Foundation

/// A golden case is a folder under `Tests/Golden/SUITE`: what goes in, and what must come out.
///
/// `ANJUNGAN_RECORD=1 swift test` writes what came out into the folders; such a run fails, so nobody passes by recording.
public struct GoldenCase: Sendable, CustomStringConvertible {
    /// The folder's name, which says the rule.
    public let name: String
    private let directory: URL

    /// `Tests/Golden`, in whichever checkout this file stands.
    static var root: URL {
        URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appending(path: "Golden")
    }

    /// Every case of a suite, by name.
    public static func all(_ suite: String) -> [GoldenCase] {
        let folder = root.appending(path: suite)
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path) else {
            preconditionFailure("\(folder.path) does not exist: a suite of golden cases is a folder there")
        }
        return names.sorted().filter { !$0.hasPrefix(".") }.map { GoldenCase(name: $0, directory: folder.appending(path: $0)) }
    }

    public var description: String { name }

    /// The path of a file in the folder.
    public func path(_ file: String) -> String { directory.appending(path: file).path }

    /// Compares with `expected.txt`; messages name files relative to the case's folder.
    /// - Returns: nil when they agree, else what a test should report.
    public func difference(_ actual: String) -> String? {
        let actual = actual.replacingOccurrences(of: directory.path + "/", with: "") + "\n"
        let file = path("expected.txt")
        if ProcessInfo.processInfo.environment["ANJUNGAN_RECORD"] == "1" {
            do { try actual.write(toFile: file, atomically: true, encoding: .utf8) } catch { return "not recorded: \(error)" }
            return "recorded \(file): read it, then run without ANJUNGAN_RECORD"
        }
        guard let expected = try? String(contentsOfFile: file, encoding: .utf8) else {
            return "\(file) cannot be read; ANJUNGAN_RECORD=1 writes it. Came out:\n\(actual)"
        }
        return expected == actual ? nil : "expected:\n\(expected)\ncame out:\n\(actual)"
    }
}
