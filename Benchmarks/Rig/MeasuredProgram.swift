import Foundation

/// The built program that is measured.
struct MeasuredProgram: Sendable {
    let path: String
    /// What `path` becomes for most commands.
    var full: String { path + "-full" }
    /// The CUPS backend of the same build.
    var backend: String { URL(fileURLWithPath: path).deletingLastPathComponent().appendingPathComponent("escpos").path }

    struct Missing: Error, CustomStringConvertible {
        var description: String
    }

    /// - Parameter chosen: by the person at the terminal; nil takes the one beside this program.
    init(_ chosen: String?) throws {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        path = chosen ?? URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent("anjungan").path
        for needed in [path, full, backend] where access(needed, X_OK) != 0 {
            throw Missing(
                description: "\(needed) is missing or not executable; build it by `swift build -c release`, or name another by --program")
        }
    }

    /// A debug build says nothing about speed.
    var remarks: [String] {
        path.contains("/debug/") ? ["a debug build: the figures say nothing about speed"] : []
    }
}
