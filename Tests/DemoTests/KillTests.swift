import CUPSPrinting
import Conditions
import Foundation
import Journal
import KioskCore
import KioskRuntime
import SeededRandomness
import Testing

extension DemoTests {
    /// kill -9 at random moments while visits run; afterwards journal, paper and CUPS must tell one story.
    ///
    /// `ANJUNGAN_KILLS=500` runs longer, `ANJUNGAN_SEED=…` repeats a run's choices.
    @Test(.timeLimit(.minutes(30)))
    func journalPaperAndSpoolerAgreeWhateverIsKilled() async throws {
        let environment = ProcessInfo.processInfo.environment
        let kills = environment["ANJUNGAN_KILLS"].flatMap(Int.init) ?? 50
        let seed = environment["ANJUNGAN_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 0...UInt64.max)
        print("kill test: \(kills) kills, ANJUNGAN_SEED=\(seed)")

        let evidence = Evidence()
        try await DemoProcess.run(["--speed", "300"]) { demo in
            try await withThrowingTaskGroup { group in
                group.addTask { try await visitForEver(demo, seed: seed &+ 1) }
                try await killAtRandom(demo, times: kills, seed: seed)
                group.cancelAll()
            }
            // A last visitor, undisturbed: the kiosk has come back by itself.
            let last = try await demo.visit(answering: .leave)
            #expect(last.ending.outcome == .printed)
            evidence.jobs = try await settledJobs(demo)
            evidence.paper = try await Paper.read(demo)
        } afterwards: { demo in
            let journal = try await Journal.open(
                directory: "\(demo.folder)/kiosk/journal", site: SiteID("pekanbaru")!, kiosk: KioskID("mpp-1")!, zone: .jakarta,
                recipient: nil)
            _ = try await journal.verify()
            let story = Story(
                tickets: try await tickets(of: journal), prints: try await journal.prints(), sheets: evidence.paper?.sheets ?? [],
                jobs: evidence.jobs)
            try await journal.close()
            print(story.summary)
            for contradiction in story.contradictions { Issue.record("\(contradiction) (ANJUNGAN_SEED=\(seed))") }
            #expect(story.tickets.count > kills / 4, "visits went on between the kills")
        }
    }

    /// A run may cross midnight.
    func tickets(of journal: Journal) async throws -> [TicketRecord] {
        let today = ServiceDay(WallTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)), in: .jakarta)
        return try await journal.tickets(ServiceDay(number: today.number - 1)) + journal.tickets(today)
    }

    final class Evidence: @unchecked Sendable {
        // Written and read by one task after the other.
        var jobs: [SpoolerJob] = []
        var paper: Paper?
    }

    private func killAtRandom(_ demo: DemoProcess, times: Int, seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<times {
            // The moment is what is random here, nothing is waited for.
            try await ContinuousClock().sleep(for: .milliseconds(Int.random(in: 20...1200, using: &random)))
            switch Int.random(in: 0..<3, using: &random) {
            case 0: kill(try demo.pid(of: "run"), SIGKILL)
            case 1: kill(try demo.pid(of: "cupsd"), SIGKILL)
            default:
                if let backend = demo.backends().randomElement(using: &random) {
                    kill(backend, SIGKILL)
                } else {
                    kill(try demo.pid(of: "run"), SIGKILL)
                }
            }
        }
    }

    func visitForEver(_ demo: DemoProcess, seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        while !Task.isCancelled {
            let reply = VisitScript.Reply.allCases.randomElement(using: &random) ?? .leave
            do {
                _ = try await demo.visit(answering: reply)
            } catch is CancellationError {
                return
            }
        }
    }

    /// The jobs once none of them is under way.
    private func settledJobs(_ demo: DemoProcess) async throws -> [SpoolerJob] {
        let spooler = Spooler(.socket(path: "\(demo.folder)/cups/run/cups.sock"), queue: "ticket")
        while true {
            let jobs = try await spooler.jobs()
            if jobs.allSatisfy({ $0.state.isFinished || $0.state == .held }) { return jobs }
            try await ContinuousClock().sleep(for: .milliseconds(50))
        }
    }
}
