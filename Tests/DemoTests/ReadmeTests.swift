import Foundation
import Subprocess
import SystemPackage
import Testing

extension DemoTests {
    /// What a newcomer types after `make run`, as it stands in README.md.
    @Test(.timeLimit(.minutes(15))) func everyCommandOfTheReadmesToursWorksAsWritten() async throws {
        let commands = try Self.commandsOfTheTours()
        #expect(commands.contains("doctor"))
        #expect(commands.contains("report --store"))
        try await DemoProcess.run { demo in
            // Where the programs look for a demo that was started without --state.
            let home = "\(demo.folder)/home"
            try FileManager.default.createDirectory(atPath: "\(home)/anjungan", withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(
                atPath: "\(home)/anjungan/demo-\(demo.screenPort)", withDestinationPath: demo.folder)
            let ports = [demo.screenPort, demo.paperPort, demo.centrePort, demo.stagePort]
            var script = commands.replacingOccurrences(of: "/var/lib/anjungan/demo-7070", with: demo.folder)
            for (index, port) in ports.enumerated() {
                script = script.replacingOccurrences(of: "127.0.0.1:707\(index)", with: "127.0.0.1:\(port)")
            }
            let result = try await Subprocess.run(
                .name("bash"), arguments: ["-euo", "pipefail", "-c", script],
                environment: .inherit.updating(["ANJUNGAN_PORTS": ports.map(String.init).joined(separator: ","), "XDG_STATE_HOME": home]),
                workingDirectory: FilePath(Self.root), output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
            let words = result.standardOutput + result.standardError
            #expect(result.terminationStatus == .exited(0), "\(words)")
            #expect(words.contains("media-empty"), "the doctor sees that the paper is out: \(words)")
            #expect(words.contains("not healthy"))
            #expect(words.contains("dpmptsp"))
        }
    }

    /// The shell lines between the technician's tour and the table of programs.
    private static func commandsOfTheTours() throws -> String {
        let text = try String(contentsOfFile: "\(root)/README.md", encoding: .utf8)
        let start = try #require(text.range(of: "### As a technician"))
        let end = try #require(text.range(of: "## Programs"))
        let parts = text[start.upperBound..<end.lowerBound].components(separatedBy: "```")
        return parts.filter { $0.hasPrefix("sh\n") }.map { $0.dropFirst(3) }.joined()
    }

    @Test func everyPictureAndFileThatTheReadmeNamesIsThere() throws {
        let text = try String(contentsOfFile: "\(Self.root)/README.md", encoding: .utf8)
        let links = text.matches(of: /\]\(([^)#:]+)\)/).map { String($0.1) }
        #expect(links.count > 3)
        for link in links { #expect(FileManager.default.fileExists(atPath: "\(Self.root)/\(link)"), "README.md names \(link)") }
    }

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .path
}
