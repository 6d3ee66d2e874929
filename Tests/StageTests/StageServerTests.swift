import Foundation
import Testing

@testable import Stage

/// The stage over HTTP, as its page and a test's browser use it.
@Suite(.timeLimit(.minutes(15))) struct StageServerTests {
    @Test func thePageMayShowTheThreeOthersAndNothingElse() async throws {
        try await StageBench.with { bench in
            let page = try await bench.ask("GET", "")
            #expect(page.status == 200 && page.type == "text/html; charset=utf-8")
            let policy = try #require(page.policy)
            #expect(policy.contains("default-src 'self'") && policy.contains("frame-src http://127.0.0.1:1 http://127.0.0.1:"))
            for file in ["stage.css", "stage.js", "window.js", "icon.svg"] { #expect(try await bench.ask("GET", file).status == 200) }
        }
    }

    @Test func theStateHoldsTheLedgerInBothLanguages() async throws {
        try await StageBench.with(HonestDay(void: 2)) { bench in
            let state = try await bench.ask("GET", "state.json").text
            #expect(state.contains(#""indonesian":"hilang 0, ganda 0""#) && state.contains(#""english":"lost 0, doubled 0""#))
            #expect(state.contains("issued 2 = on paper 0 + void 2 + unknown 0") && state.contains("issued 2 = at the centre 2"))
            #expect(state.contains(#""at_centre":2"#) && state.contains(#""kiosk_answers":true"#))
            #expect(state.contains(#""screen":{"answers":false,"url":"http://127.0.0.1:1/"}"#))
        }
    }

    @Test(arguments: StageAction.faults) func aFaultGoesToThePaperPageAndBack(_ fault: String) async throws {
        try await StageBench.with { bench in
            #expect(try await bench.press("\(fault)/on").status == 204)
            #expect(bench.paper.currentFaults == [fault])
            try await bench.watch(for: #""faults":["\#(fault)"]"#)
            #expect(try await bench.press("\(fault)/off").status == 204)
            #expect(bench.paper.currentFaults == [])
        }
    }

    @Test func theNetworkIsCutAndRestored() async throws {
        try await StageBench.with { bench in
            #expect(try await bench.press("network/cut").status == 204)
            #expect(bench.relay.isCut)
            try await bench.watch(for: #""network":{"cut":true}"#, "network cut")
            #expect(try await bench.press("network/restore").status == 204)
            #expect(!bench.relay.isCut)
        }
    }

    @Test func mendingTakesBackEverything() async throws {
        try await StageBench.with { bench in
            for action in ["paper-out/on", "cover-open/on", "network/cut"] { try await bench.press(action) }
            #expect(try await bench.press("mend").status == 204)
            #expect(bench.paper.currentFaults == [] && !bench.relay.isCut)
        }
    }

    @Test(arguments: ["dance", "paper-out", "paper-out/maybe", "network/on", "visits/on", "hang/on"])
    func anUnknownButtonIsNamedWithTheKnownOnes(_ action: String) async throws {
        try await StageBench.with { bench in
            let reply = try await bench.press(action)
            #expect(reply.status == 404)
            #expect(reply.text.contains("there is no button \(action)") && reply.text.contains("kill-cupsd"))
        }
    }

    @Test func anotherOriginMayNotPress() async throws {
        try await StageBench.with { bench in
            let foreign = try await bench.ask("POST", "actions/network/cut", headers: [("Origin", "http://example.org")])
            #expect(foreign.status == 403 && !bench.relay.isCut)
            let rebound = try await bench.ask("GET", "state.json", headers: [("Host", "example.org")])
            #expect(rebound.status == 403)
            let own = try await bench.ask("POST", "actions/network/cut", headers: [("Origin", "http://127.0.0.1:\(bench.port)")])
            #expect(own.status == 204)
        }
    }

    @Test func visitsAreMadeOnceAtATime() async throws {
        try await StageBench.with { bench in
            #expect(try await bench.press("visits").status == 202)
            let second = try await bench.press("visits")
            #expect(second.status == 409)
            #expect(second.text.contains("3 kunjungan sedang berjalan, 0 sudah selesai"))
            #expect(second.text.contains("3 visits are under way, 0 are done"))
            try await bench.watch(for: #""running":true"#)
        }
    }

    @Test func aKioskThatIsAwayKeepsItsFigures() async throws {
        try await StageBench.with(HonestDay(void: 3)) { bench in
            try await bench.watch(for: "issued 3", #""kiosk_answers":true"#)
            bench.kiosk.says(nil)
            try await bench.watch(for: "issued 3", #""kiosk_answers":false"#, "kiosk restarting")
        }
    }
}

/// `kill -9`, of processes that this test started.
@Suite(.timeLimit(.minutes(15))) struct KillButtonTests {
    /// A process that does nothing for a long time.
    static func idler() throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sleep")
        process.arguments = ["600"]
        try process.run()
        return process
    }

    @Test(arguments: [("kill-kiosk", "run"), ("kill-centre", "central")])
    func theProcessOfThatNameDiesAtOnce(_ action: String, _ name: String) async throws {
        let process = try Self.idler()
        defer { process.terminate() }
        try await StageBench.with { bench in
            let absent = try await bench.press(action)
            #expect(absent.status == 503 && absent.text.contains("\(name) is not running (no file for \(name))"))
            bench.processes.set([name: process.processIdentifier])
            #expect(try await bench.press(action).status == 204)
        }
        process.waitUntilExit()
        #expect(process.terminationReason == .uncaughtSignal && process.terminationStatus == SIGKILL)
    }

    @Test func cupsdDiesOnlyWhenThePrinterPrints() async throws {
        let process = try Self.idler()
        defer { process.terminate() }
        try await StageBench.with { bench in
            bench.processes.set(["cupsd": process.processIdentifier])
            #expect(try await bench.press("kill-cupsd").status == 202)
            #expect(try await bench.press("kill-cupsd").status == 409, "one is enough")
            #expect(process.isRunning, "nothing is printed yet")
            bench.paper.startsPrinting()
            try await bench.watch(for: "cupsd killed in the middle of a job", #""cupsd_is_hunted":false"#)
        }
        process.waitUntilExit()
        #expect(process.terminationReason == .uncaughtSignal && process.terminationStatus == SIGKILL)
    }

    @Test(arguments: [0, 1, -1]) func groupsAndTheSystemAreNotKilled(_ process: Int32) async throws {
        try await StageBench.with { bench in
            bench.processes.set(["run": process])
            let reply = try await bench.press("kill-kiosk")
            #expect(reply.status == 503)
        }
    }
}
