import Foundation
import GRDB
import Glibc
import KioskCore
import SyncProtocol
import Testing

@testable import Journal

@Suite struct OpeningTests {
    @Test func aSecondOwnerIsRefusedAndToldWhoHoldsIt() async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        let refusal = await #expect(throws: JournalError(.owned, "")) { try await openJournal(folder) }
        #expect(refusal?.detail.contains("process \(ProcessInfo.processInfo.processIdentifier)") == true)
        try await journal.close()
        _ = try await openJournal(folder)
    }

    /// What a process that was just forked has, until it becomes another program.
    @Test func aCopyOfTheLocksFileDoesNotKeepItLocked() async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        let files = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
        let lock = try #require(
            files.first {
                (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)"))?.hasSuffix(
                    folder.journal + "/journal.lock") == true
            })
        let copy = dup(try #require(CInt(lock)))
        defer { close(copy) }
        try await journal.close()
        try await openJournal(folder).close()
    }

    @Test func aClosedJournalSaysSo() async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        try await journal.close()
        try await journal.close()
        await #expect(throws: JournalError(.closed, "")) { try await journal.issue(request()) }
    }

    @Test func theEpochIsForLifeAndTheRunCounts() async throws {
        let folder = try TemporaryFolder()
        let first = try await openJournal(folder)
        let epoch = first.epoch
        #expect(try await first.stats().run == 1)
        try await first.close()
        let second = try await openJournal(folder)
        #expect(second.epoch == epoch)
        #expect(try await second.stats().run == 2)
        #expect(try await openJournal(TemporaryFolder()).epoch != epoch)
    }

    @Test func aJournalOfAnotherKioskIsRefusedAndNotChanged() async throws {
        let folder = try TemporaryFolder()
        try await openJournal(folder).close()
        let before = try folder.rows()
        let refusal = await #expect(throws: JournalError(.foreign, "")) { try await openJournal(folder, kiosk: KioskID("k2")!) }
        #expect(refusal?.detail.contains("pekanbaru/k1") == true)
        #expect(try folder.rows() == before)
    }

    @Test func aJournalOfANewerProgramIsRefusedAndNotChanged() async throws {
        let folder = try TemporaryFolder()
        try await openJournal(folder).close()
        try folder.tamper("INSERT INTO grdb_migrations (identifier) VALUES ('999')")
        let before = try folder.rows()
        let refusal = await #expect(throws: JournalError(.newer, "")) { try await openJournal(folder) }
        #expect(refusal?.detail.contains("newer version") == true)
        #expect(try folder.rows() == before)
    }

    @Test func aFileThatIsNoDatabaseIsRefusedWithARemedy() async throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.journal, withIntermediateDirectories: false)
        try Data("this is not a database, whatever its name says. ".utf8).write(to: URL(fileURLWithPath: folder.database))
        let refusal = await #expect(throws: JournalError(.corrupted, "")) { try await openJournal(folder) }
        #expect(refusal?.detail.contains("anjungan journal renew") == true)
    }

    @Test func aTornPageIsRefused() async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        for _ in 0..<200 { _ = try await journal.issue(request()) }
        try await journal.close()
        var octets = try #require(try folder.files()["journal.sqlite"])
        let page = octets.count / 4096 / 2
        octets.replaceSubrange(page * 4096..<(page + 1) * 4096, with: Data(repeating: 0xA5, count: 4096))
        try octets.write(to: URL(fileURLWithPath: folder.database))
        await #expect(throws: JournalError(.corrupted, "")) { try await openJournal(folder) }
    }

    @Test(arguments: [
        "UPDATE entries SET body = CAST(replace(CAST(body AS TEXT), 'KKA-002', 'KKA-003') AS BLOB) WHERE seq = 2",
        "UPDATE entries SET body = CAST('{}' AS BLOB) WHERE seq = 3", "DELETE FROM entries WHERE seq = 2",
        "UPDATE entries SET header = zeroblob(336) WHERE seq = 1", "UPDATE entries SET hash = zeroblob(32) WHERE seq = 3",
    ])
    func aChangedEntryIsFoundAtOpening(_ sql: String) async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        for _ in 0..<4 { _ = try await journal.issue(request()) }
        try await journal.close()
        try folder.tamper(sql)
        await #expect(throws: JournalError(.corrupted, "")) { try await openJournal(folder) }
    }

    /// Opening looks at the last thousand entries only; `verify` at all of them.
    @Test func aChangeFarBackIsFoundByVerify() async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        for _ in 0..<1100 { _ = try await journal.issue(request()) }
        #expect(try await journal.verify()[.transactions]?.sequence == 1100)
        try await journal.close()
        try folder.tamper("UPDATE entries SET body = CAST('{}' AS BLOB) WHERE seq = 7")
        let reopened = try await openJournal(folder)
        let fault = await #expect(throws: JournalError(.corrupted, "")) { try await reopened.verify() }
        #expect(fault?.detail.contains("entry 7") == true)
    }

    /// The state in which GRDB leaves a WAL connection: a power cut would lose what was acknowledged.
    @Test func aConnectionThatIsNotFullIsRefused() throws {
        let folder = try TemporaryFolder()
        var configuration = Configuration()
        configuration.journalMode = .wal
        let queue = try DatabaseQueue(path: folder.path + "/plain.sqlite", configuration: configuration)
        #expect(throws: JournalError(.notDurable, "")) {
            try queue.writeWithoutTransaction { try Connection.requireDurable($0, "plain.sqlite") }
        }
        #expect(throws: JournalError(.notDurable, "")) {
            try DatabaseQueue().writeWithoutTransaction { try Connection.requireDurable($0, "memory") }
        }
    }

    @Test func otherProcessesCannotOpenARunningJournal() async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        #expect(throws: DatabaseError.self) { try folder.tamper("DELETE FROM tickets") }
        _ = try await journal.issue(request())
    }

    @Test func onlyItsUserReadsTheJournal() async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        _ = try await journal.issue(request())
        for name in try folder.files().keys {
            let attributes = try FileManager.default.attributesOfItem(atPath: folder.journal + "/" + name)
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
        }
    }
}
