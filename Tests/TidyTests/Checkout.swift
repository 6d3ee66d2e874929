import Foundation

/// The files of the package that this test stands in.
struct Checkout: Sendable {
    /// The package's root, without a slash at its end.
    static let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    /// Every file below a folder of the root whose name ends in one of `suffixes`, sorted.
    static func files(_ folder: String, _ suffixes: String...) throws -> [SourceFile] {
        try FileManager.default.subpathsOfDirectory(atPath: "\(root)/\(folder)").sorted()
            .filter { path in suffixes.contains { path.hasSuffix($0) } }
            .map { path in
                SourceFile(path: "\(folder)/\(path)", text: try String(contentsOfFile: "\(root)/\(folder)/\(path)", encoding: .utf8))
            }
    }

    static func swiftFiles() throws -> [SourceFile] {
        try files("Sources", ".swift") + files("Tests", ".swift") + files("Benchmarks", ".swift")
    }

    static func manifest() throws -> Manifest {
        Manifest(text: try String(contentsOfFile: "\(root)/Package.swift", encoding: .utf8))
    }

    static let isGitCheckout = FileManager.default.fileExists(atPath: "\(root)/.git")

    /// What git tracks.
    static func trackedFiles() throws -> [String] {
        let git = Process()
        git.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        // The checkout may belong to another user than the one who runs the tests.
        git.arguments = ["git", "-c", "safe.directory=\(root)", "-C", root, "ls-files"]
        let output = Pipe()
        git.standardOutput = output
        try git.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        git.waitUntilExit()
        guard git.terminationStatus == 0 else { throw CocoaError(.fileReadUnknown) }
        return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}

/// The modules of `Package.swift` in their order, low to high.
struct Manifest {
    let modules: [String]

    init(text: String) {
        let declaration = /(?:\bmodule\(|\.systemLibrary\(\s*name:|\.executableTarget\(\s*name:)\s*"([A-Za-z-]+)"/
        modules = text.matches(of: declaration).map { String($0.output.1) }
    }

    /// 0 for the lowest module; nil for what is not ours.
    func level(_ module: String) -> Int? { modules.firstIndex(of: module) }
}
