import CUPSPrinting
import Conditions
import DeviceLayer
import DeviceSocket
import Foundation
import PrintBench
import Testing

/// kill -9 of a real cupsd at every moment of a job: one sheet, and one story of it.
@Suite(.timeLimit(.minutes(15))) struct SchedulerDeathTests {
    typealias Bench = SchedulerBench

    // MARK: The backend that it leaves behind

    @Test func withoutADeviceLayerTheBackendEndsWithItsSchedulerAndWhatItCarriedIsGone() async throws {
        try await Bench.run { bench, cupsd in
            let job = try await bench.spooler.submit(BenchPrinter.id(1), BenchPrinter.ticket(1))
            try await bench.untilReasons { $0.contains("connecting-to-device") }
            try await Self.kill(cupsd)
            try await bench.withDeviceLayer { device in
                #expect(await device.print(BenchPrinter.id(2), BenchPrinter.ticket(2)).outcome == .printed)
                #expect(bench.printed == [BenchPrinter.id(2).rawValue])
                // The job itself is still there, for the scheduler that comes back.
                let second = try await bench.anotherScheduler()
                try await bench.until(job, is: .completed)
                #expect(bench.printed == [BenchPrinter.id(2).rawValue, BenchPrinter.id(1).rawValue])
                await second.stop(SIGTERM)
            }
        }
    }

    /// It has given its job away in part, and waits for somebody to read on.
    @Test func beforeADeviceLayerThatDoesNotReadTheBackendEndsWithItsScheduler() async throws {
        try await Bench.run { bench, cupsd in
            let deaf = try DeafListener(bench.scheduler.deviceSocket)
            _ = try await bench.spooler.submit(BenchPrinter.id(1), [UInt8](repeating: 0x61, count: 4 << 20))
            await deaf.untilFull()
            try await Self.kill(cupsd)
            deaf.end()
            try await bench.withDeviceLayer { device in
                #expect(await device.print(BenchPrinter.id(2), BenchPrinter.ticket(2)).outcome == .printed)
                #expect(bench.printed == [BenchPrinter.id(2).rawValue])
            }
        }
    }

    @Test func aSchedulerKilledInMidSheetPrintsNothingTwice() async throws {
        try await Bench.run(holding: true) { bench, cupsd in
            try await bench.withDeviceLayer { _ in
                let job = try await bench.spooler.submit(BenchPrinter.id(1), BenchPrinter.ticket(1, lines: 30))
                await bench.stopMidSheet()
                try await Self.kill(cupsd)
                let second = try await bench.anotherScheduler()
                bench.goOn()
                try await bench.until(job, is: .completed)
                #expect(bench.printed == [BenchPrinter.id(1).rawValue])
                await second.stop(SIGTERM)
            }
        }
    }

    /// Returns when cupsd and the backends that it had started have ended, of which there must be some.
    private static func kill(_ cupsd: Cupsd) async throws {
        let orphans = try cupsd.backends()
        try #require(orphans.count == 1)
        let orphan = try WatchedProcess(orphans[0])
        await cupsd.stop(SIGKILL)
        await orphan.end()
    }

    // MARK: A job that had ended

    /// What the disk knows of a completed job when cupsd dies: it is written after the word is out.
    enum Remnant: CaseIterable {
        case everything
        /// Its record still says that it is being printed; the document is removed. Then cupsd has nothing to ask with,
        /// and calls the job aborted: the one way in which its list falls behind the paper. The ledger does not.
        case staleRecord
        /// The same, and the document is still there.
        case staleRecordAndDocument
        /// There is no record, and the job's number is given to the next.
        case nothing
    }

    @Test(arguments: Remnant.allCases) func aSchedulerKilledAfterItsWordPrintsNoSecondSheet(_ remnant: Remnant) async throws {
        try await Bench.run(holding: true) { bench, cupsd in
            try await bench.withDeviceLayer { _ in
                let job = try await bench.spooler.submit(BenchPrinter.id(1), BenchPrinter.ticket(1, lines: 30))
                await bench.stopMidSheet()
                let spool = Spool(bench.scheduler)
                let before = try await spool.files(of: job)
                bench.goOn()
                try await bench.until(job, is: .completed)
                await cupsd.stop(SIGKILL)
                switch remnant {
                case .everything: break
                case .staleRecord: try spool.put(before.filter { $0.key != spool.document(job) })
                case .staleRecordAndDocument: try spool.put(before)
                case .nothing: try spool.forget(job)
                }
                let second = try await bench.anotherScheduler()
                try await bench.untilNothingRuns()
                // Whoever has not been told the end asks again.
                let again = try await bench.spooler.submit(BenchPrinter.id(1), BenchPrinter.ticket(1, lines: 30))
                try await bench.until(again, is: .completed)
                let jobs = try await bench.spooler.jobs()
                let states: [SpoolerJob.State] =
                    switch remnant {
                    case .everything, .staleRecordAndDocument: [.completed, .completed]
                    case .staleRecord: [.aborted, .completed]
                    case .nothing: [.completed]
                    }
                #expect(jobs.sorted { $0.id < $1.id }.map(\.state) == states, "\(jobs)")
                #expect(await bench.ledger.result(of: BenchPrinter.id(1)) == PrintResult(.printed))
                let next = try await bench.spooler.submit(BenchPrinter.id(2), BenchPrinter.ticket(2))
                try await bench.until(next, is: .completed)
                #expect(bench.printed == [BenchPrinter.id(1).rawValue, BenchPrinter.id(2).rawValue])
                await second.stop(SIGTERM)
            }
        }
    }

    /// The files in which cupsd keeps its jobs.
    struct Spool {
        let scheduler: PrivateScheduler
        private var list: String { "\(scheduler.directory)/cache/job.cache" }

        init(_ scheduler: PrivateScheduler) { self.scheduler = scheduler }

        private func record(_ job: Int) -> String { "\(scheduler.spool)/c\(Self.number(job))" }
        func document(_ job: Int) -> String { "\(scheduler.spool)/d\(Self.number(job))-001" }

        /// By path, once the job's record is on the disk and in the list of all jobs.
        func files(of job: Int) async throws -> [String: Data] {
            while true {
                if let text = try? String(contentsOfFile: list, encoding: .utf8), text.contains("<Job \(job)>"),
                    FileManager.default.fileExists(atPath: record(job))
                {
                    break
                }
                try await Task.sleep(for: .milliseconds(10))
            }
            let paths = [list, record(job), document(job)]
            return Dictionary(uniqueKeysWithValues: try paths.map { ($0, try Data(contentsOf: URL(filePath: $0))) })
        }

        func put(_ files: [String: Data]) throws {
            for (path, bytes) in files { try bytes.write(to: URL(filePath: path)) }
        }

        /// Also in the list, which knows the next job's number.
        func forget(_ job: Int) throws {
            for file in [record(job), list] { try FileManager.default.removeItem(atPath: file) }
        }

        private static func number(_ job: Int) -> String { String(repeating: "0", count: max(0, 5 - "\(job)".count)) + "\(job)" }
    }
}

extension SchedulerBench {
    /// The scheduler once more, when it takes jobs.
    func anotherScheduler() async throws -> Cupsd {
        let cupsd = try Cupsd(scheduler)
        try await spooler.waitUntilReady()
        return cupsd
    }

    /// Returns when cupsd has no job in hand. It has nothing that would tell us by itself.
    func untilNothingRuns() async throws {
        while try await !spooler.jobs().allSatisfy({ $0.state.isFinished || $0.state == .held }) {
            try await Task.sleep(for: .milliseconds(10))
        }
    }
}
