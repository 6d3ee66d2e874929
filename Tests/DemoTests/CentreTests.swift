import AsyncHTTPClient
import Conditions
import Foundation
import Journal
import KioskCore
import KioskRuntime
import NIOCore
import NIOHTTP1
import SeededRandomness
import SyncProtocol
import Testing

extension DemoTests {
    /// kill -9 of kiosk and centre at random moments, while visits run and the network between them comes and goes;
    /// afterwards the centre has every entry of the journal exactly once, octet by octet.
    ///
    /// `ANJUNGAN_KILLS=500` runs longer, `ANJUNGAN_SEED=…` repeats a run's choices.
    @Test(.timeLimit(.minutes(30)))
    func everyEntryIsAtTheCentreExactlyOnceWhateverIsKilledAndCut() async throws {
        let environment = ProcessInfo.processInfo.environment
        let kills = environment["ANJUNGAN_KILLS"].flatMap(Int.init) ?? 50
        let seed = environment["ANJUNGAN_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 0...UInt64.max)
        print("centre test: \(kills) kills, ANJUNGAN_SEED=\(seed)")

        let last = Counts()
        try await DemoProcess.run(["--speed", "600"]) { demo in
            try await withThrowingTaskGroup { group in
                group.addTask { try await visitForEver(demo, seed: seed &+ 1) }
                try await killAndCut(demo, kills: kills, seed: seed)
                group.cancelAll()
            }
            try await demo.press("network/restore")
            // A last visitor, undisturbed.
            #expect(try await demo.visit().ending.outcome == .printed)
            last.report = try await demo.untilTheCentreHasEverything()
            last.tickets = try await demo.technician.status().tickets
        } afterwards: { demo in
            let (site, kiosk) = (SiteID("pekanbaru")!, KioskID("mpp-1")!)
            let journal = try await Journal.open(
                directory: "\(demo.folder)/kiosk/journal", site: site, kiosk: kiosk, zone: .jakarta, recipient: nil)
            let books = try CentreBooks(store: "\(demo.folder)/centre/store")
            let heads = try await journal.verify()
            for difference in try await books.differences(from: journal, site: site, kiosk: kiosk) {
                Issue.record("\(difference) (ANJUNGAN_SEED=\(seed))")
            }
            try await journal.close()
            print("centre test: \(heads.entries) entries, \(last.report?.counts.issued ?? 0) tickets")
            #expect(last.report?.counts == last.tickets, "the centre counts as the kiosk does")
            #expect(last.report?.incidents == [])
            #expect((heads[.transactions]?.sequence ?? 0) > UInt64(kills / 2), "visits went on between the kills")
        }
    }

    @Test(.timeLimit(.minutes(30))) func aKioskWithoutACentreGoesOnAndCatchesUp() async throws {
        try await DemoProcess.run { demo in
            try await demo.press("network/cut")
            for _ in 0..<3 { #expect(try await demo.visit().ending.outcome == .printed) }
            let status = try await demo.untilTheKioskSays { $0.centre.condition == .centreAway }
            let lane = try #require(status.journal.lanes.first)
            #expect(lane.waiting == lane.sequence)
            #expect(lane.sequence >= 9)
            try await demo.press("network/restore")
            let report = try await demo.untilTheCentreHasEverything()
            #expect(report.counts == TicketCounts(issued: 3, printed: 3))
            #expect(report.agencies.map(\.agency) == ["dpmptsp"])
            #expect(report.agencies.first?.services.map(\.service) == ["perizinan"])
            let after = try await demo.untilTheKioskSays { $0.centre.condition == nil }
            #expect(after.journal.lanes.map(\.waiting) == [0, 0])
        }
    }

    /// Written by one task after the other.
    private final class Counts: @unchecked Sendable {
        var report: DayReport?
        var tickets: TicketCounts?
    }

    private func killAndCut(_ demo: DemoProcess, kills: Int, seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        var left = kills
        while left > 0 {
            // The moment is what is random here, nothing is waited for.
            try await ContinuousClock().sleep(for: .milliseconds(Int.random(in: 20...600, using: &random)))
            switch Int.random(in: 0..<6, using: &random) {
            case 0: try await demo.press("network/cut")
            case 1: try await demo.press("network/restore")
            case 2, 3:
                kill(try demo.pid(of: "run"), SIGKILL)
                left -= 1
            default:
                kill(try demo.pid(of: "central"), SIGKILL)
                left -= 1
            }
        }
    }
}

extension DemoProcess {
    var technician: TechnicianClient { TechnicianClient(socket: "\(folder)/technician.sock") }

    /// Presses a button of the stage.
    func press(_ action: String) async throws {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(stagePort)/actions/\(action)")
        request.method = .POST
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        guard (200..<300).contains(response.status.code) else {
            let body = try await response.body.collect(upTo: 1 << 16)
            throw NotStarted(description: "the stage refused \(action): \(response.status) \(String(buffer: body))")
        }
    }

    /// Listens to the centre until its copies end where the kiosk's chains do. Nobody visits meanwhile.
    func untilTheCentreHasEverything() async throws -> DayReport {
        while true {
            do {
                let response = try await HTTPClient.shared.execute(
                    HTTPClientRequest(url: "http://127.0.0.1:\(centrePort)/v1/events"), timeout: .minutes(2))
                var text = ""
                for try await piece in response.body {
                    text += String(buffer: piece)
                    guard let end = text.range(of: "\n\n", options: .backwards) else { continue }
                    let events = text[..<end.lowerBound].components(separatedBy: "\n\n")
                    text = String(text[end.upperBound...])
                    guard let data = events.last.map({ Data($0.dropFirst("data: ".count).utf8) }) else { continue }
                    let report = try JSONDecoder().decode(DayReport.self, from: data)
                    if try await has(report) { return report }
                }
            } catch let error as HTTPClientError where error == .remoteConnectionClosed || error == .connectTimeout {
                // The centre is being started again.
            }
        }
    }

    private func has(_ report: DayReport) async throws -> Bool {
        let lanes = try await technician.status().journal.lanes
        return lanes.allSatisfy { lane in
            lane.sequence == 0 || report.chains.contains { $0.lane == lane.lane && $0.hash == lane.hash && $0.upto == lane.sequence }
        }
    }

    /// Asks again and again, because the technician's socket only answers.
    func untilTheKioskSays(_ condition: (KioskStatus) -> Bool) async throws -> KioskStatus {
        while true {
            let status = try await technician.status()
            if condition(status) { return status }
            try await ContinuousClock().sleep(for: .milliseconds(50))
        }
    }
}
