import Foundation
import KioskCore
import SyncProtocol
import Testing

@testable import CentralServer

/// What does not continue a chain is kept and reported, never overwritten and never taken for something else.
@Suite(.timeLimit(.minutes(15))) struct IncidentTests {
    @Test func aGapIsKeptReportedAndResolvedOnceItIsFilled() async throws {
        let bench = Bench()
        let store = try await bench.open()
        var kiosk = SampleKiosk()
        for ticket in 1...4 { kiosk.visit(ticket) }
        try await store.take(kiosk.batch(1...3))
        for _ in 1...2 {
            let answer = try await store.take(kiosk.batch(6...12))
            #expect(answer.position.sequence == 3)
            #expect(answer.fault?.code == .gap)
            #expect(answer.fault?.sequence == 6)
        }
        #expect(try bench.quarantined() == kiosk.entries[5...].map(\.octets), "once each, however often they came")
        var incident = try #require(try await store.incidents().first)
        #expect((incident.code, incident.sequence, incident.entries, incident.resolved) == (.gap, 6, 7, nil))
        #expect(try await store.take(kiosk.batch(4...5)).fault == nil)
        #expect(try await store.incidents().first?.resolved == nil, "entry 6 itself is still missing")
        #expect(try await store.take(kiosk.batch(6...12)).position == kiosk.head)
        incident = try #require(try await store.incidents().first)
        #expect(incident.resolved == noon.iso8601)
        #expect(try await store.incidents().count == 1)
        #expect(try await store.counts() == TicketCounts(issued: 4, printed: 4))
    }

    @Test func aGapThatIsFilledByAnotherHistoryIsAFork() async throws {
        let bench = Bench()
        let store = try await bench.open()
        var kiosk = SampleKiosk()
        for ticket in 1...2 { kiosk.visit(ticket) }
        try await store.take(kiosk.batch(1...3))
        try await store.take(kiosk.batch(5...6))
        // Its disk is restored before entry 4 has come, and goes on from there.
        var restored = kiosk
        restored.restore(to: 3)
        for ticket in 8...9 { restored.visit(ticket) }
        let answer = try await store.take(restored.whole)
        #expect((answer.position, answer.newEpoch) == (restored.head, true))
        let incidents = try await store.incidents()
        #expect(incidents.filter { $0.code == .fork }.map(\.entries).reduce(0, +) == 2, "\(incidents)")
        #expect(try bench.quarantined() == kiosk.entries[4...].map(\.octets))
    }

    @Test func aGapIsOpenAsLongAsSomethingThatCameBehindItIsNotReached() async throws {
        let store = try await Bench().open()
        var kiosk = SampleKiosk()
        for ticket in 1...2 { kiosk.visit(ticket) }
        try await store.take(kiosk.batch(1...3))
        try await store.take(kiosk.batch(5...6))
        // The disk is restored to five entries: nobody has the sixth any more but the quarantine.
        try await store.take(kiosk.batch(4...5))
        #expect(try await store.incidents().map(\.resolved) == [nil])
        try await store.take(kiosk.batch(6...6))
        #expect(try await store.incidents().map(\.resolved) == [noon.iso8601])
    }

    @Test func whatStandsBeforeAFaultInABatchIsTaken() async throws {
        let bench = Bench()
        let store = try await bench.open()
        var kiosk = SampleKiosk()
        for ticket in 1...3 { kiosk.visit(ticket) }
        var octets = kiosk.entries.map(\.octets)
        octets[4][0] ^= 0xFF
        let result = try await store.ingest(kiosk.batch(octets), at: noon)
        #expect(result.acknowledgement.position == ChainPosition(sequence: 4, hash: kiosk.entries[3].chainHash(sha256)))
        #expect(result.acknowledgement.fault?.code == .unreadable)
        #expect((result.stored, result.aside) == (4, 5))
        #expect(try bench.quarantined() == Array(octets[4...]), "raw, as they came")
    }

    @Test func aForkKeepsBothHistories() async throws {
        let bench = Bench()
        let store = try await bench.open()
        var kiosk = SampleKiosk()
        for ticket in 1...3 { kiosk.visit(ticket) }
        try await store.take(kiosk.whole)
        var restored = kiosk
        restored.restore(to: 6)
        restored.visit(30)
        restored.visit(31)
        for (batch, isNews) in [(restored.batch(7...9), true), (restored.whole, false), (restored.batch(7...12), false)] {
            let result = try await store.ingest(batch, at: noon)
            let answer = result.acknowledgement
            #expect(result.isNews == isNews, "the log tells of it once")
            #expect(answer.position == kiosk.head, "the history that came first stands")
            #expect(answer.fault?.code == .fork)
            #expect(answer.fault?.sequence == 7)
        }
        #expect(try bench.entries(of: kiosk.name) == kiosk.entries.map(\.octets))
        #expect(try bench.quarantined() == restored.entries[6...].map(\.octets))
        #expect(try await store.counts() == TicketCounts(issued: 3, printed: 3))
        for ticket in 4...6 { kiosk.visit(ticket) }
        #expect(try await store.take(kiosk.whole).fault == nil, "the first history goes on")
        let incidents = try await store.incidents()
        #expect(incidents.map(\.code) == [.fork])
        #expect(incidents[0].resolved == nil, "a fork is never resolved by itself")
        #expect(incidents[0].entries == 6)
    }

    @Test func aForkThatComesInPiecesIsOneIncident() async throws {
        let bench = Bench()
        let store = try await bench.open()
        var kiosk = SampleKiosk()
        for ticket in 1...6 { kiosk.visit(ticket) }
        try await store.take(kiosk.whole)
        var restored = kiosk
        restored.restore(to: 3)
        for ticket in 11...14 { restored.visit(ticket) }
        // All of it in places that the first history has, too.
        for range in [4...5, 6...9, 10...15] {
            let result = try await store.ingest(restored.batch(range), at: noon)
            #expect(result.acknowledgement.fault?.sequence == 4)
            #expect(result.isNews == (range == 4...5))
        }
        #expect(try await store.incidents().map(\.entries) == [12])
        #expect(try bench.quarantined() == restored.entries[3...].map(\.octets))
    }

    /// A store that was put back to an older state lost a piece between others: the kiosk must not hear that all is here.
    @Test func aForkWithAHoleIsNotSaidToBeHere() async throws {
        let store = try await Bench().open()
        var kiosk = SampleKiosk()
        for ticket in 1...2 { kiosk.visit(ticket) }
        try await store.take(kiosk.whole)
        var restored = kiosk
        restored.restore(to: 3)
        for ticket in 11...13 { restored.visit(ticket) }
        #expect(try await store.take(restored.batch(8...10)).kept == nil)
        #expect(try await store.take(restored.batch(11...12)).kept == nil, "what it continues stands behind a hole")
        #expect(try await store.take(restored.call).kept == nil)
        #expect(try await store.take(restored.batch(4...7)).kept?.upto == 7)
        #expect(try await store.take(restored.call).kept?.position == restored.head)
    }

    /// What cannot be read is here, too: a kiosk that heard of a hole there would send the same again for ever.
    @Test func whatStandsBehindAnUnreadableEntryIsHere() async throws {
        let store = try await Bench().open()
        var kiosk = SampleKiosk()
        for ticket in 1...3 { kiosk.visit(ticket) }
        var octets = kiosk.entries.map(\.octets)
        octets[3] = [1, 2, 3]
        for _ in 1...2 { #expect(try await store.take(kiosk.batch(Array(octets[..<6]))).kept?.upto == 6) }
        let answer = try await store.take(kiosk.batch(Array(octets[6...])))
        #expect(answer.newEpoch == true)
        #expect(answer.position.sequence == 3)
        #expect(answer.kept?.position == kiosk.head)
        #expect(try await store.take(kiosk.call).kept?.position == kiosk.head)
    }

    /// An entry keeps its place without its personal part: a kiosk would begin again and again with a batch of such.
    @Test func entriesOfAForkWithoutTheirPersonalPartsAreHere() async throws {
        let store = try await Bench().open()
        var kiosk = SampleKiosk()
        for place in 1...8 { kiosk.append(.ticketIssued, [UInt8(place)], sealed: SealedPart(ciphertext: [1], wrappedKey: [2])) }
        try await store.take(kiosk.whole)
        var restored = kiosk
        restored.restore(to: 2)
        for place in 3...8 { restored.append(.ticketIssued, [UInt8(place), 0], sealed: SealedPart(ciphertext: [1], wrappedKey: [2])) }
        let relieved = restored.entries.map { Entry(header: $0.header, body: $0.body, sealed: nil).octets }
        for range in [0..<4, 4..<6, 6..<8] {
            #expect(try await store.take(restored.batch(Array(relieved[range]))).kept?.upto == UInt64(range.upperBound))
        }
        #expect(try await store.take(restored.call).kept?.position == restored.head)
    }

    /// Each lane is a history of its own, of which something else is kept apart.
    @Test func aRestoredJournalIsOneIncidentInEachOfItsLanes() async throws {
        let store = try await Bench().open()
        for lane in Lane.allCases {
            var kiosk = SampleKiosk(lane: lane)
            for ticket in 1...2 { kiosk.visit(ticket) }
            try await store.take(kiosk.whole)
            var restored = kiosk
            restored.restore(to: 3)
            restored.visit(9)
            for _ in 1...2 { try await store.take(restored.whole) }
        }
        let report = try await store.report(today, made: noon)
        #expect(Set(report.incidents.map(\.lane)) == Set(Lane.allCases.map(\.description)))
        #expect(report.incidents.map(\.code) == [.fork, .fork])
        for lane in Lane.allCases { #expect(ReportTable(report).description.contains("! pekanbaru/k1 \(lane) fork: ")) }
    }

    @Test func anEntryBehindAnotherHistoryIsAFork() async throws {
        let bench = Bench()
        let store = try await bench.open()
        var kiosk = SampleKiosk()
        kiosk.visit(1)
        try await store.take(kiosk.whole)
        var other = SampleKiosk()
        other.visit(2)
        other.visit(3)
        #expect(try await store.take(other.batch(4...6)).fault?.code == .fork)
        #expect(try bench.quarantined() == other.entries[3...].map(\.octets))
    }

    @Test func aKioskWithAnotherHeadIsFoundAlsoWhenItSendsNothing() async throws {
        let bench = Bench()
        let store = try await bench.open()
        var kiosk = SampleKiosk()
        for ticket in 1...2 { kiosk.visit(ticket) }
        try await store.take(kiosk.whole)
        var clone = kiosk
        clone.restore(to: 3)
        #expect(try await store.take(clone.call).fault == nil, "an older copy of the same history")
        clone.issue(9)
        let answer = try await store.take(clone.call)
        #expect(answer.fault?.code == .fork)
        #expect(answer.fault?.sequence == 4)
        #expect(try await store.incidents().map(\.entries) == [0])
        clone.issue(10)
        #expect(try await store.take(clone.whole).newEpoch == true)
        for _ in 1...2 { #expect(try await store.take(clone.call).kept?.position == clone.head) }
        let incidents = try await store.incidents()
        #expect(incidents.map(\.entries) == [2], "one fork is one incident: \(incidents)")
        #expect(try await store.take(kiosk.call).newEpoch == true, "and its twin is told, too")
    }

    @Test(arguments: [1, 2]) func aChangedPartIsKeptApart(_ place: Int) async throws {
        let bench = Bench()
        let store = try await bench.open()
        var kiosk = SampleKiosk()
        kiosk.visit(1)
        try await store.take(kiosk.batch(1...2))
        let entry = kiosk.entries[place]
        let changed = Entry(header: entry.header, body: entry.body + [0x20], sealed: entry.sealed)
        #expect(try await store.take(kiosk.batch([changed.octets])).fault?.code == .changed)
        #expect(try bench.quarantined() == [changed.octets])
        #expect(try await store.take(kiosk.whole).position == kiosk.head, "the true one is taken")
        #expect(try await store.incidents().map(\.resolved) == [nil])
    }

    @Test func anEntryOfAnotherJournalIsForeign() async throws {
        let bench = Bench()
        let store = try await bench.open()
        var kiosk = SampleKiosk()
        kiosk.visit(1)
        for var stranger in [
            SampleKiosk("k2"), SampleKiosk(site: "padang"), SampleKiosk(epoch: 9), SampleKiosk(lane: .telemetry),
        ] {
            stranger.issue(1)
            let answer = try await store.take(kiosk.batch(stranger.entries.map(\.octets)))
            #expect(answer.fault?.code == .foreign)
            #expect(answer.position == .start)
        }
        #expect(try bench.count("entries") == 0)
        #expect(try bench.quarantined().count == 4)
        #expect(try await store.take(kiosk.whole).position == kiosk.head)
    }

    @Test func anEntryThatCannotBeReadIsKeptRaw() async throws {
        let bench = Bench()
        let store = try await bench.open()
        let kiosk = SampleKiosk()
        let noise: [[UInt8]] = [[], [1, 2, 3], Array("ANJE but no entry".utf8)]
        for _ in 1...2 {
            let answer = try await store.take(kiosk.batch(noise))
            #expect(answer.fault?.code == .unreadable)
            #expect(answer.fault?.sequence == 1)
        }
        #expect(try bench.quarantined() == noise)
        #expect(try await store.incidents().map(\.entries) == [3])
    }
}
