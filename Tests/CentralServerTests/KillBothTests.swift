import Foundation
import Journal
import KioskCore
import LoopbackWeb
import SeededRandomness
import SyncProtocol
import Testing

@testable import CentralServer

/// kill -9 of a kiosk and of its centre, at any moment, again and again: what was issued is at the centre once, octet by octet.
///
/// `ANJUNGAN_KILLS=200` runs longer, `ANJUNGAN_SEED=…` repeats a run's choices.
@Suite(.timeLimit(.minutes(30))) struct KillBothTests {
    /// A kiosk's process.
    private final class KioskProcess {
        let process = Process()
        let output = Pipe()

        init(_ mode: String, _ folder: String, port: Int) throws {
            process.executableURL = URL(fileURLWithPath: CentreProcess.executable).deletingLastPathComponent()
                .appendingPathComponent("sync-kiosk")
            process.arguments = [mode, folder, "http://127.0.0.1:\(port)/"]
            process.standardOutput = output
            process.standardError = FileHandle.nullDevice
            try process.run()
            try output.fileHandleForWriting.close()
        }

        deinit { if process.isRunning { Glibc.kill(process.processIdentifier, SIGKILL) } }

        /// The ids of the tickets that it said were durable, after `count` of them were read and it was killed.
        func issued(killAfter count: Int) -> [String] {
            var read = Data()
            while read.count(where: { $0 == 0x0A }) < count {
                let chunk = output.fileHandleForReading.availableData
                if chunk.isEmpty { break }
                read += chunk
            }
            Glibc.kill(process.processIdentifier, SIGKILL)
            read += output.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            // The last line may be torn.
            return String(decoding: read, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(
                String.init)
        }
    }

    @Test func whatWasIssuedIsAtTheCentreOnceWhoeverIsKilled() async throws {
        let kills = ProcessInfo.processInfo.environment["ANJUNGAN_KILLS"].flatMap(Int.init) ?? 50
        var (random, seed) = SeededGenerator.announced("whatWasIssuedIsAtTheCentre, \(kills) kills")
        let (bench, disk) = (Bench(), Bench())
        var centre = try CentreProcess(store: bench.folder)
        let port = centre.address.port
        var issued: [String] = []
        for _ in 1...kills {
            let kiosk = try KioskProcess("issue", disk.folder, port: port)
            let victim = Int.random(in: 0..<3, using: &random)
            let count = Int.random(in: 0...40, using: &random)
            if victim > 0 { centre.kill() }
            // With victim 2 the centre is away as long as the kiosk lives, else it comes back in the midst of its batches.
            if victim == 1 { centre = try CentreProcess(store: bench.folder, port: port) }
            issued += kiosk.issued(killAfter: count)
            if victim == 2 { centre = try CentreProcess(store: bench.folder, port: port) }
        }
        let last = try KioskProcess("drain", disk.folder, port: port)
        _ = last.output.fileHandleForReading.readDataToEndOfFile()
        last.process.waitUntilExit()
        #expect(last.process.terminationStatus == 0)
        #expect(centre.stop() == 0)

        let journal = try await Journal.open(
            directory: disk.folder, site: SiteID("pekanbaru")!, kiosk: KioskID("k1")!, zone: .jakarta, recipient: nil)
        let tickets = Set(try await journal.tickets(ServiceDay(number: 20_779)).map(\.ticket.id.rawValue))
        #expect(Set(issued).subtracting(tickets).isEmpty, "seed \(seed)")
        #expect(Set(issued).count == issued.count)
        for lane in Lane.allCases {
            let own = try await journal.entries(after: 0, lane: lane, limit: .max).map(\.octets)
            #expect(try bench.entries(of: journal.chain(lane)) == own, "\(lane), seed \(seed)")
        }
        print("kill both: \(issued.count) tickets said, \(tickets.count) in the journal")
        #expect(try bench.count("incidents") == 0, "seed \(seed)")
        try bench.expectRollupsMatchTickets("seed \(seed)")
        try await journal.close()
    }
}
