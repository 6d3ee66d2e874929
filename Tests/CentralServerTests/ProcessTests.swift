import Foundation
import KioskCore
import LoopbackWeb
import SeededRandomness
import SyncProtocol
import Testing

@testable import CentralServer

/// The program itself: what it says, how it ends, and what is left when it is killed.
@Suite(.serialized, .timeLimit(.minutes(15))) struct ProcessTests {
    @Test func itStopsWhenAskedAndSaysSoWithStatusNought() throws {
        let bench = Bench()
        for signal in [SIGTERM, SIGINT] { #expect(try CentreProcess(store: bench.folder).stop(signal) == 0) }
        #expect(!FileManager.default.fileExists(atPath: bench.database + "-wal"), "everything is in the database file")
    }

    @Test func itStopsWhileSomebodyLooksOn() async throws {
        let bench = Bench()
        let centre = try CentreProcess(store: bench.folder)
        try await Wire.connect(to: centre.address) { wire in
            try await wire.send("GET", "/v1/events", centre.address)
            _ = try await wire.event()
            #expect(centre.stop() == 0)
        }
    }

    @Test func beyondThisMachineItRefusesToListen() throws {
        let bench = Bench()
        let run = try CentreProcess.run(["run", "--listen", "0.0.0.0:0", "--store", bench.folder, "--page", WebTests.page])
        #expect(run.status == 1)
        #expect(run.errors.contains("without TLS"), "\(run.errors)")
    }

    @Test func anAddressThatIsTakenIsNamed() throws {
        let (first, second) = (Bench(), Bench())
        let centre = try CentreProcess(store: first.folder)
        let run = try CentreProcess.run(["run", "--listen", "\(centre.address)", "--store", second.folder, "--page", WebTests.page])
        #expect(run.status == 1)
        #expect(run.errors.contains("cannot listen on \(centre.address): Address already in use"), "\(run.errors)")
    }

    @Test func aSecondOneOnTheSameStoreIsRefused() throws {
        let bench = Bench()
        let centre = try CentreProcess(store: bench.folder)
        let run = try CentreProcess.run(["run", "--listen", "127.0.0.1:0", "--store", bench.folder, "--page", WebTests.page])
        #expect(run.status == 1)
        #expect(run.errors.contains("is written by process"), "\(run.errors)")
        #expect(centre.stop() == 0)
    }

    @Test func theReportIsPrintedWhileItRunsAndAfterItDied() async throws {
        let bench = Bench()
        let centre = try CentreProcess(store: bench.folder)
        var kiosk = SampleKiosk()
        kiosk.visit(1)
        _ = try await post(kiosk.whole, to: centre.address)
        let arguments = ["report", "--day", "2026-11-22", "--store", bench.folder]
        for moment in ["running", "killed"] {
            let table = try CentreProcess.run(arguments)
            #expect(table.status == 0, "\(moment): \(table.errors)")
            #expect(table.output.contains("JUMLAH / TOTAL"), "\(moment): \(table.output)")
            let json = try CentreProcess.run(arguments + ["--json"])
            let report = try JSONDecoder().decode(DayReport.self, from: Data(json.output.utf8))
            #expect(report.counts == TicketCounts(issued: 1, printed: 1), "\(moment)")
            centre.kill()
        }
    }

    @Test func aReportOfNothingIsAnError() throws {
        let run = try CentreProcess.run(["report", "--store", Bench().folder])
        #expect(run.status == 1)
        #expect(run.errors.contains("holds no store of a centre"), "\(run.errors)")
        #expect(try CentreProcess.run(["report", "--day", "besok"]).errors.contains("--day takes a day written as YYYY-MM-DD"))
    }

    /// A kiosk that repeats itself until it is answered, and a centre that is killed again and again, also within a request.
    @Test func killedAtAnyMomentItHasEveryAcknowledgedEntryOnce() async throws {
        var (random, seed) = SeededGenerator.announced("killedAtAnyMomentItHasEveryEntry")
        let bench = Bench()
        let (kiosk, expected) = HistoryTests.randomKiosk(SampleKiosk(), visits: 400, using: &random)
        var acknowledged = 0
        for round in 1...12 {
            let what: Comment = "round \(round) of seed \(seed)"
            let centre = try CentreProcess(store: bench.folder)
            let standing = try await post(kiosk.call, to: centre.address).decoded(Acknowledgement.self)
            #expect(standing.upto >= acknowledged, "an acknowledged entry is lost; \(what)")
            acknowledged = Int(standing.upto)
            for _ in 0..<Int.random(in: 0...3, using: &random) where acknowledged < kiosk.entries.count {
                let last = min(kiosk.entries.count, acknowledged + Int.random(in: 1...40, using: &random))
                let answer = try await post(kiosk.batch(acknowledged + 1...last), to: centre.address).decoded(Acknowledgement.self)
                #expect(Int(answer.upto) == last, what)
                acknowledged = last
            }
            guard acknowledged < kiosk.entries.count else { break }
            let batch = kiosk.batch(acknowledged + 1...min(kiosk.entries.count, acknowledged + 40))
            let turns = Int.random(in: 0...60, using: &random)
            try await Wire.connect(to: centre.address) { wire in
                try await wire.send("POST", "/v1/entries", centre.address, body: batch.octets)
                for _ in 0..<turns { await Task.yield() }
                centre.kill()
                // The answer may have been under way.
                if let answer = try await wire.reply()?.decoded(Acknowledgement.self) { acknowledged = Int(answer.upto) }
            }
            try bench.expectRollupsMatchTickets(what)
        }
        let centre = try CentreProcess(store: bench.folder)
        for first in stride(from: 1, through: kiosk.entries.count, by: 400) {
            let reply = try await post(kiosk.batch(first...min(kiosk.entries.count, first + 399)), to: centre.address)
            #expect(try reply.decoded(Acknowledgement.self).fault == nil)
        }
        #expect(try bench.entries(of: kiosk.name) == kiosk.entries.map(\.octets), "seed \(seed)")
        let report = try await request("GET", "/v1/report?day=2026-11-22", centre.address).decoded(DayReport.self)
        #expect(report.counts == expected, "seed \(seed)")
        #expect(report.incidents.isEmpty)
        #expect(centre.stop() == 0)
    }

    /// Durable means that the kernel was told to write before the kiosk was answered.
    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/strace")))
    func everyBatchIsSyncedBeforeItIsAcknowledged() async throws {
        let bench = Bench()
        let trace = "\(bench.folder).trace"
        defer { try? FileManager.default.removeItem(atPath: trace) }
        let centre = try CentreProcess(store: bench.folder, strace: ["-o", trace, "-y", "-e", "trace=fdatasync"])
        let syncs = { try String(contentsOfFile: trace, encoding: .utf8).split(separator: "\n").count { $0.contains("-wal>) ") } }
        var kiosk = SampleKiosk()
        var before = try syncs()
        for ticket in 1...20 {
            kiosk.visit(ticket)
            _ = try await post(kiosk.batch((ticket * 3 - 2)...(ticket * 3)), to: centre.address)
            let now = try syncs()
            #expect(now > before, "ticket \(ticket)")
            before = now
        }
        #expect(centre.stop() == 0)
    }

    /// A commit whose sync fails is indeterminate: it is not acknowledged, and sending it again settles it.
    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/strace")), arguments: [2, 3])
    func aSyncThatFailsIsNotAcknowledgedAndTheSameBatchAgainSettlesIt(_ place: Int) async throws {
        let bench = Bench()
        // What it takes to make a store is not the matter here.
        #expect(try CentreProcess(store: bench.folder).stop() == 0)
        let centre = try CentreProcess(
            store: bench.folder,
            strace: ["-o", "\(bench.folder)/trace", "-P", "\(bench.database)-wal", "-e", "inject=fdatasync:error=EIO:when=\(place)"])
        var kiosk = SampleKiosk()
        var refused = 0
        for ticket in 1...4 {
            kiosk.visit(ticket)
            let batch = kiosk.batch((ticket * 3 - 2)...(ticket * 3))
            var reply = try await post(batch, to: centre.address)
            if reply.status == 503 {
                refused += 1
                #expect(reply.text.contains(#""code":"inputOutput""#), "\(reply.text)")
                reply = try await post(batch, to: centre.address)
            }
            #expect(try reply.decoded(Acknowledgement.self).position == kiosk.head, "\(reply.text)")
        }
        #expect(refused == 1)
        let opened = try String(contentsOfFile: "\(bench.folder)/trace", encoding: .utf8).split(separator: "\n").count {
            $0.contains("openat(")
        }
        #expect(opened == 2, "the log was read anew from the disk, and only then")
        #expect(try bench.entries(of: kiosk.name) == kiosk.entries.map(\.octets))
        try bench.expectRollupsMatchTickets()
        #expect(centre.stop() == 0)
    }
}
