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
        #expect(try await again.verify().entries == 2)
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
        #expect(try await openJournal(folder).issue(request()).number.ordinal == 1)
    }

    @Test func aRunningKioskKeepsItsJournal() async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        await #expect(throws: JournalError(.owned, "")) { try await Self.renew(folder) }
        _ = try await journal.issue(request())
    }
}
