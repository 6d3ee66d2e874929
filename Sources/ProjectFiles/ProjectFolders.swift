import Foundation

/// Where the data of the project are: the folders `Kiosk` and `Devices`.
public struct ProjectFolders: Sendable {
    /// The folder `Kiosk`.
    public let kiosk: String
    /// The folder `Devices`.
    public let devices: String

    /// Which folder was not found, and what to do.
    public struct NotFound: Error, CustomStringConvertible {
        public var description: String
    }

    /// `ANJUNGAN_KIOSK_DIR` and `ANJUNGAN_DEVICES_DIR`, else beside the program or above it, else in the working folder.
    public static func find() throws -> ProjectFolders {
        let environment = ProcessInfo.processInfo.environment
        return ProjectFolders(
            kiosk: try find("Kiosk", environment["ANJUNGAN_KIOSK_DIR"], variable: "ANJUNGAN_KIOSK_DIR"),
            devices: try find("Devices", environment["ANJUNGAN_DEVICES_DIR"], variable: "ANJUNGAN_DEVICES_DIR"))
    }

    private static func find(_ name: String, _ chosen: String?, variable: String) throws -> String {
        if let chosen {
            let path = URL(fileURLWithPath: chosen).standardizedFileURL.path
            guard access(path, F_OK) == 0 else { throw NotFound(description: "\(variable) names \(path), which does not exist") }
            return path
        }
        var folders = [FileManager.default.currentDirectoryPath]
        var above = program.split(separator: "/")
        for _ in 0..<5 {
            _ = above.popLast()
            folders.append("/" + above.joined(separator: "/"))
        }
        let paths = folders.map { $0.hasSuffix("/") ? $0 + name : "\($0)/\(name)" }
        guard let path = paths.first(where: { access($0, F_OK) == 0 }) else {
            throw NotFound(description: "the folder \(name) was not found; run from the project's root, or set \(variable)")
        }
        return path
    }

    /// The path of the running executable.
    public static var program: String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    }
}
