import Foundation
import Testing

/// Durable means that the kernel was told to write before the citizen was.
@Suite(.serialized) struct SyncCountTests {
    /// How many syncs of a write-ahead log stand before each acknowledgement and behind the one before.
    func syncsBeforeEachLine(_ mode: String, _ folder: TemporaryFolder, count: Int) throws -> [Int] {
        let trace = folder.path + "/trace"
        let target = mode == "plain" ? folder.path : folder.journal
        let run = try WriterProcess(
            arguments: [mode, target, "\(count)"], strace: ["-y", "-o", trace, "-e", "trace=fsync,fdatasync,write"]
        ).run()
        #expect(run.acknowledged.count == count)
        var syncs: [Int] = []
        var sinceLast = 0
        for line in try String(contentsOfFile: trace, encoding: .utf8).split(separator: "\n") {
            if line.contains("sync("), line.contains("-wal>") { sinceLast += 1 }
            guard line.contains("\"KKA-") else { continue }
            syncs.append(sinceLast)
            sinceLast = 0
        }
        return syncs
    }

    @Test func everyTicketIsSyncedBeforeItIsAcknowledged() throws {
        let syncs = try syncsBeforeEachLine("issue", TemporaryFolder(), count: 40)
        #expect(syncs.count == 40)
        #expect(syncs.allSatisfy { $0 >= 1 }, "\(syncs)")
    }

    @Test func aVisitIsSyncedAtEachOfItsFourSteps() throws {
        let syncs = try syncsBeforeEachLine("visit", TemporaryFolder(), count: 20)
        #expect(syncs.count == 20)
        #expect(syncs.allSatisfy { $0 >= 4 }, "issue, begin, settle, deliver: \(syncs)")
    }

    /// The measure itself: what GRDB sets up by default is not synced, and this count shows it.
    @Test func theCountTellsADurableJournalFromOneThatIsNot() throws {
        let syncs = try syncsBeforeEachLine("plain", TemporaryFolder(), count: 40)
        #expect(syncs.count == 40)
        #expect(syncs.dropFirst().allSatisfy { $0 == 0 }, "\(syncs)")
    }
}
