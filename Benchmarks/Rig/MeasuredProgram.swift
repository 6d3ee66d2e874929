import Foundation

/// The built program that is measured.
struct MeasuredProgram: Sendable {
    let path: String
    /// What `path` becomes for most commands.
    var full: String { path + "-full" }
    /// The centre's program of the same build.
    var central: String { Self.beside(path, "anjungan-central") }
    /// The CUPS backend of the same build.
    var backend: String { Self.beside(path, "escpos") }

    private static func beside(_ path: String, _ name: String) -> String {
        URL(fileURLWithPath: path).deletingLastPathComponent().appendingPathComponent(name).path
    }

    struct Missing: Error, CustomStringConvertible {
        var description: String
    }

    /// - Parameters:
    ///   - chosen: by the person at the terminal; nil takes the one beside this program.
    ///   - needed: the programs that must be there.
    init(_ chosen: String?, needing needed: [KeyPath<Self, String>]) throws {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        path = chosen ?? Self.beside(own, "anjungan")
        for needed in needed.map({ self[keyPath: $0] }) where access(needed, X_OK) != 0 {
            throw Missing(
                description: "\(needed) is missing or not executable; build it by `swift build -c release`, or name another by --program")
        }
    }

    /// A debug build says nothing about speed.
    var remarks: [String] {
        path.contains("/debug/") ? ["a debug build: the figures say nothing about speed"] : []
    }
}
