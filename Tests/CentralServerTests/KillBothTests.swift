import Foundation
import GRDB
import Journal
import KioskCore
import LoopbackWeb
import SeededRandomness
import SyncProtocol
import Testing

@testable import CentralServer

/// kill -9 of kiosks and of their centre, at any moment, again and again: what was issued is at the centre once, octet by octet.
///
/// Four kiosks live at a time. `ANJUNGAN_KILLS=1000` kills kiosks more often, `ANJUNGAN_SEED=…` repeats a run's choices.
@Suite(.timeLimit(.minutes(30))) struct KillBothTests {
    /// A kiosk and the folder of its journal.
    private struct Kiosk {
        let name: KioskID
        let disk = Bench()
        /// The ids of the tickets that it said were durable.
        var issued: [String] = []

        /// Lives until it has said so many tickets and is killed; returns all that it said. Without a number it drains its journal.
        func live(_ centre: ListenAddress, killAfter count: Int?) async throws -> [String] {
            let program = URL(fileURLWithPath: CentreProcess.executable).deletingLastPathComponent().appendingPathComponent("sync-kiosk")
            let arguments = [count == nil ? "drain" : "issue", disk.folder, "http://\(centre)/", name.rawValue]
            return try await aside {
                let process = Process()
                let output = Pipe()
                process.executableURL = program
                process.arguments = arguments
                process.standardOutput = output
                process.standardError = FileHandle.nullDevice
                try process.run()
                try output.fileHandleForWriting.close()
                var read = Data()
                if let count {
                    while read.count(where: { $0 == 0x0A }) < count {
                        let chunk = output.fileHandleForReading.availableData
                        if chunk.isEmpty { break }
                        read += chunk
                    }
                    Glibc.kill(process.processIdentifier, SIGKILL)
                }
                read += output.fileHandleForReading.readDataToEndOfFile()
                process.waitUntilExit()
                if count == nil { #expect(process.terminationStatus == 0) }
                // The last line may be torn.
                return String(decoding: read, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(
                    String.init)
            }
        }
    }

    /// All kiosks live and die, while `meanwhile` happens to the centre.
    private func lives(
        of kiosks: inout [Kiosk], at centre: ListenAddress, killAfter counts: [Int?], meanwhile: () async throws -> Void = {}
    ) async throws {
        try await withThrowingTaskGroup(of: (Int, [String]).self) { group in
            for (index, kiosk) in kiosks.enumerated() {
                group.addTask { (index, try await kiosk.live(centre, killAfter: counts[index])) }
            }
            try await meanwhile()
            for try await (index, lines) in group { kiosks[index].issued += lines }
        }
    }

    @Test func whatWasIssuedIsAtTheCentreOnceWhoeverIsKilled() async throws {
        let kills = ProcessInfo.processInfo.environment["ANJUNGAN_KILLS"].flatMap(Int.init) ?? 200
        var (random, seed) = SeededGenerator.announced("whatWasIssuedIsAtTheCentre, \(kills) kills of kiosks")
        let (bench, backups) = (Bench(), Bench())
        var centre = try CentreProcess(store: bench.folder)
        let address = centre.address
        var kiosks = (1...4).map { Kiosk(name: KioskID("k\($0)")!) }
        var centreKills = 0
        for round in 1...max(1, kills / kiosks.count) {
            let victim = Int.random(in: 0..<3, using: &random)
            let moment = Int.random(in: 0...200, using: &random)
            let counts = kiosks.map { _ in Int.random(in: 0...40, using: &random) }
            try await lives(of: &kiosks, at: address, killAfter: counts) {
                guard victim > 0 else { return }
                // The moment is what is random here, nothing is waited for.
                try await ContinuousClock().sleep(for: .milliseconds(moment))
                centre.kill()
                centreKills += 1
                // With victim 2 the centre is away as long as a kiosk lives, else it comes back in the midst of their batches.
                if victim == 1 { centre = try CentreProcess(store: bench.folder, port: address.port) }
            }
            if victim == 2 { centre = try CentreProcess(store: bench.folder, port: address.port) }
            if round % 10 == 1 { _ = try Backup.make(of: bench.folder, in: backups.folder, at: .now) }
        }
        try await lives(of: &kiosks, at: address, killAfter: kiosks.map { _ in nil })
        #expect(centre.stop() == 0)

        let last = try FileManager.default.contentsOfDirectory(atPath: backups.folder).max() ?? ""
        for kiosk in kiosks { try await expectAtTheCentreOnce(kiosk, bench, backup: "\(backups.folder)/\(last)", "seed \(seed)") }
        print("kill both: \(kills) kills of kiosks, \(centreKills) of the centre, \(kiosks.map(\.issued.count)) tickets said")
        #expect(try bench.count("incidents") == 0, "seed \(seed)")
        try bench.expectRollupsMatchTickets("seed \(seed)")
    }

    private func expectAtTheCentreOnce(_ kiosk: Kiosk, _ bench: Bench, backup: String, _ comment: Comment) async throws {
        let journal = try await Journal.open(
            directory: kiosk.disk.folder, site: SiteID("pekanbaru")!, kiosk: kiosk.name, zone: .jakarta, recipient: nil)
        let tickets = Set(try await journal.tickets(ServiceDay(number: 20_779)).map(\.ticket.id.rawValue))
        #expect(Set(kiosk.issued).subtracting(tickets).isEmpty, comment)
        #expect(Set(kiosk.issued).count == kiosk.issued.count, comment)
        let safe = try await journal.safe(.transactions)
        #expect(safe.sequence > 0, "what the last backup has is known to the kiosk")
        let copy = try DatabaseQueue(path: backup)
        #expect(
            try await copy.read { try ChainCursor.storedHash(journal.chain(.transactions), safe.sequence, in: $0) } == safe.hash, comment)
        for lane in Lane.allCases {
            let own = try await journal.entries(after: 0, lane: lane, limit: .max).map(\.octets)
            #expect(try bench.entries(of: journal.chain(lane)) == own, "\(lane), \(comment)")
        }
        try await journal.close()
    }
}

/// What blocks, away from the tests' few threads.
private func aside<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(with: Result(catching: body)) }
    }
}
