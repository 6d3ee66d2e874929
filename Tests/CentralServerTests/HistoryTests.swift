import Foundation
import GRDB
import KioskCore
import SeededRandomness
import SyncProtocol
import Testing

@testable import CentralServer

/// Many kiosks, a network that loses, repeats and reorders, a centre that dies in the middle of its work:
/// in the end everything is there once, and the counts are what a recount gives.
@Suite(.timeLimit(.minutes(15))) struct HistoryTests {
    /// What the visits of a kiosk come to, reckoned apart from the centre.
    static func randomKiosk(_ kiosk: SampleKiosk, visits: Int, using random: inout SeededGenerator) -> (SampleKiosk, TicketCounts) {
        var kiosk = kiosk
        var counts = TicketCounts()
        for ticket in 1...visits {
            kiosk.issue(
                ticket, agency: ["bpjs", "dpmptsp"].randomElement(using: &random)!,
                service: ["aktivasi", "izin"].randomElement(using: &random)!)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: counts.add(.open)
            case 1:
                kiosk.void(ticket)
                counts.add(.void)
            case 2:
                kiosk.settle(ticket, "failed")
                kiosk.deliver(ticket, by: "screen")
                counts.add(.screen)
            case 3:
                kiosk.settle(ticket, "unknown")
                kiosk.deliver(ticket, by: "unknown")
                counts.add(.unknown)
            case 4:
                kiosk.settle(ticket, "unknown")
                kiosk.deliver(ticket, by: "unknown")
                kiosk.append(EntryKind("survey.answered")!, Array("{}".utf8))
                kiosk.copy(ticket, 2)
                kiosk.settle(ticket, copy: 2, "printed")
                counts.add(.printed)
            default:
                kiosk.settle(ticket, "sent")
                kiosk.deliver(ticket)
                counts.add(.printed)
            }
        }
        return (kiosk, counts)
    }

    /// A fuse in the database: it burns with each row that is written, and breaks the transaction when it has burnt down.
    /// The connection that sets it is another one, at a moment when the centre does nothing.
    struct Fuse {
        let queue: DatabaseQueue

        init(_ path: String) throws {
            queue = try DatabaseQueue(path: path)
            try queue.write { database in
                try database.execute(sql: "CREATE TABLE fuse (rest INTEGER NOT NULL); INSERT INTO fuse VALUES (-1)")
                for (table, action) in [
                    ("entries", "INSERT"), ("tickets", "INSERT"), ("tickets", "UPDATE"), ("rollups", "INSERT"), ("rollups", "UPDATE"),
                    ("chains", "INSERT"), ("chains", "UPDATE"), ("quarantine", "INSERT"), ("incidents", "INSERT"), ("unread", "INSERT"),
                ] {
                    try database.execute(
                        sql: """
                            CREATE TRIGGER fuse_\(table)_\(action) AFTER \(action) ON \(table) BEGIN
                                UPDATE fuse SET rest = rest - 1;
                                SELECT RAISE(ABORT, 'the fuse has burnt down') FROM fuse WHERE rest = 0;
                            END
                            """)
                }
            }
        }

        /// Breaks the next transaction at its row number `rows`; never when negative.
        func set(_ rows: Int) throws { try queue.write { try $0.execute(sql: "UPDATE fuse SET rest = ?", arguments: [rows]) } }
    }

    @Test func whateverTheNetworkAndTheCentreDoEveryEntryIsCountedOnce() async throws {
        var (random, seed) = SeededGenerator.announced("whateverTheNetworkAndTheCentreDo")
        var deaths = 0
        for round in 1...4 {
            let what: Comment = "round \(round) of seed \(seed)"
            let bench = Bench()
            var store = try await bench.open()
            let fuse = try Fuse(bench.database)
            var kiosks: [SampleKiosk] = []
            var expected = TicketCounts()
            for kiosk in [SampleKiosk("k1"), SampleKiosk("k2"), SampleKiosk("k1", site: "padang")] {
                let (made, counts) = Self.randomKiosk(kiosk, visits: Int.random(in: 8...30, using: &random), using: &random)
                kiosks.append(made)
                expected = expected + counts
            }
            var acknowledged = kiosks.map { _ in 0 }
            while zip(acknowledged, kiosks).contains(where: { $0 < $1.entries.count }) {
                let index = kiosks.indices.randomElement(using: &random)!
                let kiosk = kiosks[index]
                // Behind what was acknowledged, at random from what was, or too far ahead: a gap.
                let first = min(max(1, acknowledged[index] + Int.random(in: -8...2, using: &random)), kiosk.entries.count)
                let last = min(kiosk.entries.count, first + Int.random(in: 0...30, using: &random))
                try fuse.set(Int.random(in: 0..<3, using: &random) > 0 ? Int.random(in: 1...50, using: &random) : -1)
                do throws(StoreError) {
                    let answer = try await store.ingest(kiosk.batch(first...last), at: noon).acknowledgement
                    let upto = Int(answer.position.sequence)
                    #expect(upto >= acknowledged[index], "what was acknowledged is there for ever; \(what)")
                    if upto > 0 { #expect(answer.position.hash == kiosk.entries[upto - 1].chainHash(sha256), what) }
                    acknowledged[index] = upto
                } catch {
                    deaths += 1
                }
                try bench.expectRollupsMatchTickets(what)
                if Int.random(in: 0..<8, using: &random) == 0 {
                    try await store.close()
                    store = try await bench.open()
                }
            }
            for kiosk in kiosks { #expect(try bench.entries(of: kiosk.name) == kiosk.entries.map(\.octets), what) }
            #expect(try await store.counts() == expected, what)
            #expect(try await store.incidents().allSatisfy { $0.code == .gap && $0.resolved != nil }, what)
        }
        #expect(deaths > 5, "too few deaths to prove anything; seed \(seed)")
    }
}
