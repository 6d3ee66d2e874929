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

    @Test(.timeLimit(.minutes(15))) func theCitysWordReachesAKioskOfTheMallAndOnlyTheMallsKeySeals() async throws {
        let home = "/tmp/anjungan-above-\(UUID().uuidString.prefix(8))"
        defer { try? FileManager.default.removeItem(atPath: home) }
        let (city, mall, folder) = ("\(home)/city", "\(home)/mall", "\(home)/kiosk")
        let (port, mallPort) = (try await FreePort.any(), try await FreePort.any())
        try await Door.opened(in: city, port: port) { try await Self.keys(of: "pekanbaru/all-kiosks", at: $0, in: "\(home)/upstream") }
        let above = (url: "https://127.0.0.1:\(port)/", keys: Credentials(folder: "\(home)/upstream"))
        try await Door.opened(in: mall) { try await Self.keys(of: "pekanbaru/mpp-1", at: $0, in: "\(folder)/enrolment") }
        let sealing = "\(folder)/enrolment/sealing-key.pem"
        let first = try #require(Self.text(sealing))
        let lines = [
            "print_route: direct", "centre_url: https://127.0.0.1:\(mallPort)/", "centre_retry: 1", "centre_public_key: \(sealing)",
        ]
        try await KioskBench.run(lines, in: folder) { kiosk in
            try await Door.opened(in: mall, port: mallPort, above: above) { _ in
                try await Door.opened(in: city, port: port) { city in
                    try NoticeBook.change(directory: city.centre) { $0[Self.site].emergency = Self.flood }
                    #expect(try await kiosk.shown(.emergency).screen.words?.first?.text == Self.flood.indonesian)
                }
                // The city cannot be reached, and the kiosk stays closed.
                #expect(try await kiosk.first().screen.kind == .emergency)
                try NoticeBook.change(directory: "\(city)/centre") { $0[Self.site].emergency = nil }
                try Self.putKeyAside(in: city)
                try await Door.opened(in: city, port: port) { _ in
                    // The end and the city's new key are one word.
                    _ = try await kiosk.shown(.greeting)
                    #expect(try await kiosk.identifiedVisit().outcome == .printed)
                    #expect(Self.text(sealing) == first)
                }
            }
            try Self.putKeyAside(in: mall)
            try await Door.opened(in: city, port: port) { city in
                try await Door.opened(in: mall, port: mallPort, above: above) { _ in
                    _ = try await kiosk.until { _ in Self.text(sealing) ?? first != first }
                    // The city's next word comes after the whole of the mall's, the key with it.
                    try NoticeBook.change(directory: city.centre) { $0[Self.site].bundle = "next" }
                    _ = try await kiosk.until { $0.notices?.wantedBundle == "next" }
                    #expect(try await kiosk.identifiedVisit().outcome == .printed)
                }
            }
        }
        let journal = try await Journal.inspect(directory: "\(folder)/journal")
        let sealed = try await journal.entries(after: 0, lane: .transactions, limit: 99).filter { $0.sealed != nil }
        try await journal.close()
        try #require(sealed.count == 2)
        #expect(try Self.key(of: mall, ".old").open(sealed[0]) != nil)
        #expect(try Self.key(of: mall).open(sealed[1]) != nil)
        for key in [try Self.key(of: city, ".old"), try Self.key(of: city)] {
            for entry in sealed { #expect(throws: JournalError.self) { try key.open(entry) } }
        }
    }

    /// The next start of that centre draws another.
    private static func putKeyAside(in home: String) throws {
        try FileManager.default.moveItem(atPath: "\(home)/centre/opening-key.pem", toPath: "\(home)/centre/opening-key.pem.old")
    }

    /// What a centre opens with.
    private static func key(of home: String, _ suffix: String = "") throws -> OpeningKey {
        try OpeningKey(pem: String(contentsOfFile: "\(home)/centre/opening-key.pem\(suffix)", encoding: .utf8))
    }
}
