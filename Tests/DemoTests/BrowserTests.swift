import Foundation
import Subprocess
import SystemPackage
import Testing

extension DemoTests {
    /// Headless Chromium touches through whole visits: see `Tests/Browser/visit.py`.
    /// The pictures of the last run are in `.build/screens/`.
    @Test(.timeLimit(.minutes(15)))
    func aBrowserTouchesThroughVisitsInPortraitThroughPaperOutAndAKilledKiosk() async throws {
        try await DemoProcess.run { demo in
            let kiosk = try demo.pid(of: "run")
            try await Self.browse(demo, viewport: "1080x1920", site: "pekanbaru", ["--trouble", "--kill-pid", "\(kiosk)"])
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func aBrowserFindsItsServiceAmongFiveHundredInLandscape() async throws {
        try await DemoProcess.run(["--site", "uji-skala"]) { demo in
            try await Self.browse(demo, viewport: "1920x1080", site: "uji-skala", [])
        }
    }

    /// Presses every button of the stage while 20 visits run, and reads that nothing was lost and nothing doubled:
    /// see `Tests/Browser/stage.py`.
    @Test(.timeLimit(.minutes(15)))
    func aBrowserPressesTheStagesButtonsAndReadsThatNothingIsLostOrDoubled() async throws {
        try await DemoProcess.run { demo in
            try await Self.python("stage.py", pictures: "stage", ["--stage", "http://127.0.0.1:\(demo.stagePort)/"])
        }
    }

    /// Taps cards, shows codes: see `Tests/Browser/cards.py`.
    @Test(.timeLimit(.minutes(15)), arguments: ["1080x1920", "1920x1080"])
    func aBrowserSeesATapAndAScanLeadToATicket(_ viewport: String) async throws {
        try await DemoProcess.run(["--no-stock"]) { demo in
            let addresses = [("screen", demo.screenPort), ("paper", demo.paperPort), ("stage", demo.stagePort)]
            let options = addresses.flatMap { ["--\($0)", "http://127.0.0.1:\($1)/"] } + ["--viewport", viewport]
            try await Self.python("cards.py", pictures: "cards-\(viewport)", options)
        }
    }

    private static func browse(_ demo: DemoProcess, viewport: String, site: String, _ options: [String]) async throws {
        let addresses = ["--screen", "http://127.0.0.1:\(demo.screenPort)/", "--paper", "http://127.0.0.1:\(demo.paperPort)/"]
        let centre = ["--central", DemoProcess.program + "-central", "--store", "\(demo.folder)/centre/store", "--site", site]
        try await python("visit.py", pictures: viewport, addresses + centre + ["--viewport", viewport] + options)
    }

    /// Runs a script of `Tests/Browser`, which leaves its pictures in a folder below `.build/screens`.
    private static func python(_ script: String, pictures: String, _ options: [String]) async throws {
        let folder = "\(root)/.build/screens/\(pictures)"
        try? FileManager.default.removeItem(atPath: folder)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let result = try await Subprocess.run(
            .path(FilePath("\(root)/.build/venv/bin/python")),
            arguments: Arguments(["-B", "\(root)/Tests/Browser/\(script)", "--out", folder] + options),
            output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        let words = result.standardOutput + result.standardError
        #expect(result.terminationStatus == .exited(0), "\(words)")
        print(words)
    }
}
