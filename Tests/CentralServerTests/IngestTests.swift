import Foundation
import GRDB
import KioskCore
import SyncProtocol
import Testing

@testable import CentralServer

/// What a centre does with batches that continue a chain, however often and in whatever order they come.
@Suite(.timeLimit(.minutes(15))) struct IngestTests {
    @Test func aBatchIsAcknowledgedByItsLastEntryAndItsHash() async throws {
        let bench = Bench()
        let store = try await bench.open()
        var kiosk = SampleKiosk()
        for ticket in 1...3 { kiosk.visit(ticket) }
        var expected = Acknowledgement(epoch: kiosk.name.epoch, lane: .transactions, position: kiosk.head)
        (expected.kept, expected.clock) = (.init(kiosk.head), noon.milliseconds)
        #expect(try await store.take(kiosk.whole) == expected)
        #expect(try bench.entries(of: kiosk.name) == kiosk.entries.map(\.octets), "the very octets, sealed parts and all")
    }

    @Test func aCallWithoutEntriesSaysWhereTheCentreStands() async throws {
        let bench = Bench()
        let store = try await bench.open()
        var kiosk = SampleKiosk()
        #expect(try await store.take(kiosk.call).position == .start)
        kiosk.visit(1)
        #expect(try await store.take(kiosk.call).position == .start)
        let chain = try #require(try await store.report(today, made: noon).chains.first)
        #expect((chain.upto, chain.head, chain.waiting) == (0, 3, 3))
        try await store.take(kiosk.whole)
        #expect(try await store.take(kiosk.call).position == kiosk.head)
        #expect(try await store.report(today, made: noon).chains.first?.waiting == 0)
    }

    @Test func anOldBatchThatComesLateHidesNothingThatWaits() async throws {
        let bench = Bench()
        let store = try await bench.open()
        var kiosk = SampleKiosk()
        kiosk.visit(1)
        let old = kiosk.whole
        kiosk.visit(2)
        for batch in [old, kiosk.call, old] { try await store.take(batch) }
        let chain = try #require(try await store.report(today, made: noon).chains.first)
        #expect((chain.upto, chain.head, chain.waiting) == (3, 6, 3))
    }

    @Test func aSealedPartIsKeptAsItCame() async throws {
        let bench = Bench()
        let store = try await bench.open()
        var kiosk = SampleKiosk()
        kiosk.append(.ticketIssued, Array("{}".utf8), sealed: SealedPart(ciphertext: [1, 2, 3], wrappedKey: [4, 5]))
        kiosk.append(.ticketIssued, Array("{}".utf8), sealed: SealedPart(ciphertext: [6], wrappedKey: [7]))
        try await store.take(kiosk.whole)
        #expect(try bench.entries(of: kiosk.name) == kiosk.entries.map(\.octets))
    }

    @Test func theSameBatchAgainChangesNothing() async throws {
        let bench = Bench()
        let store = try await bench.open()
        var kiosk = SampleKiosk()
        for ticket in 1...4 { kiosk.visit(ticket) }
        let first = try await store.take(kiosk.whole)
        let counts = try await store.counts()
        for _ in 1...3 {
            let again = try await store.ingest(kiosk.whole, at: noon)
            #expect(again.acknowledgement == first)
            #expect(again.stored == 0)
        }
        #expect(try await store.counts() == counts)
        #expect(counts == TicketCounts(issued: 4, printed: 4))
        #expect(try bench.count("entries") == 12)
        #expect(try bench.count("incidents") == 0)
    }

    @Test func overlappingBatchesAddWhatIsNew() async throws {
        let bench = Bench()
        let store = try await bench.open()
        var kiosk = SampleKiosk()
        for ticket in 1...4 { kiosk.visit(ticket) }
        for range in [1...5, 3...8, 2...4, 8...12, 1...12] {
            #expect(try await store.take(kiosk.batch(range)).fault == nil, "\(range)")
        }
        #expect(try bench.entries(of: kiosk.name) == kiosk.entries.map(\.octets))
        #expect(try await store.counts() == TicketCounts(issued: 4, printed: 4))
    }

    @Test func aKindThatNobodyKnowsIsStoredAndNotedAndBlocksNothing() async throws {
        let bench = Bench()
        let store = try await bench.open()
        var kiosk = SampleKiosk()
        kiosk.visit(1)
        kiosk.append(EntryKind("survey.answered")!, Array(#"{"answer":5}"#.utf8))
        kiosk.append(.ticketDelivered, Array("{not json".utf8))
        kiosk.settle(99, "printed")
        kiosk.visit(2)
        let result = try await store.ingest(kiosk.whole, at: noon)
        #expect(result.acknowledgement.position == kiosk.head)
        #expect(result.acknowledgement.fault == nil)
        #expect(result.unread.count == 3, "\(result.unread)")
        #expect(try bench.entries(of: kiosk.name) == kiosk.entries.map(\.octets))
        #expect(try bench.look { try Int.fetchAll($0, sql: "SELECT seq FROM unread ORDER BY seq") } == [4, 5, 6])
        #expect(try await store.counts() == TicketCounts(issued: 2, printed: 2))
        #expect(try await store.health().unread == 3)
    }

    @Test func whatANewerSchemaSharesWithOursIsCountedAndTheRestIsNoted() async throws {
        let bench = Bench()
        let store = try await bench.open()
        var kiosk = SampleKiosk()
        kiosk.issue(1)
        var body = try #require(try JSONSerialization.jsonObject(with: Data(kiosk.entries[0].body)) as? [String: Any])
        body["ticket"] = SampleKiosk.ticket(2)
        body["language"] = "jv"
        kiosk.append(.ticketIssued, schema: 2, try JSONSerialization.data(withJSONObject: body, options: .sortedKeys))
        kiosk.append(.ticketIssued, schema: 3, Array(#"{"tiket":"x"}"#.utf8))
        #expect(try await store.ingest(kiosk.whole, at: noon).unread.count == 2)
        #expect(try await store.counts() == TicketCounts(issued: 2, open: 2))
    }

    @Test func theTelemetryLaneIsKeptAndNotCounted() async throws {
        let bench = Bench()
        let store = try await bench.open()
        var kiosk = SampleKiosk(lane: .telemetry)
        kiosk.issue(1)
        kiosk.append(EntryKind("printer.status")!, Array("{}".utf8))
        let result = try await store.ingest(kiosk.whole, at: noon)
        #expect(result.acknowledgement.position == kiosk.head)
        #expect(result.unread.isEmpty)
        #expect(try await store.counts() == TicketCounts())
        #expect(try bench.count("entries") == 2)
    }

    @Test func kiosksSitesLanesAndEpochsDoNotMix() async throws {
        let bench = Bench()
        let store = try await bench.open()
        var kiosks = [
            SampleKiosk("k1"), SampleKiosk("k2"), SampleKiosk("k1", site: "padang"), SampleKiosk("k1", epoch: 2),
            SampleKiosk("k1", lane: .telemetry),
        ]
        // The same ticket ids everywhere, so that only the key tells them apart.
        for index in kiosks.indices { for ticket in 1...(index + 1) { kiosks[index].visit(ticket) } }
        for kiosk in kiosks.reversed() { #expect(try await store.take(kiosk.whole).position == kiosk.head) }
        for kiosk in kiosks { #expect(try bench.entries(of: kiosk.name) == kiosk.entries.map(\.octets)) }
        #expect(try await store.counts() == TicketCounts(issued: 10, printed: 10), "1 + 2 + 3 + 4; telemetry does not count")
        let sites = try bench.look { try Int.fetchAll($0, sql: "SELECT issued FROM rollups ORDER BY site") }
        #expect(sites == [3, 7], "padang, pekanbaru")
        try bench.expectRollupsMatchTickets()
    }
}
