import Foundation
import Subprocess
import SystemPackage
import Testing

extension DemoTests {
    /// Headless Chromium touches through whole visits: see `Tests/Browser/visit.py`.
    /// The pictures of the last run are in `.build/screens/`.
    @Test(.timeLimit(.minutes(6)))
    func aBrowserTouchesThroughVisitsInPortraitThroughPaperOutAndAKilledKiosk() async throws {
        try await DemoProcess.run { demo in
            let kiosk = try demo.pid(of: "run")
            try await Self.browse(demo, viewport: "1080x1920", ["--trouble", "--kill-pid", "\(kiosk)"])
        }
    }

    @Test(.timeLimit(.minutes(6)))
    func aBrowserFindsItsServiceAmongFiveHundredInLandscape() async throws {
        try await DemoProcess.run(["--site", "uji-skala"]) { demo in
            try await Self.browse(demo, viewport: "1920x1080", [])
        }
    }

    private static func browse(_ demo: DemoProcess, viewport: String, _ options: [String]) async throws {
        let pictures = "\(root)/.build/screens/\(viewport)"
        try? FileManager.default.removeItem(atPath: pictures)
        try FileManager.default.createDirectory(atPath: pictures, withIntermediateDirectories: true)
        let result = try await Subprocess.run(
            .path(FilePath("\(root)/.build/venv/bin/python")),
            arguments: Arguments(
                [
                    "-B", "\(root)/Tests/Browser/visit.py", "--screen", "http://127.0.0.1:\(demo.screenPort)/", "--paper",
                    "http://127.0.0.1:\(demo.paperPort)/", "--out", pictures, "--viewport", viewport,
                ] + options),
            output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        let words = result.standardOutput + result.standardError
        #expect(result.terminationStatus == .exited(0), "\(words)")
        print(words)
    }
}
