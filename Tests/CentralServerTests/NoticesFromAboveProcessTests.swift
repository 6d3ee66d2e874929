import Foundation
import KioskCore
import LoopbackWeb
import SyncProtocol
import Testing

@testable import CentralServer

/// Three programs: a city's centre, a mall's below it, and whoever asks as a kiosk does.
@Suite(.timeLimit(.minutes(15))) struct NoticesFromAboveProcessTests {
    private let city = Bench()
    private let mall = Bench()

    private func notice(_ words: [String], at bench: Bench) async throws -> (status: CInt, output: String, errors: String) {
        try await CentreProcess.runAside(["notice"] + words + ["--store", bench.folder])
    }

    /// Asks the mall's centre until it says this emergency.
    private func told(_ centre: CentreProcess, _ words: String?) async throws {
        var known: String?
        while true {
            let notices = try await NoticeTests.ask("http://\(centre.address)/", known: known)
            if notices.emergency?.indonesian == words { return }
            known = notices.tag
        }
    }

    private func below(_ above: CentreProcess) async throws -> CentreProcess {
        let centre = try CentreProcess(store: mall.folder, more: ["--upstream", "http://\(above.address)/"])
        // Without keys only entries say which sites there are.
        var kiosk = SampleKiosk("mpp-1")
        kiosk.visit(1)
        _ = try await post(kiosk.whole, to: centre.address)
        return centre
    }

    @Test func anEmergencyGoesDownHoldsThroughKillsOfBothAndEnds() async throws {
        var above = try CentreProcess(store: city.folder)
        var centre = try await below(above)
        try await told(centre, nil)
        #expect(try await notice(["emergency", "pekanbaru", "--text", "Banjir."], at: city).status == 0)
        try await told(centre, "Banjir.")
        let address = above.address
        above.kill()
        centre.kill()
        centre = try CentreProcess(store: mall.folder, more: ["--upstream", "http://\(address)/"])
        #expect(try await NoticeTests.ask("http://\(centre.address)/", known: nil).emergency?.indonesian == "Banjir.", "nobody above")

        // The mall has one of its own meanwhile. It is nearer, and no end of the city's ends it.
        #expect(try await notice(["emergency", "pekanbaru", "--text", "Kebakaran."], at: mall).status == 0)
        try await told(centre, "Kebakaran.")
        #expect(try await notice(["all-clear", "pekanbaru"], at: city).status == 0)
        above = try CentreProcess(store: city.folder, port: address.port)
        while try await notice(["list"], at: mall).output.contains("from above: EMERGENCY") {}
        try await told(centre, "Kebakaran.")
        #expect(try await notice(["all-clear", "pekanbaru"], at: mall).status == 0)
        try await told(centre, nil)
        #expect(centre.stop() == 0)
        #expect(above.stop() == 0)
    }

    @Test func theMallSeesWhatCameAndMayEndItHere() async throws {
        let above = try CentreProcess(store: city.folder)
        var centre = try await below(above)
        #expect(try await notice(["emergency", "pekanbaru/mpp-1", "--text", "Listrik."], at: city).status == 0)
        try await told(centre, "Listrik.")
        #expect(try await notice(["bundle", "pekanbaru", String(repeating: "a", count: 64)], at: city).status == 0)
        while try await !notice(["list"], at: mall).output.contains("pekanbaru  from above: bundle aaaa") {}
        #expect(try await notice(["list"], at: mall).output.contains("pekanbaru/mpp-1  from above: EMERGENCY since"))
        let listed = try await notice(["list", "--json"], at: mall).output
        #expect(listed.contains(#""above":{"bundle":"aaaa"#), "\(listed)")

        let here = try await notice(["all-clear", "pekanbaru"], at: mall)
        #expect(here.status == 1 && here.errors.contains("ends there, or here with --from-above"))
        #expect(try await notice(["all-clear", "pekanbaru/mpp-1", "--from-above"], at: mall).status == 64)
        #expect(try await notice(["all-clear", "pekanbaru", "--from-above"], at: mall).status == 0)
        try await told(centre, nil)
        #expect(try await notice(["list"], at: mall).output.contains("was ended here"))
        let nobody = try await notice(["all-clear", "pekanbaru", "--from-above"], at: city)
        #expect(nobody.status == 1 && nobody.errors.contains("the centre above calls no emergency"))
        #expect(try await notice(["emergency", "pekanbaru", "--text", "Gempa."], at: city).status == 0)
        try await told(centre, "Gempa.")
        // The city sees that it arrived.
        while try await !CentreProcess.runAside(["report", "--store", city.folder]).output.contains("pekanbaru/all-kiosks emergency") {}

        #expect(centre.stop() == 0)
        centre = try CentreProcess(store: mall.folder)
        try await told(centre, nil)
        #expect(try await !notice(["list"], at: mall).output.contains("from above:"), "without a centre above nothing from there holds")
        #expect(centre.stop() == 0)
        #expect(above.stop() == 0)
    }
}
