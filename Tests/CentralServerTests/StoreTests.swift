import Foundation
import GRDB
import KioskCore
import SyncProtocol
import Testing

@testable import CentralServer

/// The store as a file: who may write it, what it promises, what it does when the disk is full.
@Suite(.timeLimit(.minutes(15))) struct StoreTests {
    @Test func theWriterCommitsWithFullSyncsIntoAWriteAheadLog() async throws {
        let bench = Bench()
        let health = try await bench.open().health()
        #expect((health.synchronous, health.journalMode) == (2, "wal"), "asked of the connection that writes")
    }

    @Test func aSecondWriterIsRefusedAndToldWhoWrites() async throws {
        let bench = Bench()
        let store = try await bench.open()
        let error = await #expect(throws: StoreError.self) { _ = try await bench.open() }
        #expect(error?.code == .owned)
        #expect(error?.detail.contains("process \(getpid())") == true, "\(error?.detail ?? "")")
        try await store.close()
        _ = try await bench.open()
    }

    @Test func aReaderReadsWhileTheWriterWrites() async throws {
        let bench = Bench()
        let store = try await bench.open()
        var kiosk = SampleKiosk()
        let reader = try StoreReader(directory: bench.folder)
        for ticket in 1...5 {
            kiosk.visit(ticket)
            try await store.take(kiosk.batch((ticket * 3 - 2)...(ticket * 3)))
            #expect(try reader.report(today, made: noon).counts == TicketCounts(issued: ticket, printed: ticket))
        }
        try await store.close()
        #expect(try StoreReader(directory: bench.folder).report(today, made: noon).counts.issued == 5, "and when nobody writes")
    }

    @Test func aFolderWithoutAStoreIsAnErrorForAReader() {
        let error = #expect(throws: StoreError.self) { _ = try StoreReader(directory: Bench().folder) }
        #expect(error?.code == .missing)
    }

    @Test func aStoreOfANewerProgramIsRefusedAndLeftAsItIs() async throws {
        let bench = Bench()
        try await bench.open().close()
        try await DatabaseQueue(path: bench.database).write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99')") }
        let error = await #expect(throws: StoreError.self) { _ = try await bench.open() }
        #expect(error?.code == .newer)
        #expect(throws: StoreError.self) { _ = try StoreReader(directory: bench.folder) }
    }

    @Test func onlyItsOwnerMayLookIntoAStore() async throws {
        let bench = Bench()
        let store = try await bench.open()
        var kiosk = SampleKiosk()
        kiosk.visit(1)
        try await store.take(kiosk.whole)
        for name in ["", "/lock", "/centre.sqlite", "/centre.sqlite-wal"] {
            let mode = try #require(
                try FileManager.default.attributesOfItem(atPath: bench.folder + name)[.posixPermissions] as? NSNumber)
            #expect(mode.intValue & 0o077 == 0, "\(name)")
        }
    }

    @Test func afterAFullDiskNothingIsAcknowledgedThatIsNotStoredAndWithRoomItGoesOn() async throws {
        let bench = Bench()
        let store = try await bench.open(capacity: 200 * 4096)
        var kiosk = SampleKiosk()
        var acknowledged = ChainPosition.start
        var refusal: StoreError?
        while refusal == nil, kiosk.entries.count < 3000 {
            let first = kiosk.entries.count + 1
            for _ in 1...10 { kiosk.visit(kiosk.entries.count / 3 + 1) }
            do throws(StoreError) {
                acknowledged = try await store.ingest(kiosk.batch(first...kiosk.entries.count), at: noon).acknowledgement.position
            } catch {
                refusal = error
            }
        }
        #expect(refusal?.code == .full)
        #expect(try bench.count("entries") == Int(acknowledged.sequence))
        #expect(try await store.counts().issued == Int(acknowledged.sequence) / 3, "a full store can still be read")
        try await store.limit(to: 20_000 * 4096)
        #expect(try await store.take(kiosk.batch(Int(acknowledged.sequence) + 1...kiosk.entries.count)).position == kiosk.head)
        try bench.expectRollupsMatchTickets()
    }

    @Test func aClosedStoreRefuses() async throws {
        let bench = Bench()
        let store = try await bench.open()
        try await store.close()
        try await store.close()
        let error = await #expect(throws: StoreError.self) { _ = try await store.take(SampleKiosk().call) }
        #expect(error?.code == .closed)
    }

    @Test(arguments: ["2026-11-22", "2024-02-29", "1999-12-31", "1970-01-01"]) func aDayIsReadAsItIsWritten(_ text: String) throws {
        #expect(ServiceDay(iso8601: text)?.description == text)
    }

    @Test(arguments: [
        "", "2026-02-30", "2025-02-29", "2026-13-01", "22-11-2026", "2026-1-2", "2026-11-22T", "20261122", "hari ini", "２０２６-11-22",
    ])
    func whatIsNoDayIsRefused(_ text: String) {
        #expect(ServiceDay(iso8601: text) == nil)
    }
}
