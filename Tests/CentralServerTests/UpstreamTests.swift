import Foundation
import KioskCore
import Logging
import LoopbackWeb
import SyncProtocol
import SyncTransport
import Testing

@testable import CentralServer

/// A mall's centre below a city's: what one has, the other gets, whatever happens in between.
@Suite(.timeLimit(.minutes(15))) struct UpstreamTests {
    static var logger: Logger {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }

    /// Asks again and again, because a store only answers.
    private static func until(_ condition: () async throws -> Bool) async throws {
        while !(try await condition()) { try await ContinuousClock().sleep(for: .milliseconds(20)) }
    }

    @Test func everythingGoesUpAsItCameAlsoWhatCannotBeReadAndWhatComesLater() async throws {
        let mall = Bench()
        let store = try await mall.open()
        var kiosks = [SampleKiosk("k1"), SampleKiosk("k2"), SampleKiosk("k1", lane: .telemetry)]
        for index in kiosks.indices { for ticket in 1...(index + 2) { kiosks[index].visit(ticket) } }
        for kiosk in kiosks { try await store.take(kiosk.whole) }
        // An entry that this version cannot read, last in its chain.
        kiosks[1].visit(9)
        var raw = kiosks[1].entries[9].header.octets
        raw[6] = 9
        let parts = [raw, kiosks[1].entries[9].body, [], []]
        let poison = parts.flatMap { part in (0..<4).map { UInt8(truncatingIfNeeded: part.count >> (24 - 8 * $0)) } + part }
        let first = kiosks[1].entries[..<9].map(\.octets) + [poison]
        try await store.take(Batch(chain: kiosks[1].name, head: .start, entries: first))
        let below = kiosks
        try await WebTests.withCentre { city, address in
            let centre = CentreClient(url: "http://\(address)/")
            let upstream = Upstream(
                store, to: centre, timing: SyncTiming(cap: .milliseconds(50), heartbeat: .seconds(1)), logger: Self.logger)
            let group = Task { try await upstream.run() }
            try await Self.until { try await city.report(today, made: noon).chains.count == 3 }
            for kiosk in below {
                let end = try await store.head(of: kiosk.name)
                try await Self.until { try await city.head(of: kiosk.name) == end }
                try await Self.until { try await store.upstream(kiosk.name) == end }
            }
            #expect(try await city.health().deadLetters == 1)
            var later = SampleKiosk("k3")
            later.visit(1)
            try await store.take(later.whole)
            try await Self.until { try await city.counts().issued == 2 + 3 + 1 }
            #expect(try await city.head(of: later.name) == later.head)
            group.cancel()
            try await group.value
            try await centre.close()
        }
    }

    @Test func theProgramForwardsAcrossKillsOfBothCentres() async throws {
        let (mall, city) = (Bench(), Bench())
        var above = try CentreProcess(store: city.folder)
        let port = above.address.port
        var below = try CentreProcess(store: mall.folder, more: ["--upstream", "http://127.0.0.1:\(port)/"])
        var kiosk = SampleKiosk()
        for round in 1...6 {
            for _ in 1...20 { kiosk.visit(kiosk.entries.count / 3 + 1) }
            _ = try await post(kiosk.batch(kiosk.entries.count - 59...kiosk.entries.count), to: below.address)
            if round % 2 == 0 {
                above.kill()
                above = try CentreProcess(store: city.folder, port: port)
            } else {
                below.kill()
                below = try CentreProcess(store: mall.folder, more: ["--upstream", "http://127.0.0.1:\(port)/"])
            }
        }
        let address = above.address
        try await Self.until {
            try await request("GET", "/v1/report?day=2026-11-22", address).decoded(DayReport.self).chains.first?.upto == UInt64(360)
        }
        #expect(below.stop() == 0)
        #expect(above.stop() == 0)
        #expect(try city.entries(of: kiosk.name) == kiosk.entries.map(\.octets))
        try city.expectRollupsMatchTickets()
    }

    @Test func aCentreAboveBeyondThisMachineIsRefusedWithoutTLS() throws {
        for url in ["http://pusat.example/", "ftp://127.0.0.1/", "nonsense"] {
            let run = try CentreProcess.run(
                ["run", "--listen", "127.0.0.1:0", "--store", Bench().folder, "--page", WebTests.page, "--upstream", url])
            #expect(run.status == 1)
            #expect(run.errors.contains("--upstream takes https://HOST:PORT/"), "\(run.errors)")
        }
    }

    @Test func aCentreBelowAnotherSaysWhyItCannotListen() throws {
        let (first, second) = (Bench(), Bench())
        let centre = try CentreProcess(store: first.folder)
        let run = try CentreProcess.run(
            [
                "run", "--listen", "\(centre.address)", "--store", second.folder, "--page", WebTests.page, "--upstream",
                "http://127.0.0.1:1/",
            ])
        #expect(run.status == 1 && run.errors.contains("Is another one running?"), "\(run)")
        #expect(centre.stop() == 0)
    }
}
