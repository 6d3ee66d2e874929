import Foundation
import GRDB
import Journal
import KioskCore
import SeededRandomness
import SyncProtocol
import Testing

/// Disks that may only be read, and disks that change what was written.
@Suite(.serialized) struct BadDiskTests {
    @Test func aReadOnlyDiskIsRefusedWithARemedyAndGoesOnOnceItIsWritable() throws {
        let folder = try TemporaryFolder()
        let run = try WriterProcess(
            arguments: [folder.path],
            script: """
                mount -t tmpfs -o size=64m tmpfs "$2" && "$1" issue "$2/j" 2 && mount -o remount,ro "$2" || exit 70
                "$1" issue "$2/j" 1; mount -o remount,rw "$2" && exec "$1" issue "$2/j" 1
                """
        ).run()
        let said = run.lines.map { $0.hasPrefix("KKA-") ? String($0.prefix(7)) : $0 }
        #expect(said == ["open", "KKA-001", "KKA-002", "closed", "refused readOnly", "open", "KKA-003", "closed"])
    }

    /// The kernel makes a failing disk read-only while the journal is open: it stops, and nothing acknowledged is lost.
    @Test func aDiskThatTurnsReadOnlyStopsTheJournal() async throws {
        let folder = try TemporaryFolder()
        let run = try WriterProcess(
            arguments: ["issue", folder.journal, "30"],
            strace: ["-o", "/dev/null", "-e", "trace=pwrite64", "-e", "inject=pwrite64:error=EROFS:when=120+"]
        ).run()
        #expect(run.refusals == ["refused indeterminate"])
        #expect(!run.acknowledged.isEmpty)
        let journal = try await Journal.open(directory: folder.journal, site: site, kiosk: kiosk, zone: .jakarta, recipient: nil)
        let stored = try await journal.tickets(ServiceDay(number: 20_000)).map { "\($0.ticket.number) \($0.ticket.id)" }
        #expect(Set(run.acknowledged).isSubset(of: stored))
        _ = try await journal.verify()
    }

    /// One bit anywhere in the file: the journal is refused, or all that it holds is what was written.
    @Test func aFlippedBitIsFoundOrHarmless() async throws {
        var (generator, seed) = SeededGenerator.announced("aFlippedBit")
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        for _ in 0..<40 { _ = try await journal.issue(request()) }
        let written = try await journal.entries(after: 0, lane: .transactions, limit: 100)
        try await journal.close()
        let sound = try Data(contentsOf: URL(fileURLWithPath: folder.database))
        var refusals = 0
        for round in 1...60 {
            var octets = sound
            let place = Int.random(in: 0..<octets.count, using: &generator)
            octets[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            try octets.write(to: URL(fileURLWithPath: folder.database))
            do throws(JournalError) {
                let opened = try await openJournal(folder)
                let found: Result<[Entry], JournalError>
                do throws(JournalError) {
                    _ = try await opened.verify()
                    found = .success(try await opened.entries(after: 0, lane: .transactions, limit: 100))
                } catch {
                    found = .failure(error)
                }
                // What cannot be read is refused here, too.
                try await opened.close()
                #expect(try found.get() == written, "round \(round) of seed \(seed), octet \(place)")
            } catch {
                refusals += 1
                #expect(error.detail.contains(folder.database) || error.code == .corrupted, "round \(round) of seed \(seed): \(error)")
            }
        }
        #expect(refusals > 5, "too little was found to prove anything; seed \(seed)")
    }

    /// An index that has lost the last entry would let the chain go on from the one before it.
    @Test func aFlippedBitInAnIndexIsFoundAtOpening() async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        for _ in 0..<40 { _ = try await journal.issue(request()) }
        try await journal.close()
        let sound = try Data(contentsOf: URL(fileURLWithPath: folder.database))
        let root = try await DatabaseQueue(path: folder.database).read {
            try Int.fetchOne($0, sql: "SELECT rootpage FROM sqlite_schema WHERE name = 'sqlite_autoindex_entries_1'")
        }
        let page = (try #require(root) - 1) * 4096
        // One leaf still; its newest cell is where the cell content begins (sqlite.org/fileformat2.html, 1.6).
        #expect(sound[page] == 0x0A)
        let cell = page + Int(sound[page + 5]) << 8 + Int(sound[page + 6])
        for place in cell...(cell + Int(sound[cell])) {
            var octets = sound
            octets[place] ^= 1
            try octets.write(to: URL(fileURLWithPath: folder.database))
            await #expect(throws: JournalError.self, "octet \(place - cell) of the cell") { try await openJournal(folder) }
        }
    }

    /// SQLite takes a column whose name has lost a bit for the column of that name.
    @Test func aFlippedBitInTheSchemaIsFoundAtOpening() async throws {
        let folder = try TemporaryFolder()
        try await openJournal(folder).close()
        var octets = try Data(contentsOf: URL(fileURLWithPath: folder.database))
        let name = try #require(octets.range(of: Data("relieved INTEGER".utf8)))
        octets[name.lowerBound] ^= 1
        try octets.write(to: URL(fileURLWithPath: folder.database))
        await #expect(throws: JournalError.self) { try await openJournal(folder) }
    }
}
