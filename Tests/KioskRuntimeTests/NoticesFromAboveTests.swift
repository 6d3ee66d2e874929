import CentralServer
import Enrolment
import Foundation
import FreePort
import Journal
import KioskCore
import SyncProtocol
import Testing

@testable import KioskRuntime

/// A city's centre, a mall's, and a whole kiosk that knows only the mall's.
@Suite struct NoticesFromAboveTests {
    private static let site = NoticeScope("pekanbaru")!
    private static let flood = Emergency(since: 1_795_305_600_000, indonesian: "Banjir. Ikuti petugas.")

    /// Gets keys at a door.
    private static func keys(of name: String, at door: Door, in folder: String) async throws {
        let name = try #require(DeviceName(name))
        let code = try await door.register.newCode(name.site, name.kiosk, at: .present)
        _ = try await EnrolmentClient(url: door.url).enrol(code, name, folder: folder)
    }

    private static func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }

    @Test(.timeLimit(.minutes(15))) func theCitysEmergencyAndItsNewKeyReachAKioskOfTheMall() async throws {
        let home = "/tmp/anjungan-above-\(UUID().uuidString.prefix(8))"
        defer { try? FileManager.default.removeItem(atPath: home) }
        let (city, folder) = ("\(home)/city", "\(home)/kiosk")
        let port = try await FreePort.any()
        let url = "https://127.0.0.1:\(port)/"
        try await Door.opened(in: city, port: port) { try await Self.keys(of: "pekanbaru/all-kiosks", at: $0, in: "\(home)/upstream") }
        let (sealing, entries) = ("\(folder)/enrolment/sealing-key.pem", "\(folder)/enrolment/entry-key.pem")
        let opening = "\(city)/centre/opening-key.pem"
        let firstOpening = try String(contentsOfFile: opening, encoding: .utf8)
        try await Door.opened(in: "\(home)/mall", above: (url, Credentials(folder: "\(home)/upstream"))) { mall in
            try await Self.keys(of: "pekanbaru/mpp-1", at: mall, in: "\(folder)/enrolment")
            let own = try #require(Self.text(sealing))
            let lines = ["print_route: direct", "centre_url: \(mall.url)", "centre_retry: 1", "centre_public_key: \(sealing)"]
            try await KioskBench.run(lines, in: folder) { kiosk in
                try await Door.opened(in: city, port: port) { city in
                    try NoticeBook.change(directory: city.centre) { $0[Self.site].emergency = Self.flood }
                    #expect(try await kiosk.shown(.emergency).screen.words?.first?.text == Self.flood.indonesian)
                }
                // The city cannot be reached, and the kiosk stays closed.
                #expect(try await kiosk.first().screen.kind == .emergency)
                try NoticeBook.change(directory: "\(city)/centre") { $0[Self.site].emergency = nil }
                try FileManager.default.moveItem(atPath: opening, toPath: opening + ".old")
                let first = try #require(Self.text(entries))
                try await Door.opened(in: city, port: port) { _ in
                    _ = try await kiosk.shown(.greeting)
                    _ = try await kiosk.until { _ in Self.text(entries) ?? first != first }
                    #expect(try await kiosk.identifiedVisit().outcome == .printed)
                    #expect(Self.text(sealing) == own, "questions go to the mall's centre, which opens them")
                }
            }
            // What holds, holds from the first visit after a start.
            try await KioskBench.run(lines.filter { !$0.hasPrefix("centre_url") }, in: folder) { kiosk in
                let visit = try await kiosk.identifiedVisit()
                #expect(visit.outcome == .printed)
            }
        }
        let journal = try await Journal.inspect(directory: "\(folder)/journal")
        let sealed = try await journal.entries(after: 0, lane: .transactions, limit: 99).filter { $0.sealed != nil }
        try await journal.close()
        #expect(sealed.count == 2)
        let key = try OpeningKey(pem: String(contentsOfFile: opening, encoding: .utf8))
        for entry in sealed { #expect(try key.open(entry) != nil) }
        #expect(throws: JournalError.self) { try OpeningKey(pem: firstOpening).open(sealed[0]) }

        // A mall that has nobody above it any more takes its own key again.
        #expect(try NoticeBook.forgetAbove(directory: "\(home)/mall/centre"))
        try await Door.opened(in: "\(home)/mall") { mall in
            let lines = ["print_route: direct", "centre_url: \(mall.url)", "centre_retry: 1", "centre_public_key: \(sealing)"]
            try await KioskBench.run(lines, in: folder) { kiosk in
                _ = try await kiosk.until { _ in Self.text(entries) == nil }
            }
        }
    }
}
