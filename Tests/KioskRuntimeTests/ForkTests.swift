import Conditions
import Foundation
import KioskCore
import SyncProtocol
import Testing

@testable import CentralServer
@testable import KioskRuntime

/// A journal that was restored from an older copy, on a whole kiosk with a real centre.
@Suite struct ForkTests {
    @Test(.timeLimit(.minutes(15))) func aRestoredJournalIsToldApartKeptAndReportedAtBothEnds() async throws {
        let folder = "/tmp/anjungan-fork-\(UUID().uuidString.prefix(8))"
        let (disk, backup) = ("\(folder)/disk", "\(folder)/backup")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await KioskBench.withCentre { store, port in
            let centre = ["print_route: direct", "centre_url: http://127.0.0.1:\(port)/", "centre_retry: 1"]
            try await KioskBench.run(centre, in: disk) { kiosk in
                let ending = try await kiosk.visit()
                #expect(ending.outcome == .printed)
            }
            try FileManager.default.copyItem(atPath: disk, toPath: backup)
            try await KioskBench.run(centre, in: disk) { kiosk in
                #expect(try await kiosk.visit().outcome == .printed)
                try await kiosk.newRoll()
                _ = try await kiosk.until { $0.tickets.issued == 2 && $0.journal.lanes.allSatisfy { $0.waiting == 0 } }
            }
            let before = try await store.report(ServiceDay(now, in: .jakarta), made: now)
            #expect(before.counts == TicketCounts(issued: 2, printed: 2))
            #expect(before.incidents == [])
            // The backup goes on as if nothing had been.
            try await KioskBench.run(centre, in: backup) { kiosk in
                let told = try await kiosk.until { $0.centre.condition == .chainForked }
                #expect(told.centre.detail?.contains("restored") == true)
                #expect(try await kiosk.visit().outcome == .printed, "citizens are served all the same")
                try await kiosk.newRoll()
                let status = try await kiosk.technician.status()
                #expect(status.journal.lanes.contains { $0.waiting > 0 })
            }
            // At its next start it has a history of its own to send, in both lanes.
            try await KioskBench.run(centre, in: backup) { kiosk in
                for await _ in store.changes() {
                    let incidents = try await store.report(ServiceDay(now, in: .jakarta), made: now).incidents
                    if incidents.count(where: { $0.entries > 0 }) == 2 { break }
                }
            }
            let after = try await store.report(ServiceDay(now, in: .jakarta), made: now)
            #expect(after.counts == before.counts, "nothing of the first history was overwritten")
            #expect(after.incidents.map(\.code) == [.fork, .fork])
            #expect(
                Set(after.incidents.map(\.lane)) == ["transactions", "telemetry"], "one for each lane, of which something is kept aside")
            // A technician says so, and the running kiosk goes on under a name of its own.
            try await KioskBench.run(centre, in: backup) { kiosk in
                _ = try await kiosk.until { $0.centre.condition == .chainForked }
                _ = try await kiosk.technician.beginNewEpoch(reason: "restored")
                #expect(try await kiosk.visit().outcome == .printed)
                _ = try await kiosk.until { $0.centre.condition == nil && $0.journal.lanes.allSatisfy { $0.waiting == 0 } }
            }
            let mended = try await store.report(ServiceDay(now, in: .jakarta), made: now)
            #expect(mended.counts == TicketCounts(issued: 3, printed: 3))
            #expect(mended.incidents.map(\.code) == [.fork, .fork])
            #expect(mended.chains.compactMap(\.follows?.reason) == ["restored"])
        }
    }

    /// Without a centre's number in time the kiosk gives its own, of which the old copy has forgotten the last.
    @Test(.timeLimit(.minutes(15))) func aRestoredJournalsOwnNumbersGoOnBehindWhatTheCentreHasSeen() async throws {
        let folder = "/tmp/anjungan-fork-\(UUID().uuidString.prefix(8))"
        let (disk, backup) = ("\(folder)/disk", "\(folder)/backup")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await KioskBench.withCentre { store, port in
            let centre = ["print_route: direct", "centre_url: http://127.0.0.1:\(port)/", "centre_retry: 1"]
            for number in ["PZA-001", "PZA-002"] {
                // Without a centre numbers are the kiosk's own.
                try await KioskBench.run(["print_route: direct"], in: disk) { kiosk in
                    let given = try await kiosk.visit().number
                    #expect(given == number)
                }
                try await KioskBench.run(centre, in: disk) { kiosk in
                    _ = try await kiosk.until { $0.journal.lanes.allSatisfy { $0.waiting == 0 } && $0.centre.answeredAt != nil }
                }
                if !FileManager.default.fileExists(atPath: backup) { try FileManager.default.copyItem(atPath: disk, toPath: backup) }
            }
            try await KioskBench.run(centre, in: backup) { kiosk in _ = try await kiosk.until { $0.centre.condition == .chainForked } }
            try await KioskBench.run(["print_route: direct"], in: backup) { kiosk in
                let given = try await kiosk.visit().number
                #expect(given == "PZA-003", "also when the centre is away again")
            }
            #expect(try await store.report(ServiceDay(now, in: .jakarta), made: now).counts.issued == 2)
        }
    }
}

/// When the test began.
private let now = WallTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))

extension KioskBench {
    /// Gives the telemetry an entry of its own.
    fileprivate func newRoll() async throws { _ = try await technician.renewRoll(of: "ticket") }

    /// Asks again and again, because the technician's socket only answers.
    func until(_ condition: (KioskStatus) -> Bool) async throws -> KioskStatus {
        while true {
            do {
                let status = try await technician.status()
                if condition(status) { return status }
            } catch let away as TechnicianClient.Away where !away.isRefusal {
                // The socket may come a moment after the screen.
            }
            try await ContinuousClock().sleep(for: .milliseconds(20))
        }
    }
}
