import Foundation
import GRDB
import KioskCore
import SyncProtocol
import Testing

@testable import CentralServer

/// One entry that nobody can read never holds up those behind it, and is not lost either.
@Suite(.timeLimit(.minutes(15))) struct DeadLetterTests {
    /// A kiosk's batch with the entry at `place` (from 0) as a later version may write it: `quality` is a clock quality unknown here.
    /// What follows is chained to it.
    private func batch(_ visits: Int, poison place: Int, quality: UInt8 = 9) -> (kiosk: SampleKiosk, octets: [[UInt8]]) {
        var kiosk = SampleKiosk()
        for ticket in 1...visits { kiosk.visit(ticket) }
        var octets: [[UInt8]] = []
        var previous = EntryHash.none
        for (index, entry) in kiosk.entries.enumerated() {
            var header = entry.header
            header.previous = previous
            var raw = header.octets
            if index == place { raw[6] = quality }
            previous = sha256(raw)
            octets.append(Self.shipped(raw, entry.body))
        }
        return (kiosk, octets)
    }

    private static func shipped(_ header: [UInt8], _ body: [UInt8]) -> [UInt8] {
        [header, body, [], []].flatMap { part in (0..<4).map { UInt8(truncatingIfNeeded: part.count >> (24 - 8 * $0)) } + part }
    }

    @Test func anEntryThatCannotBeReadIsKeptRawAndTheRestGoesOn() async throws {
        let bench = Bench()
        let store = try await bench.open()
        let (kiosk, octets) = batch(3, poison: 3)
        for _ in 1...2 {
            let answer = try await store.take(Batch(chain: kiosk.name, head: .start, entries: octets))
            #expect((answer.fault, answer.upto) == (nil, 9))
        }
        #expect(try bench.look { try Data.fetchAll($0, sql: "SELECT octets FROM dead_letters") } == [Data(octets[3])])
        #expect(try bench.look { try Int.fetchAll($0, sql: "SELECT seq FROM entries") } == [1, 2, 3, 5, 6, 7, 8, 9])
        #expect(try await store.health().deadLetters == 1)
        #expect(try await store.counts() == TicketCounts(issued: 2, printed: 2), "the second ticket's issue is the one that is unread")
    }

    @Test func aLaterVersionReadsItAndCountsWhatDependedOnIt() async throws {
        let bench = Bench()
        let store = try await bench.open()
        // As if this version had not known the clock quality that it does know.
        let (kiosk, octets) = batch(3, poison: 3, quality: 1)
        let hash = sha256(Array(octets[3][4..<340]))
        try await store.take(Batch(chain: kiosk.name, head: .start, entries: Array(octets[..<3])))
        try await store.close()
        try await DatabaseQueue(path: bench.database).write { database in
            try database.execute(
                sql: "INSERT INTO dead_letters VALUES (?, ?, ?, ?, 4, ?, ?, 'clock quality', 5)",
                arguments: kiosk.name.key + [Data(octets[3]), Data(hash.octets)])
            try database.execute(sql: "UPDATE chains SET upto = 4, hash = ?", arguments: [Data(hash.octets)])
        }
        // What it was at the time: issued unread, so the next two are noted.
        try await DatabaseQueue(path: bench.database).write { try $0.execute(sql: "UPDATE dead_letters SET octets = x'00'") }
        let before = try await bench.open()
        #expect(try await before.ingest(Batch(chain: kiosk.name, head: .start, entries: Array(octets[4...])), at: noon).unread.count == 2)
        #expect(try await before.counts() == TicketCounts(issued: 2, printed: 2))
        try await before.close()
        try await DatabaseQueue(path: bench.database).write { database in
            try database.execute(sql: "UPDATE dead_letters SET octets = ?", arguments: [Data(octets[3])])
        }
        let after = try await bench.open()
        #expect(try await after.counts() == TicketCounts(issued: 3, printed: 3))
        let health = try await after.health()
        #expect((health.unread, health.deadLetters) == (0, 0))
        #expect(try bench.entries(of: kiosk.name) == octets)
        try bench.expectRollupsMatchTickets()
    }

    @Test func aNewerSchemaThatWasCountedIsNotCountedAgain() async throws {
        let bench = Bench()
        let store = try await bench.open()
        var kiosk = SampleKiosk()
        kiosk.issue(1)
        let copy = try JSONEncoder().encode(PrintRequested(print: "p.2", ticket: SampleKiosk.ticket(1), copy: 2))
        kiosk.append(.printRequested, schema: 2, copy)
        kiosk.append(EntryKind("survey.answered")!, Array("{}".utf8))
        #expect(try await store.ingest(kiosk.whole, at: noon).unread.count == 2)
        try await store.close()
        let noted = {
            try bench.look { try Row.fetchAll($0, sql: "SELECT seq, counted FROM unread ORDER BY seq") }.map { [$0[0], $0[1]] as [Int] }
        }
        #expect(try noted() == [[2, 1], [3, 0]])
        let prints = { try bench.look { try Int.fetchOne($0, sql: "SELECT prints FROM tickets") } }
        #expect(try prints() == 2)
        try await bench.open().close()
        #expect(try noted() == [[2, 1], [3, 0]], "this version still does not read them")
        // As a version that reads schema 2 would find it.
        try await DatabaseQueue(path: bench.database).write { try $0.execute(sql: "UPDATE unread SET schema = 1 WHERE seq = 2") }
        try await bench.open().close()
        #expect(try noted() == [[3, 0]])
        #expect(try prints() == 2)
    }

    @Test func aStoreOfTheVersionBeforeIsTakenOverWithWhatItCounted() async throws {
        let bench = Bench()
        try FileManager.default.createDirectory(atPath: bench.folder, withIntermediateDirectories: true)
        let old = try DatabaseQueue(path: bench.database)
        try StoreSchema.migrator.migrate(old, upTo: "3")
        try await old.write { database in
            for (sequence, reason) in [(1, "schema 2; this version of the centre reads 1"), (2, "the kind x is not known to this version")]
            {
                try database.execute(
                    sql: "INSERT INTO unread VALUES ('pekanbaru', 'k1', x'01', 1, ?, 'x', 2, ?)", arguments: [sequence, reason])
            }
        }
        try old.close()
        _ = try await bench.open()
        #expect(try bench.look { try Int.fetchAll($0, sql: "SELECT counted FROM unread ORDER BY seq") } == [1, 0])
    }

    @Test func whatComesSpoiltTwiceWasNotSpoiltOnTheWay() async throws {
        let bench = Bench()
        let store = try await bench.open()
        var kiosk = SampleKiosk()
        for ticket in 1...2 { kiosk.visit(ticket) }
        var octets = kiosk.entries.map(\.octets)
        octets[2][octets[2].count - 9] ^= 1
        let once = try await store.take(kiosk.batch(octets))
        #expect((once.fault?.code, once.newEpoch) == (.changed, nil))
        let twice = try await store.take(kiosk.batch(octets))
        #expect((twice.fault?.code, twice.newEpoch) == (.changed, true))
        #expect(twice.kept?.position == kiosk.head, "and the rest is kept apart")
        #expect(try await store.take(kiosk.call).kept?.position == kiosk.head)
        #expect(try await store.take(kiosk.whole).newEpoch == nil, "the true one came after all")
    }
}
