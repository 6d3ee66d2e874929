import Foundation
import Testing

/// Runs the built `anjungan` as its users do.
@Suite struct SiteCommandTests {
    struct Outcome {
        var status: Int32
        var output: String
        var errors: String
    }

    static let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    /// The program stands beside the test bundle.
    static let program: URL = {
        let test = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
        return URL(fileURLWithPath: test).deletingLastPathComponent().appending(path: "anjungan")
    }()

    static func anjungan(_ arguments: [String], in directory: String = root, _ environment: [String: String] = [:]) throws -> Outcome {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: directory)
        let inherited = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("ANJUNGAN_") }
        process.environment = inherited.merging(environment) { $1 }
        let output = Pipe()
        let errors = Pipe()
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        // A few lines each, less than a pipe holds, so reading one after the other cannot block the program.
        let outputData = try output.fileHandleForReading.readToEnd() ?? Data()
        let errorData = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Outcome(
            status: process.terminationStatus, output: String(decoding: outputData, as: UTF8.self),
            errors: String(decoding: errorData, as: UTF8.self))
    }

    static func inDirectory(_ body: (String) throws -> Void) throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "site-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(atPath: directory) } }
        try body(directory)
    }

    @Test func aRightSiteIsCountedAndCompiled() throws {
        try Self.inDirectory { directory in
            let path = directory + "/p.json"
            let outcome = try Self.anjungan(["site", "check", "pekanbaru", "--output", path])
            #expect(outcome.errors == "")
            #expect(outcome.status == 0)
            let lines = outcome.output.split(separator: "\n")
            #expect(lines.first == "MPP Pekanbaru: 25 agencies (13 without services, not on the screen), 17 services, 2 kiosks")
            #expect(lines.dropFirst().first == "bundle \(path)")
            let bundle = try String(contentsOfFile: path, encoding: .utf8)
            let hash = try #require(lines.last?.split(separator: " ").last)
            #expect(bundle.hasPrefix("{\"format\":1,\"sha256\":\"\(hash)\",\"site\":{"))
        }
    }

    @Test func theEnvironmentNamesTheFolders() throws {
        try Self.inDirectory { directory in
            let outcome = try Self.anjungan(
                ["site", "check", "uji-skala", "--json"], in: directory,
                [
                    "ANJUNGAN_KIOSK_DIR": Self.root + "/Kiosk", "ANJUNGAN_DEVICES_DIR": Self.root + "/Devices",
                    "ANJUNGAN_STATE_DIRECTORY": directory + "/state",
                ])
            #expect(outcome.errors == "")
            #expect(outcome.output.contains("\"agencies\":60,\"bundle\":\"\(directory)/state/uji-skala.bundle.json\",\"hidden\":0"))
            #expect(outcome.output.contains("\"services\":500"))
            #expect(FileManager.default.fileExists(atPath: directory + "/state/uji-skala.bundle.json"))
        }
    }

    @Test func eachProblemIsALineAndNothingIsWritten() throws {
        try Self.inDirectory { directory in
            let site = directory + "/sites/contoh"
            try FileManager.default.createDirectory(atPath: site, withIntermediateDirectories: true)
            let golden = Self.root + "/Tests/Golden/site/everything-wrong-is-said-at-once"
            try FileManager.default.copyItem(atPath: golden + "/input.yaml", toPath: site + "/site.yaml")
            let outcome = try Self.anjungan(
                ["site", "check", "contoh", "--kiosk-dir", directory, "--output", directory + "/contoh.bundle.json"])
            #expect(outcome.status == 1)
            #expect(outcome.output == "")
            let expected = try String(contentsOfFile: golden + "/expected.txt", encoding: .utf8)
            #expect(outcome.errors == expected.replacing("input.yaml", with: site + "/site.yaml"))
            #expect(!FileManager.default.fileExists(atPath: directory + "/contoh.bundle.json"))
        }
    }

    @Test func anUnknownSiteAndAnUnwritableBundleFail() throws {
        let unknown = try Self.anjungan(["site", "check", "metro", "--json"])
        #expect(unknown.status == 1)
        #expect(unknown.errors.hasPrefix("\(Self.root)/Kiosk/sites: there is no site “metro”; use one of pekanbaru, uji-skala, or write "))
        #expect(unknown.output.hasPrefix("{\"problems\":[\"\(Self.root)/Kiosk/sites: there is no site “metro”"))

        let unwritable = try Self.anjungan(["site", "check", "pekanbaru", "--output", "/proc/nothing/x"])
        #expect(unwritable.status == 1)
        #expect(unwritable.errors.hasPrefix("/proc/nothing/x: the site bundle cannot be written: cannot make /proc/nothing: "))
    }

    @Test func withoutAnOutputTheBundleGoesToTheStateFolder() throws {
        try Self.inDirectory { directory in
            let outcome = try Self.anjungan(["site", "check", "pekanbaru"], ["XDG_STATE_HOME": directory])
            #expect(outcome.status == 0)
            #expect(outcome.output.contains("\nbundle \(directory)/anjungan/pekanbaru.bundle.json\n"))
            #expect(FileManager.default.fileExists(atPath: "\(directory)/anjungan/pekanbaru.bundle.json"))
        }
    }
}
