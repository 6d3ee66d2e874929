import Conditions
import Foundation
import KioskCore
import SyncProtocol
import Testing

@testable import CentralServer

/// A kiosk that says nothing is as bad as one that says that it lags.
@Suite(.timeLimit(.minutes(15))) struct AlarmTests {
    private func later(_ seconds: Int64) -> WallTime { WallTime(milliseconds: noon.milliseconds + seconds * 1000) }

    private func alarms(_ store: CentralStore, _ seconds: Int64) async throws -> [String] {
        try await store.report(today, made: later(seconds)).alarms.map { "\($0.kiosk) \($0.code.rawValue) \($0.since)" }
    }

    @Test func aKioskIsSilentAfterFiveMinutesUntilItCallsAgain() async throws {
        let store = try await Bench().open()
        let kiosk = SampleKiosk()
        try await store.take(kiosk.call)
        #expect(try await alarms(store, 300) == [])
        #expect(try await alarms(store, 301) == ["k1 kiosk-silent \(noon.iso8601)"])
        _ = try await store.ingest(kiosk.call, at: later(301))
        #expect(try await alarms(store, 302) == [])
        let strict = AlarmLimits(silence: .seconds(1))
        #expect(try await store.report(today, made: later(303), alarms: strict).alarms.count == 1)
    }

    @Test func aLivingLaneDoesNotHideADeadOneAndAnOldLifeOfTheJournalDoesNotCount() async throws {
        let store = try await Bench().open()
        let (dead, living) = (SampleKiosk(lane: .telemetry), SampleKiosk())
        try await store.take(dead.call)
        _ = try await store.ingest(living.call, at: later(400))
        #expect(try await alarms(store, 401) == ["k1 kiosk-silent \(noon.iso8601)"])
        _ = try await store.ingest(SampleKiosk(epoch: 2).call, at: later(402))
        #expect(try await alarms(store, 403) == [])
    }

    /// A kiosk may bring what is left of an earlier life at any time; that it said nothing before is no silence.
    @Test func aLifeThatAnotherFollowsIsNeverSilentHoweverLateItIsHeard() async throws {
        let store = try await Bench().open()
        let (telemetry, transactions) = (SampleKiosk(lane: .telemetry), SampleKiosk())
        try await store.take(telemetry.call)
        var next = SampleKiosk(epoch: 2)
        next.append(EpochBegun(previous: transactions.name.epoch, head: .start, reason: "cloned"))
        _ = try await store.ingest(next.whole, at: later(398))
        _ = try await store.ingest(transactions.call, at: later(400))
        #expect(try await alarms(store, 401) == [])
        let chain = try await store.report(today, made: later(401)).chains.first { $0.follows != nil }
        #expect(chain?.follows == .init(epoch: transactions.name.epoch.description, upto: 0, isHere: true, reason: "cloned"))
        #expect(ReportTable(try await store.report(today, made: later(401))).description.contains("02020202 ← 01010101: 0 lengkap"))
    }

    /// A journal that began in the place of a damaged one says how far that could be read, and the report that there may have been more.
    @Test func whatFollowsADamagedJournalSaysSo() async throws {
        let store = try await Bench().open()
        var kiosk = SampleKiosk()
        kiosk.visit(1)
        try await store.take(kiosk.batch(1...2))
        var (next, blind) = (SampleKiosk(epoch: 2), SampleKiosk("k2", epoch: 3))
        next.append(EpochBegun(afterDamageTo: (kiosk.name.epoch, kiosk.head), reason: "damaged"))
        blind.append(EpochBegun(afterDamageTo: nil, reason: "damaged"))
        next.visit(2)
        for batch in [next.whole, blind.whole] { #expect(try await store.ingest(batch, at: noon).unread == []) }
        func follows(_ kiosk: String) async throws -> DayReport.Chain.Predecessor? {
            try await store.report(today, made: noon).chains.first { $0.kiosk == kiosk && $0.follows != nil }?.follows
        }
        let epoch = kiosk.name.epoch.description
        #expect(try await follows("k1") == .init(epoch: epoch, upto: 3, isHere: false, isDamaged: true, reason: "damaged"))
        #expect(try await follows("k2") == .init(epoch: nil, upto: 0, isHere: false, isDamaged: true, reason: "damaged"))
        try await store.take(kiosk.whole)
        #expect(try await follows("k1")?.isHere == true, "all of it that anybody can read")
        let table = ReportTable(try await store.report(today, made: noon)).description
        #expect(table.contains("! pekanbaru/k1 02020202 ← 01010101: 3 lengkap / all here, jurnal lama rusak / damaged"), "\(table)")
        #expect(table.contains("! pekanbaru/k2 03030303 ← ?: 0 belum lengkap"), "\(table)")
        #expect(try await store.report(today, made: noon).incidents == [])
    }

    @Test func whatHasBeenWaitingForLongIsAnAlarmAlsoWhileTheKioskCalls() async throws {
        let store = try await Bench().open()
        var kiosk = SampleKiosk()
        kiosk.visit(1)
        _ = try await store.ingest(kiosk.batch(1...1), Contact(at: later(0), waiting: .seconds(800)))
        #expect(try await alarms(store, 99) == [])
        #expect(try await alarms(store, 101) == ["k1 kiosk-lagging \(later(-800).iso8601)"])
        _ = try await store.ingest(kiosk.whole, Contact(at: later(102), waiting: .seconds(902)))
        #expect(try await alarms(store, 103) == [], "it is here now")
    }

    @Test func theReportAndTheWireTellOfIt() async throws {
        try await WebTests.withCentre { store, address in
            var kiosk = SampleKiosk()
            kiosk.visit(1)
            let first = kiosk.batch(1...1)
            let reply = try await request(
                "POST", "/v1/entries", address, headers: ["\(Batch.waitingHeader): 4000"], body: first.octets)
            #expect(reply.status == 200)
            let report = try await request("GET", "/v1/report", address).decoded(DayReport.self)
            #expect(report.alarms.map(\.code) == [.kioskLagging])
            #expect(report.chains.first?.waitingSince == later(-4000).iso8601)
            #expect(ReportTable(report).description.contains("! pekanbaru/k1 kiosk-lagging"))
        }
    }
}
