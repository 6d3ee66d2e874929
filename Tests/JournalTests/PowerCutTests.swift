import Conditions
import DeviceLayer
import DeviceSocket
import Foundation
import GRDB
import Journal
import KioskCore
import PowerCuts
import SeededRandomness
import SyncProtocol
import Testing

/// The power goes: what was not synced is lost, torn or out of order. One recorded run of a real process gives hundreds of such disks.
///
/// `ANJUNGAN_CUTS=2000` looks at more of them, `ANJUNGAN_SEED=…` repeats a choice.
@Suite(.serialized, .timeLimit(.minutes(60))) struct PowerCutTests {
    static let cuts = ProcessInfo.processInfo.environment["ANJUNGAN_CUTS"].flatMap(Int.init) ?? 200

    /// Runs the writer to its end in a new folder, and proves that the record of it is complete.
    private func record(_ mode: String, _ count: Int) throws -> DiskLog {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.journal, withIntermediateDirectories: false)
        let log = "\(folder.path)/log"
        let run = try WriterProcess(
            arguments: [mode, folder.journal, "\(count)"],
            environment: DiskRecorder.environment(folder: folder.journal, log: log)
        ).run()
        #expect(run.status == 0, "\(run.lines)")
        let recorded = try DiskLog(contentsOf: URL(fileURLWithPath: log))
        let files = try folder.files().mapValues { [UInt8]($0) }
        #expect(recorded.outcome().filter { !$0.key.hasSuffix("-shm") } == files, "the record must lead to what is on the disk")
        return recorded
    }

    /// Looks at some power cuts of a run; what is wrong is said with its cut.
    private func faults(
        _ name: String, _ log: DiskLog, cuts: Int = cuts, _ look: (PowerCut, TemporaryFolder) async throws -> [String]
    ) async throws -> [String] {
        let (generator, seed) = SeededGenerator.announced("\(name), \(cuts) power cuts")
        var faults: [String] = []
        for cut in PowerCuts(cuts, of: log, using: generator) {
            let folder = try TemporaryFolder()
            try cut.write(to: folder.journal)
            faults += try await look(cut, folder).map { "\($0): \(cut), seed \(seed)" }
        }
        return faults
    }

    // MARK: - The journal

    /// What a journal after a power cut owes to those who were told something before it.
    private func faults(ofJournal cut: PowerCut, _ folder: TemporaryFolder) async throws -> [String] {
        let promised = cut.lines.filter { $0.hasPrefix("KKA-") }
        // What was said before the last pruning may be gone: the centre has it.
        let kept = cut.lines.lastIndex(of: "tending").map { cut.lines[$0...].filter { $0.hasPrefix("KKA-") } } ?? promised
        do throws(JournalError) {
            let journal = try await Journal.open(
                directory: folder.journal, site: site, kiosk: kiosk, zone: .jakarta, recipient: nil)
            _ = try await journal.settleUnfinished()
            _ = try await journal.recoverVisits()
            _ = try await journal.verify()
            let day = ServiceDay(number: 20_000)
            let tickets = try await journal.tickets(day)
            let delivered = Set(tickets.filter { $0.state == .delivered(.paper) }.map { "\($0.ticket.number) \($0.ticket.id)" })
            var faults = kept.filter { !delivered.contains($0) }.map { "\($0) is lost" }
            let next = try await journal.issue(request(day: day)).number.description
            let known =
                promised.compactMap { $0.split(separator: " ").first.map(String.init) } + tickets.map { $0.ticket.number.description }
            if known.contains(next) { faults.append("\(next) is given twice") }
            if Set(tickets.map(\.ticket.number.ordinal)).count != tickets.count { faults.append("a number is there twice") }
            try await journal.close()
            return faults
        } catch {
            return ["the journal is refused: \(error)"]
        }
    }

    @Test func whatAJournalAcknowledgedOutlivesAPowerCut() async throws {
        let log = try record("tend", 60)
        #expect(try await faults("journal", log) { try await faults(ofJournal: $0, $1) } == [])
        // The test can fail: on a disk that only says that it has synced, promises are lost.
        let lying = log.ignoring(\.isSync)
        #expect(try await faults("journal on a disk that lies", lying, cuts: 60) { try await faults(ofJournal: $0, $1) } != [])
    }

    /// What GRDB sets up by default, `synchronous=NORMAL`, loses what it acknowledged, and these cuts show it.
    @Test func aDatabaseThatSyncsOnlyNowAndThenIsFoundOut() async throws {
        let faults = try await faults("plain database", try record("plain", 100), cuts: 60) { cut, folder in
            let promised = cut.lines.filter { $0.hasPrefix("KKA-") }.count
            let queue = try DatabaseQueue(path: "\(folder.journal)/plain.sqlite")
            defer { try? queue.close() }
            let rows = try await queue.read { database in
                try database.tableExists("rows") ? try Int.fetchOne(database, sql: "SELECT count(*) FROM rows") ?? 0 : 0
            }
            return rows < promised ? ["\(promised - rows) rows are lost"] : []
        }
        #expect(faults.count > 10)
    }

    // MARK: - The ledger of a device layer without a kiosk

    @Test func aPrintThatWasBegunIsNeverBegunAgain() async throws {
        func look(_ cut: PowerCut, _ folder: TemporaryFolder) async throws -> [String] {
            let ledger: FileLedger
            do throws(FileLedger.Failure) { ledger = try FileLedger("\(folder.journal)/prints.ledger") } catch {
                return ["the ledger is refused: \(error)"]
            }
            _ = try await ledger.settleUnfinished()
            var faults: [String] = []
            for line in cut.lines {
                let words = line.split(separator: " ").map(String.init)
                guard words.count == 2, let id = PrintID(words[1]) else { continue }
                switch (words[0], try await ledger.begin(id)) {
                case ("begun", .settled(let result)) where [.printed, .unknown].contains(result.outcome): break
                case ("settled", .settled(PrintResult(.printed))): break
                case (let said, let answer): faults.append("\(id) was \(said), and is \(answer)")
                }
            }
            return faults
        }
        let log = try record("ledger", 60)
        #expect(try await faults("ledger", log) { try await look($0, $1) } == [])
        // The test can fail: on a disk that only says that it has synced, a print could come twice.
        let lying = log.ignoring(\.isSync)
        #expect(try await faults("ledger on a disk that lies", lying, cuts: 60) { try await look($0, $1) } != [])
    }

    // MARK: - Whole files

    @Test func aWholeFileIsWholeAndItsNameLasts() async throws {
        let log = try record("whole", 12)
        // As the writer writes them.
        let versions = (1...12).map { number in Array(repeatElement(Array("\(number)\n".utf8), count: 500 * number).joined()) }
        func look(_ log: DiskLog, _ what: String, cuts: Int = Self.cuts) async throws -> [String] {
            try await faults(what, log, cuts: cuts) { cut, _ in
                let promised = cut.lines.count
                guard let file = cut.files["file"] else { return promised > 0 ? ["the file is gone"] : [] }
                guard let version = versions.firstIndex(of: file) else { return ["the file is not whole"] }
                return promised...promised + 1 ~= version + 1 ? [] : ["version \(version + 1) is there, \(promised) was promised"]
            }
        }
        #expect(try await look(log, "whole file") == [])
        // The test can fail: without the file's own sync it is not whole, without its folder's it is not the one that was promised.
        let withoutFile = try await look(log.ignoring { $0.isSync && !$0.isSyncOfFolder }, "whole file without its sync", cuts: 60)
        #expect(withoutFile.contains { $0.hasPrefix("the file is not whole") })
        let withoutFolder = try await look(log.ignoring(\.isSyncOfFolder), "whole file without its folder's sync", cuts: 60)
        #expect(withoutFolder.contains { $0.contains("was promised") || $0.hasPrefix("the file is gone") })
    }
}
