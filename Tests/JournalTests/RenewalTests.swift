import Foundation
import Journal
import KioskCore
import SyncProtocol
import Testing

/// A journal that is too damaged to open.
@Suite struct RenewalTests {
    static func renew(_ folder: TemporaryFolder) async throws(JournalError) -> Renewal {
        try await Journal.renew(directory: folder.journal, site: site, kiosk: kiosk, zone: .jakarta, environment: World().environment)
    }

    @Test func theNumbersOfADamagedJournalGoOn() async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        for _ in 0..<30 { _ = try await journal.issue(request()) }
        for _ in 0..<3 { _ = try await journal.issue(request(series: "PZA")) }
        let epoch = journal.epoch
        let head = try await journal.head(of: .transactions)
        try await journal.close()
        try folder.tamper("UPDATE entries SET body = CAST('{}' AS BLOB) WHERE seq = 7")
        await #expect(throws: JournalError(.corrupted, "")) { try await openJournal(folder) }
        let damaged = try Data(contentsOf: URL(fileURLWithPath: folder.database))

        let renewal = try await Self.renew(folder)
        #expect(renewal.numbers.mapValues(\.ordinal) == ["KKA": 30, "PZA": 3])
        #expect(try Data(contentsOf: URL(fileURLWithPath: renewal.aside + "/journal.sqlite")) == damaged, "kept for the centre as it was")
        let again = try await openJournal(folder)
        #expect(again.epoch != epoch && again.epoch.description == renewal.epoch)
        #expect(try await again.issue(request()).number.ordinal == 31)
        #expect(try await again.issue(request(series: "PZA")).number.ordinal == 4)
        #expect(try await again.verify().entries == 3)
        #expect(renewal.former == epoch.description)
        #expect(try await Self.announcement(again) == EpochBegun(afterDamageTo: (epoch, head), reason: Self.reason))
    }

    private static let reason = "the journal before this one was damaged and put aside"

    /// What the first entry of the transactions says.
    private static func announcement(_ journal: Journal) async throws -> EpochBegun {
        let first = try #require(try await journal.entries(after: 0, lane: .transactions, limit: 1).first)
        #expect(first.header.kind == .epochBegun)
        return try JSONDecoder().decode(EpochBegun.self, from: Data(first.body))
    }

    /// What is named as the end is always an entry that proves itself: the end, what stands before a spoilt end, where it was pruned to.
    @Test(arguments: [
        ("UPDATE entries SET hash = zeroblob(32) WHERE seq = 5", 4), ("UPDATE entries SET header = x'00' WHERE seq > 2", 2),
        ("PRAGMA foreign_keys = OFF; DROP TABLE entries", 0), ("UPDATE chains SET anchor = 5, anchor_hash = x'01'; DELETE FROM entries", 0),
    ])
    func theLastEntryThatCanBeReadIsNamed(_ damage: String, _ end: UInt64) async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        for _ in 0..<5 { _ = try await journal.issue(request()) }
        let (epoch, hash) = (journal.epoch, try await journal.hash(of: end, lane: .transactions))
        try await journal.close()
        try folder.tamper(damage)
        #expect(try await Self.renew(folder).former == epoch.description)
        let begun = try await Self.announcement(try await openJournal(folder))
        let head = ChainPosition(sequence: end, hash: hash ?? .none)
        #expect(begun == EpochBegun(afterDamageTo: (epoch, head), reason: Self.reason))
    }

    @Test func theLastOfSeveralEpochsIsTheOneBefore() async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        _ = try await journal.issue(request())
        let epoch = try await journal.beginNewEpoch(reason: "cloned")
        let head = try await journal.head(of: .transactions)
        try await journal.close()
        _ = try await Self.renew(folder)
        let begun = try await Self.announcement(try await openJournal(folder))
        #expect((begun.previous, begun.sequence, begun.hash, begun.damaged) == (epoch, head.sequence, head.hash, true))
    }

    /// Pages of the tickets are gone; the counters are elsewhere in the file. And the reverse.
    @Test(arguments: ["tickets", "counters"]) func oneOfTwoPlacesIsEnough(_ lost: String) async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        for _ in 0..<30 { _ = try await journal.issue(request()) }
        try await journal.close()
        try folder.tamper("PRAGMA foreign_keys = OFF; DROP TABLE \(lost)")
        await #expect(throws: JournalError.self) {
            let opened = try await openJournal(folder)
            do { _ = try await opened.issue(request()) } catch {
                try await opened.close()
                throw error
            }
        }
        #expect(try await Self.renew(folder).numbers["KKA"]?.ordinal == 30)
    }

    @Test func aFileOfWhichNothingCanBeReadIsPutAsideAllTheSame() async throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.journal, withIntermediateDirectories: false)
        try Data(repeating: 0xA5, count: 20_000).write(to: URL(fileURLWithPath: folder.database))
        let renewal = try await Self.renew(folder)
        #expect(renewal.numbers.isEmpty)
        #expect(FileManager.default.fileExists(atPath: renewal.aside + "/journal.sqlite"))
        #expect(renewal.former == nil)
        let journal = try await openJournal(folder)
        #expect(try await Self.announcement(journal) == EpochBegun(afterDamageTo: nil, reason: Self.reason), "it says that nobody knows")
        #expect(try await journal.issue(request()).number.ordinal == 1)
    }

    @Test func aRunningKioskKeepsItsJournal() async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        await #expect(throws: JournalError(.owned, "")) { try await Self.renew(folder) }
        _ = try await journal.issue(request())
    }
}
