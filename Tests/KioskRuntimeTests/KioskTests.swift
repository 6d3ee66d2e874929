import Conditions
import DeviceEmulators
import KioskCore
import SyncProtocol
import Testing

@testable import KioskRuntime

@Suite struct KioskTests {
    @Test(.timeLimit(.minutes(1))) func aVisitEndsWhileTheSpoolerIsAwayAndNothingComesOutAfterwards() async throws {
        try await KioskBench.run(["cups_server: /nonexistent/cups.sock"]) { kiosk in
            let trouble = try await kiosk.visit(until: .trouble, then: .done)
            #expect(trouble.notice?.code == ConditionCode.spoolerAway.rawValue)
            #expect(trouble.screen.number != nil)
            let status = try await kiosk.technician.status()
            #expect(status.tickets == TicketCounts(issued: 1, screen: 1))
            #expect(status.printer.spooler == .spoolerAway)
            #expect(kiosk.printer.sheets.allSatisfy { !$0.text.contains("Berlaku") })
        }
    }

    @Test(.timeLimit(.minutes(1))) func theTechnicianSocketTellsHowTheKioskIs() async throws {
        try await KioskBench.run(["print_route: direct"]) { kiosk in
            #expect(try await kiosk.visit().outcome == .printed)
            let status = try await kiosk.technician.status()
            #expect(status.site == "pekanbaru")
            #expect(status.kiosk == "mpp-1")
            #expect(status.tickets == TicketCounts(issued: 1, printed: 1))
            #expect(status.printer.isReady)
            #expect(status.centre == KioskStatus.Centre(url: nil, condition: nil, detail: nil, answeredAt: nil))
            #expect(status.journal.refusal == nil)
            let lane = try #require(status.journal.lanes.first { $0.lane == "transactions" })
            #expect(lane.sequence >= 3)
            #expect(lane.waiting == lane.sequence)
            let tickets = try await kiosk.technician.tickets()
            #expect(tickets.map(\.number) == ["PZA-001"])
            #expect(tickets.first?.prints.map(\.outcome) == [.printed])
            let found = try await kiosk.technician.verify()
            #expect(found.fault == nil)
            #expect(found.entries >= lane.sequence)
            #expect(found.synchronous >= 2)
            #expect(found.journalMode == "wal")
            #expect(found.commitMilliseconds > 0)
        }
    }

    @Test func whereNoKioskRunsTheTechnicianIsToldWhatToDo() async throws {
        let client = TechnicianClient(socket: "/nonexistent/technician.sock")
        await #expect {
            _ = try await client.status()
        } throws: { "\($0)".contains("/nonexistent/technician.sock") && "\($0)".contains("anjungan run") }
    }
}
