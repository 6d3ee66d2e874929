import Foundation
import KioskCore
import SyncProtocol
import Testing

@testable import CentralServer

/// What the centre knows of the paper of its kiosks.
@Suite(.timeLimit(.minutes(15))) struct RollTests {
    private static func roll(_ event: String?, tickets: Int?, isLow: Bool = false) -> PrinterRoll {
        PrinterRoll(
            printer: "ticket", event: event, used: 1000, left: tickets.map { $0 * 80 }, tickets: tickets,
            certainty: tickets == nil ? .unknown : .about, isLow: isLow)
    }

    @Test func theNewestWordOfAKioskStandsInTheReport() async throws {
        let bench = Bench()
        let store = try await bench.open()
        var kiosk = SampleKiosk(lane: .telemetry)
        kiosk.append(Self.roll(nil, tickets: 890))
        kiosk.append(Self.roll("low", tickets: 24, isLow: true))
        try await store.take(kiosk.whole)
        var rolls = try await store.report(today, made: noon, names: SiteNames()).rolls
        #expect(rolls.map(\.tickets) == [24])
        #expect(rolls.map(\.isLow) == [true])
        #expect(rolls.map(\.isUnproven) == [false], "no change was seen")
        let table = ReportTable(try await store.report(today, made: noon, names: SiteNames())).description
        #expect(table.contains("pekanbaru/k1 ticket"))
        #expect(table.contains("± 24"))
        #expect(table.contains("hampir habis / low"))
        #expect(rolls.map(\.told) == ["2026-11-22T05:00:00.000Z"])

        let sent = kiosk.entries.count
        kiosk.append(Self.roll("changed", tickets: 990))
        try await store.take(kiosk.batch((sent + 1)...kiosk.entries.count))
        rolls = try await store.report(today, made: noon, names: SiteNames()).rolls
        #expect(rolls.map(\.isUnproven) == [true])
        kiosk.append(Self.roll("proven", tickets: 990))
        kiosk.append(Self.roll(nil, tickets: nil))
        try await store.take(kiosk.batch((sent + 2)...kiosk.entries.count))
        rolls = try await store.report(today, made: noon, names: SiteNames()).rolls
        #expect(rolls.map(\.isUnproven) == [false])
        #expect(rolls.map(\.tickets) == [nil])
        #expect(rolls.map(\.certainty) == [.unknown])
    }

    @Test func theBacklogOfAnEarlierJournalDoesNotOverwriteWhatANewerOneSaid() async throws {
        let bench = Bench()
        let store = try await bench.open()
        var (old, new) = (SampleKiosk(lane: .telemetry), SampleKiosk(epoch: 2, lane: .telemetry))
        old.wall = WallTime(milliseconds: noon.milliseconds - 3_600_000)
        new.append(Self.roll("changed", tickets: 990))
        new.append(Self.roll("proven", tickets: 980))
        try await store.take(new.whole)
        let standing = try await store.report(today, made: noon, names: SiteNames()).rolls
        #expect(standing.map(\.tickets) == [980])
        old.append(Self.roll("changed", tickets: 77, isLow: true))
        try await store.take(old.whole)
        #expect(try await store.report(today, made: noon, names: SiteNames()).rolls == standing)

        // Within one journal the last word stands, also when its clock was set back.
        new.wall = old.wall
        new.append(Self.roll(nil, tickets: 950))
        try await store.take(new.batch(3...3))
        #expect(try await store.report(today, made: noon, names: SiteNames()).rolls.map(\.tickets) == [950])
    }

    @Test func aWordThatCannotBeReadIsKeptUnread() async throws {
        let bench = Bench()
        let store = try await bench.open()
        var kiosk = SampleKiosk(lane: .telemetry)
        kiosk.append(.printerRoll, Array("{}".utf8))
        try await store.take(kiosk.whole)
        #expect(try await store.report(today, made: noon, names: SiteNames()).rolls == [])
    }

    @Test func aReportOfAnOlderCentreHasNoRolls() throws {
        let old =
            #"{"day":"2026-11-22","made":"","issued":0,"printed":0,"screen":0,"unknown":0,"void":0,"open":0,"#
            + #""agencies":[],"chains":[],"incidents":[]}"#
        #expect(try JSONDecoder().decode(DayReport.self, from: Data(old.utf8)).rolls == [])
    }
}
