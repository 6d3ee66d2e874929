import Foundation
import KioskCore
import SyncProtocol
import Testing

@testable import CentralServer

/// Each ticket stands in one column, and moves when more is known of it.
@Suite(.timeLimit(.minutes(15))) struct CountTests {
    @Test func aTicketMovesThroughTheColumnsOfItsDay() async throws {
        let bench = Bench()
        let store = try await bench.open()
        var kiosk = SampleKiosk()
        var sent = 0
        /// Sends what is new, and says what is counted now.
        func counts(_ change: (inout SampleKiosk) -> Void) async throws -> TicketCounts {
            change(&kiosk)
            try await store.take(kiosk.batch((sent + 1)...kiosk.entries.count))
            sent = kiosk.entries.count
            return try await store.counts()
        }
        #expect(try await counts { $0.issue(1) } == TicketCounts(issued: 1, open: 1))
        #expect(try await counts { $0.settle(1, "unknown") } == TicketCounts(issued: 1, unknown: 1))
        #expect(try await counts { $0.deliver(1, by: "unknown") } == TicketCounts(issued: 1, unknown: 1))
        #expect(try await counts { $0.copy(1, 2) } == TicketCounts(issued: 1, unknown: 1))
        #expect(try await counts { $0.settle(1, copy: 2, "printed") } == TicketCounts(issued: 1, printed: 1), "the copy came out")
        #expect(try await counts { $0.settle(1, copy: 3, "failed") } == TicketCounts(issued: 1, printed: 1))
        #expect(try await counts { $0.issue(2) } == TicketCounts(issued: 2, printed: 1, open: 1))
        #expect(try await counts { $0.settle(2, "failed") } == TicketCounts(issued: 2, printed: 1, open: 1))
        #expect(try await counts { $0.deliver(2, by: "screen") } == TicketCounts(issued: 2, printed: 1, screen: 1))
        #expect(try await counts { $0.issue(3) } == TicketCounts(issued: 3, printed: 1, screen: 1, open: 1))
        #expect(try await counts { $0.void(3) } == TicketCounts(issued: 3, printed: 1, screen: 1, void: 1))
        for (ticket, outcome) in [(4, "processed"), (5, "sent")] {
            _ = try await counts { $0.issue(ticket) }
            #expect(try await counts { $0.settle(ticket, outcome) }.printed == ticket - 2, "\(outcome)")
        }
        try bench.expectRollupsMatchTickets()
    }

    @Test func aTicketCountsOnTheDayOfItsIssueForItsAgencyAndService() async throws {
        let bench = Bench()
        let store = try await bench.open()
        var kiosk = SampleKiosk()
        kiosk.issue(1, agency: "bpjs", service: "aktivasi", day: ServiceDay(number: today.number - 1))
        kiosk.settle(1, "printed")
        kiosk.visit(2, agency: "dpmptsp", service: "perizinan")
        kiosk.visit(3, agency: "dpmptsp", service: "konsultasi")
        kiosk.visit(4, agency: "bpjs", service: "aktivasi")
        try await store.take(kiosk.whole)
        let report = try await store.report(today, made: noon, names: names)
        #expect(report.day == "2026-11-22")
        #expect(report.made == "2026-11-22T05:00:00.000Z")
        #expect(report.agencies.map(\.agency) == ["bpjs", "dpmptsp"])
        #expect(report.agencies.map(\.name) == [nil, "DPMPTSP"])
        #expect(report.agencies[1].services.map(\.service) == ["konsultasi", "perizinan"])
        #expect(report.agencies[1].services.map(\.name) == [nil, "Perizinan"])
        #expect(report.counts == TicketCounts(issued: 3, printed: 3))
        let yesterday = try await store.report(ServiceDay(number: today.number - 1), made: noon)
        #expect(yesterday.counts == TicketCounts(issued: 1, printed: 1), "the print settled a day later counts where the ticket does")
    }

    @Test func aTicketThatIsIssuedTwiceCountsOnce() async throws {
        let bench = Bench()
        let store = try await bench.open()
        var kiosk = SampleKiosk()
        kiosk.issue(1)
        kiosk.issue(1)
        #expect(try await store.ingest(kiosk.whole, at: noon).unread.count == 1)
        #expect(try await store.counts() == TicketCounts(issued: 1, open: 1))
    }

    @Test func theTableOfTheTerminalIsAligned() async throws {
        let bench = Bench()
        let store = try await bench.open()
        var kiosk = SampleKiosk()
        for ticket in 1...12 { kiosk.visit(ticket) }
        try await store.take(kiosk.batch(1...30))
        var stranger = SampleKiosk("k2")
        for ticket in 1...3 { stranger.visit(ticket) }
        try await store.take(stranger.batch(4...9))
        let lines = ReportTable(try await store.report(today, made: noon, names: names)).description.split(separator: "\n").map(String.init)
        #expect(lines.contains { $0.hasPrefix("Hari / day 2026-11-22") })
        let rows = lines.filter { $0.hasPrefix("DPMPTSP") || $0.hasPrefix("  Perizinan") || $0.hasPrefix("JUMLAH") }
        #expect(rows.count == 3)
        #expect(Set(rows.map(\.count)).count == 1, "the columns end at the same place: \(lines)")
        #expect(rows.allSatisfy { $0.split(separator: " ").suffix(7) == ["10", "10", "0", "0", "0", "0", "0"] })
        #expect(lines.contains { $0.hasPrefix("pekanbaru/k1 transactions") && $0.contains(" 30 ") && $0.contains(" 6 ") })
        #expect(lines.contains { $0.hasPrefix("! pekanbaru/k2 transactions gap: entry 1 is missing") })
    }

    private var names: SiteNames {
        let found = Provenance(basis: .sample, source: "test")
        return SiteNames([
            Site(
                id: SiteID("pekanbaru")!, name: "MPP", city: "Pekanbaru", place: "", timeZone: .jakarta, kiosks: [],
                agencies: [
                    Agency(
                        id: AgencyID("dpmptsp")!, name: "DPMPTSP", kind: "pemda", provenance: found,
                        services: [
                            Service(id: ServiceID("perizinan")!, name: "Perizinan", prefix: "A", identification: .none, provenance: found)
                        ])
                ])
        ])
    }
}
