import Conditions
import Foundation
import Journal
import KioskCore
import Testing

/// The kernel's answers are changed by strace: what the disk did not take was not acknowledged, and the reverse.
@Suite(.serialized, .timeLimit(.minutes(15))) struct FaultyDiskTests {
    /// The tickets that the journal holds when it is opened with a sound disk.
    func stored(_ folder: TemporaryFolder) async throws -> [String] {
        let journal = try await Journal.open(
            directory: folder.journal, site: site, kiosk: kiosk, zone: .jakarta, recipient: nil)
        _ = try await journal.verify()
        let tickets = try await journal.tickets(ServiceDay(number: 20_000)).map { "\($0.ticket.number) \($0.ticket.id)" }
        try await journal.close()
        return tickets
    }

    func strace(_ call: String, _ injection: String) -> [String] {
        ["-o", "/dev/null", "-e", "trace=\(call)", "-e", "inject=\(call):\(injection)"]
    }

    /// Issues 30 tickets in a new folder while these syncs of the disk fail, one behind the other.
    ///
    /// strace counts each thread's calls, and the journal's queue may change threads: again until the disk has failed as asked.
    func issueThirty(_ failures: ClosedRange<Int>) throws -> (TemporaryFolder, WriterProcess.Run) {
        while true {
            let folder = try TemporaryFolder()
            let log = "\(folder.path)/strace"
            let run = try WriterProcess(
                arguments: ["issue", folder.journal, "30"],
                strace: [
                    "-o", log, "-e", "trace=fdatasync", "-e",
                    "inject=fdatasync:error=EIO:when=\(failures.lowerBound)..\(failures.upperBound)",
                ]
            ).run()
            let calls = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").filter { $0.contains(" = ") }
            let failed = calls.indices.filter { calls[$0].contains("(INJECTED)") }
            if let first = failed.first, failed == Array(first..<first + failures.count) { return (folder, run) }
        }
    }

    @Test func aDiskThatFillsUpIsReportedAndWhatWasAcknowledgedStays() async throws {
        let folder = try TemporaryFolder()
        let run = try WriterProcess(
            arguments: ["issue", folder.journal, "200"], strace: strace("pwrite64", "error=ENOSPC:when=150+")
        ).run()
        #expect(run.refusals == ["refused full"])
        #expect(run.status == 3)
        #expect(!run.acknowledged.isEmpty)
        #expect(try await stored(folder) == run.acknowledged)
    }

    /// One failed sync: SQLite gives the commit up while it closes, and looking it up shows that it is gone.
    @Test(arguments: [20, 21, 25, 30]) func afterOneFailedSyncTheCommitIsLookedUp(_ place: Int) async throws {
        let (folder, run) = try issueThirty(place...place)
        #expect(run.lines.last == "closed", "one error must not end the day: \(run.lines)")
        #expect(run.refusals == ["refused inputOutput"])
        #expect(run.acknowledged.count == 29)
        #expect(try await stored(folder) == run.acknowledged)
    }

    /// Two failed syncs: the commit outlives the closing, and looking it up shows that it is stored after all.
    @Test(arguments: [20, 25, 31]) func afterTwoFailedSyncsTheCommitIsFound(_ place: Int) async throws {
        let (folder, run) = try issueThirty(place...place + 1)
        #expect(run.lines.last == "closed", "\(run.lines)")
        #expect(run.refusals.isEmpty)
        #expect(run.acknowledged.count == 30)
        #expect(try await stored(folder) == run.acknowledged)
    }

    @Test func anErrorWhileWritingIsLookedUpToo() async throws {
        let folder = try TemporaryFolder()
        let run = try WriterProcess(
            arguments: ["issue", folder.journal, "30"], strace: strace("pwrite64", "error=EIO:when=100")
        ).run()
        #expect(run.lines.last == "closed", "one error must not end the day: \(run.lines)")
        #expect(run.refusals.allSatisfy { $0 == "refused inputOutput" })
        #expect(try await stored(folder) == run.acknowledged)
    }

    /// A disk that stays broken: the journal stops instead of guessing, and nothing acknowledged is lost.
    @Test func aDiskThatStaysBrokenStopsTheJournal() async throws {
        let folder = try TemporaryFolder()
        let run = try WriterProcess(
            arguments: ["issue", folder.journal, "30"], strace: strace("fdatasync", "error=EIO:when=20+")
        ).run()
        #expect(run.refusals == ["refused indeterminate"])
        #expect(!run.acknowledged.isEmpty)
        #expect(Set(run.acknowledged).isSubset(of: try await stored(folder)))
    }
}
