import Foundation
import GRDB
import KioskCore
import SyncProtocol
import Testing

@testable import CentralServer

/// What is called safe is in a backup that was read back, and nothing else is.
@Suite(.timeLimit(.minutes(15))) struct BackupTests {
    @Test func nothingIsSafeWithoutABackupAndWithOneWhatItHas() async throws {
        let (bench, target) = (Bench(), Bench())
        let store = try await bench.open()
        var kiosk = SampleKiosk()
        for ticket in 1...2 { kiosk.visit(ticket) }
        let stored = kiosk.head
        #expect(try await store.take(kiosk.whole).safe == nil)
        let backup = try Backup.make(of: bench.folder, in: target.folder, at: noon)
        #expect((backup.chains, backup.entries) == (1, 6))
        kiosk.visit(3)
        let answer = try await store.take(kiosk.whole)
        #expect(answer.position == kiosk.head)
        #expect(answer.safe?.position == stored, "what came after the copy is not in it")
        #expect(try FileManager.default.contentsOfDirectory(atPath: bench.folder + "/backups") == [], "taken down once")
        _ = try Backup.make(of: bench.folder, in: target.folder, at: WallTime(milliseconds: noon.milliseconds + 1000))
        #expect(try await store.take(kiosk.call).safe?.position == kiosk.head)
        try await store.close()
        #expect(try await bench.open().take(kiosk.call).safe?.position == kiosk.head, "also after a restart")
    }

    @Test func aBackupMadeWhileNoCentreRunsCountsFromTheNextStart() async throws {
        let (bench, target) = (Bench(), Bench())
        let store = try await bench.open()
        var kiosk = SampleKiosk()
        kiosk.visit(1)
        try await store.take(kiosk.whole)
        try await store.close()
        _ = try Backup.make(of: bench.folder, in: target.folder, at: noon)
        #expect(try await bench.open().take(kiosk.call).safe?.position == kiosk.head)
    }

    @Test func theCopyIsAWholeStoreThatOnlyItsOwnerMayReadAndKiosksFillItUpAgain() async throws {
        let (bench, target, restored) = (Bench(), Bench(), Bench())
        let store = try await bench.open()
        var kiosk = SampleKiosk()
        kiosk.visit(1)
        try await store.take(kiosk.whole)
        let backup = try Backup.make(of: bench.folder, in: target.folder, at: noon)
        let mode = try FileManager.default.attributesOfItem(atPath: backup.path)[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o600)
        kiosk.visit(2)
        try await store.take(kiosk.whole)

        try FileManager.default.createDirectory(atPath: restored.folder, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: backup.path, toPath: restored.database)
        let again = try await restored.open()
        #expect(try await again.take(kiosk.call).position.sequence == 3)
        #expect(try await again.take(kiosk.batch(6...6)).fault?.code == .gap)
        #expect(try await again.take(kiosk.batch(4...6)).position == kiosk.head)
        #expect(try await again.counts() == TicketCounts(issued: 2, printed: 2))
        try restored.expectRollupsMatchTickets()
    }

    @Test func aReceiptOfAnotherHistoryOrOfNothingMakesNothingSafe() async throws {
        let bench = Bench()
        let store = try await bench.open()
        var kiosk = SampleKiosk()
        kiosk.visit(1)
        try await store.take(kiosk.batch(1...2))
        let folder = StoreFolder(path: bench.folder)
        let claim = { (upto: UInt64, hash: EntryHash) in
            BackupReceipt(
                backup: "x",
                chains: [.init(site: "pekanbaru", kiosk: "k1", epoch: kiosk.name.epoch, lane: .transactions, upto: upto, hash: hash)])
        }
        try claim(2, kiosk.head.hash).write(into: folder, named: "other")
        try claim(3, kiosk.head.hash).write(into: folder, named: "ahead")
        try Data("{".utf8).write(to: URL(fileURLWithPath: folder.backups + "/torn.json"))
        let result = try await store.ingest(kiosk.call, at: noon)
        #expect(result.acknowledgement.safe == nil)
        #expect(result.notes.contains { $0.contains("torn.json cannot be read and was dropped") }, "\(result.notes)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.backups) == [])
    }

    @Test func whatIsSafeStaysSafeWhenAnOlderBackupIsTakenDown() async throws {
        let (bench, target) = (Bench(), Bench())
        let store = try await bench.open()
        var kiosk = SampleKiosk()
        kiosk.visit(1)
        try await store.take(kiosk.whole)
        _ = try Backup.make(of: bench.folder, in: target.folder, at: noon)
        let receipt = try #require(try BackupReceipt.waiting(in: StoreFolder(path: bench.folder)).first)
        let older = try Data(contentsOf: URL(fileURLWithPath: receipt))
        let first = kiosk.head
        kiosk.visit(2)
        #expect(try await store.take(kiosk.whole).safe?.position == first)
        _ = try Backup.make(of: bench.folder, in: target.folder, at: WallTime(milliseconds: noon.milliseconds + 1000))
        #expect(try await store.take(kiosk.call).safe?.position == kiosk.head)
        try older.write(to: URL(fileURLWithPath: receipt))
        #expect(try await store.take(kiosk.call).safe?.position == kiosk.head)
    }

    @Test func aBackupThatCannotBeMadeLeavesNothingThatLooksLikeOne() async throws {
        let (bench, target) = (Bench(), Bench())
        #expect(throws: StoreError.self) { try Backup.make(of: bench.folder, in: target.folder, at: noon) }
        let store = try await bench.open()
        var kiosk = SampleKiosk()
        kiosk.visit(1)
        try await store.take(kiosk.whole)
        try await store.close()
        // A cursor that is ahead of its entries is a damaged store.
        try await DatabaseQueue(path: bench.database).write { try $0.execute(sql: "DELETE FROM entries WHERE seq = 3") }
        let error = #expect(throws: StoreError.self) { try Backup.make(of: bench.folder, in: target.folder, at: noon) }
        #expect(error?.code == .corrupted, "\(error?.detail ?? "")")
        #expect(try FileManager.default.contentsOfDirectory(atPath: target.folder) == [])
        #expect(try BackupReceipt.waiting(in: StoreFolder(path: bench.folder)) == [])
    }

    @Test func theProgramBacksUpARunningCentre() async throws {
        let (bench, target) = (Bench(), Bench())
        let centre = try CentreProcess(store: bench.folder)
        var kiosk = SampleKiosk()
        kiosk.visit(1)
        _ = try await post(kiosk.whole, to: centre.address)
        let run = try CentreProcess.run(["backup", target.folder, "--store", bench.folder])
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("3 entries of 1 chains, read back and safe"), "\(run.output)")
        #expect(try await post(kiosk.call, to: centre.address).decoded(Acknowledgement.self).safe?.position == kiosk.head)
        #expect(centre.stop() == 0)
    }
}
