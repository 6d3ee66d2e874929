import Foundation
import Journal
import KioskCore
import LoopbackWeb
import SyncProtocol
import Testing

@testable import CentralServer

/// 64 kbit/s, and every fifth packet is lost in each direction: enrolment, TLS with both certificates, and every entry arrives once.
///
/// `ANJUNGAN_LINE_TICKETS=1000` has more to send, `ANJUNGAN_LINE_LOSS=30` loses more.
@Suite(.enabled(if: geteuid() == 0, "networks of one's own need root"), .timeLimit(.minutes(60))) struct ThinLineTests {
    private static func setting(_ name: String, _ usual: Int) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap(Int.init) ?? usual
    }

    @Test func everyEntryArrivesOnceOverAThinLineThatLosesPackets() async throws {
        let (tickets, loss) = (Self.setting("ANJUNGAN_LINE_TICKETS", 20), Self.setting("ANJUNGAN_LINE_LOSS", 20))
        let (bench, kiosk) = (Bench(), Bench())
        let line = try ThinLine(kilobits: 64, loss: loss)
        let centre = try CentreProcess(store: bench.folder, tls: true, host: ThinLine.host, within: line.atCentre)
        let url = "https://\(try #require(centre.door))/"

        let code = try CentreProcess.run(["enroll", "pekanbaru", "k1", "--store", bench.folder]).output.prefix { $0 != "\n" }
        let file = "\(bench.folder)/anjungan.yaml"
        let needed = ["site_bundle", "kiosk_directory", "devices_directory", "device_socket"].map { "\($0): /nonexistent" }
        let keys = ["site: pekanbaru", "kiosk: k1", "state_directory: \(kiosk.folder)", "printer_model: x", "printer_address: x:1"]
        try (keys + needed + ["centre_url: \(url)"]).joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)
        let clock = ContinuousClock()
        let begin = clock.now
        let program = CentreProcess.executable.replacing("anjungan-central", with: "anjungan")
        let enrolled = try await run(line.atKiosk + [program, "enroll", "-", "--config", file], typing: String(code))
        try #require(enrolled.status == 0, "\(enrolled.words)")

        let journal = try await Journal.open(
            directory: "\(kiosk.folder)/journal", site: SiteID("pekanbaru")!, kiosk: KioskID("k1")!, zone: .jakarta, recipient: nil)
        let service = ServiceKey("dpmptsp/perizinan")!
        for _ in 0..<tickets { _ = try await journal.issue(TicketRequest(service: service, series: "PZA", day: today)) }
        try await journal.close()
        let ready = clock.now
        let syncing = CentreProcess.executable.replacing("anjungan-central", with: "sync-kiosk")
        let drained = try await run(line.atKiosk + [syncing, "drain", "\(kiosk.folder)/journal", url, "k1", "\(kiosk.folder)/enrolment"])
        #expect(drained.status == 0, "\(drained.words)")
        print("thin line: enrolled in \(ready - begin), \(tickets) tickets sent in \(clock.now - ready), \(loss) % lost")
        #expect(centre.stop() == 0)

        let after = try await Journal.open(
            directory: "\(kiosk.folder)/journal", site: SiteID("pekanbaru")!, kiosk: KioskID("k1")!, zone: .jakarta, recipient: nil)
        for lane in Lane.allCases {
            let own = try await after.entries(after: 0, lane: lane, limit: .max).map(\.octets)
            #expect(try bench.entries(of: after.chain(lane)) == own, "\(lane)")
        }
        #expect(try await after.head(of: .transactions).sequence >= UInt64(tickets))
        try await after.close()
        #expect(try bench.count("incidents") == 0)
    }

    /// A command to its end, away from the tests' few threads.
    private func run(_ command: [String], typing line: String = "") async throws -> (status: CInt, words: String) {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(
                    with: Result {
                        let process = Process()
                        let (input, output) = (Pipe(), Pipe())
                        process.executableURL = URL(fileURLWithPath: command[0])
                        process.arguments = Array(command.dropFirst())
                        process.standardInput = input
                        process.standardOutput = output
                        process.standardError = output
                        try process.run()
                        try input.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8))
                        try input.fileHandleForWriting.close()
                        try output.fileHandleForWriting.close()
                        let words = output.fileHandleForReading.readDataToEndOfFile()
                        process.waitUntilExit()
                        return (process.terminationStatus, String(decoding: words, as: UTF8.self))
                    })
            }
        }
    }
}
