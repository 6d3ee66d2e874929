import Conditions
import Journal
import KioskCore
import SeededRandomness
import SyncProtocol
import Testing

/// One journal, many lives: whatever kills the program, all that it acknowledged is there, once, in a whole chain.
@Suite(.serialized) struct CrashTests {
    /// What must hold after each death.
    func expectWhole(_ folder: TemporaryFolder, _ acknowledged: [String], _ what: String) async throws {
        let journal = try await Journal.open(
            directory: folder.journal, site: site, kiosk: kiosk, zone: .jakarta, recipient: nil)
        _ = try await journal.settleUnfinished()
        _ = try await journal.recoverVisits()
        let heads = try await journal.verify()
        let tickets = try await journal.tickets(ServiceDay(number: 20_000))
        let stored = tickets.map { "\($0.ticket.number) \($0.ticket.id)" }
        #expect(Set(acknowledged).isSubset(of: stored), "an acknowledged ticket is lost: \(what)")
        #expect(Set(acknowledged).count == acknowledged.count, "a number was acknowledged twice: \(what)")
        #expect(
            tickets.map(\.ticket.number.ordinal) == Array(1..<tickets.count + 1), "a gap or a double: \(what)")
        #expect(!tickets.contains { $0.state == .issued }, "a visit was left open: \(what)")
        let prints = try await journal.prints()
        #expect(prints.count == tickets.count)
        let expected = tickets.count * 3
        #expect(heads[.transactions]?.sequence == UInt64(expected), "issued, settled and decided, once each: \(what)")
        try await journal.close()
    }

    @Test func killedAtAnyMomentWhileVisitsRun() async throws {
        var (generator, seed) = SeededGenerator.announced("killedAtAnyMoment")
        let folder = try TemporaryFolder()
        var acknowledged: [String] = []
        for round in 1...25 {
            let lines = Int.random(in: 1...12, using: &generator)
            let run = try WriterProcess(arguments: ["visit", folder.journal, "1000000"]).run(killAfter: lines)
            #expect(run.wasKilled, "round \(round) of seed \(seed) ended by itself: \(run.lines)")
            acknowledged += run.acknowledged
            try await expectWhole(folder, acknowledged, "round \(round) of seed \(seed)")
        }
        #expect(acknowledged.count > 25)
    }

    /// Dies at the n-th call that changes the disk, also within opening, migration and checkpoint.
    @Test func killedAtAnyWriteOrSync() async throws {
        var (generator, seed) = SeededGenerator.announced("killedAtAnyWrite")
        let folder = try TemporaryFolder()
        var acknowledged: [String] = []
        var deaths = 0
        for round in 1...25 {
            let calls = ["pwrite64", "fdatasync", "ftruncate", "unlink"]
            let call = calls[Int.random(in: 0..<calls.count, using: &generator)]
            let place = Int.random(in: 1...(call == "pwrite64" ? 120 : call == "fdatasync" ? 20 : 2), using: &generator)
            let strace = ["-o", "/dev/null", "-e", "trace=\(call)", "-e", "inject=\(call):signal=SIGKILL:when=\(place)"]
            let run = try WriterProcess(arguments: ["visit", folder.journal, "6"], strace: strace).run()
            if !run.lines.contains("closed") { deaths += 1 }
            acknowledged += run.acknowledged
            try await expectWhole(folder, acknowledged, "round \(round) of seed \(seed), \(call) \(place)")
        }
        #expect(deaths > 5, "too few deaths to prove anything; seed \(seed)")
    }
}
