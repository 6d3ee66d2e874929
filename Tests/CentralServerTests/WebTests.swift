import Foundation
import KioskCore
import Logging
import LoopbackWeb
import SyncProtocol
import Testing

@testable import CentralServer

/// The centre as its kiosks and its browser meet it.
@Suite(.timeLimit(.minutes(15))) struct WebTests {
    /// Serves a store on a free port while `body` works with it.
    static func withCentre(
        framedBy: String? = nil, capacity: Int64? = nil, batchesAtWork: Int = 32,
        _ body: @escaping @Sendable (CentralStore, ListenAddress) async throws -> Void
    ) async throws {
        let bench = Bench()
        let store = try await bench.open(capacity: capacity)
        // Tests end by cancellation, which the web server reports as an error.
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let (addresses, listening) = AsyncStream.makeStream(of: ListenAddress.self)
        let server = try CentralServer(
            store: store,
            configuration: .init(
                address: ListenAddress(port: 0), pageDirectory: page, framedBy: framedBy, batchesAtWork: batchesAtWork,
                clock: { noon }),
            logger: logger
        ) { listening.yield($0) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            var found = addresses.makeAsyncIterator()
            try await body(store, try #require(await found.next(isolation: #isolation)))
            group.cancelAll()
        }
        withExtendedLifetime(bench) {}
    }

    static let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Kiosk/central").path

    @Test func aBatchIsAnsweredWithItsAcknowledgement() async throws {
        try await Self.withCentre { _, address in
            var kiosk = SampleKiosk()
            for ticket in 1...166 { kiosk.visit(ticket) }
            let reply = try await post(kiosk.whole, to: address)
            #expect(reply.status == 200, "\(reply.text)")
            #expect(reply.headers["content-type"] == "application/json")
            #expect(reply.text.contains(#""epoch":"01010101"#), "\(reply.text)")
            #expect(try reply.decoded(Acknowledgement.self).position == kiosk.head)
        }
    }

    @Test func theReportIsOfTodayOrOfTheDayThatIsAskedFor() async throws {
        try await Self.withCentre { _, address in
            var kiosk = SampleKiosk()
            kiosk.visit(1)
            kiosk.issue(2, day: ServiceDay(number: today.number - 1))
            _ = try await post(kiosk.whole, to: address)
            let now = try await request("GET", "/v1/report", address).decoded(DayReport.self)
            #expect((now.day, now.counts) == ("2026-11-22", TicketCounts(issued: 1, printed: 1)))
            let then = try await request("GET", "/v1/report?day=2026-11-21", address).decoded(DayReport.self)
            #expect((then.day, then.counts) == ("2026-11-21", TicketCounts(issued: 1, open: 1)))
            let bad = try await request("GET", "/v1/report?day=besok", address)
            #expect(bad.status == 400)
            #expect(bad.text.contains("is no day: write it as YYYY-MM-DD"), "\(bad.text)")
        }
    }

    @Test func whatIsNoBatchIsRefusedInWords() async throws {
        try await Self.withCentre { store, address in
            for body in [[], Array("hello".utf8), Array(SampleKiosk().call.octets.dropLast())] {
                let reply = try await request("POST", "/v1/entries", address, body: body)
                #expect(reply.status == 400)
                #expect(reply.text.contains("This is no batch of entries: "), "\(reply.text)")
            }
            #expect(try await store.health().chains == 0)
        }
    }

    @Test func aBatchThatIsTooLargeIsRefusedWithAndWithoutItsLengthAnnounced() async throws {
        try await Self.withCentre { _, address in
            let body = [UInt8](repeating: 0, count: Batch.readLimit + 1)
            expect(413, try await request("POST", "/v1/entries", address, body: body))
            let chunk = Array("\(String(body.count, radix: 16))\r\n".utf8) + body + Array("\r\n0\r\n\r\n".utf8)
            let reply = try await request("POST", "/v1/entries", address, headers: ["Transfer-Encoding: chunked"], body: chunk)
            #expect(reply.status == 413)
        }
    }

    @Test func theLargestBatchIsTaken() async throws {
        try await Self.withCentre { _, address in
            var kiosk = SampleKiosk()
            for _ in 1...255 { kiosk.append(EntryKind("x")!, [UInt8](repeating: 0x20, count: 600)) }
            kiosk.append(EntryKind("x")!, [UInt8](repeating: 0x20, count: Batch.maximumOctets - 400))
            expect(200, try await post(kiosk.whole, to: address))
        }
    }

    @Test func aFullDiskIsServiceUnavailableAndTheSameBatchIsTakenLater() async throws {
        try await Self.withCentre(capacity: 60 * 4096) { store, address in
            var kiosk = SampleKiosk()
            for ticket in 1...160 { kiosk.visit(ticket) }
            let reply = try await post(kiosk.whole, to: address)
            #expect(reply.status == 503)
            #expect(reply.headers["retry-after"] == "5")
            #expect(reply.text.contains(#""code":"full""#), "\(reply.text)")
            try expect(.start, try await post(kiosk.call, to: address))
            try await store.limit(to: 20_000 * 4096)
            try expect(kiosk.head, try await post(kiosk.whole, to: address))
        }
    }

    @Test func aStoreThatWasClosedIsServiceUnavailableEverywhere() async throws {
        try await Self.withCentre { store, address in
            try await store.close()
            for (method, path) in [("GET", "/v1/report"), ("GET", "/v1/health")] {
                expect(503, try await request(method, path, address))
            }
            expect(503, try await post(SampleKiosk().call, to: address))
        }
    }

    @Test func healthSaysHowItCommits() async throws {
        try await Self.withCentre { _, address in
            let health = try await request("GET", "/v1/health", address).decoded(StoreHealth.self)
            #expect((health.synchronous, health.journalMode, health.incidents) == (2, "wal", 0))
        }
    }

    @Test func anotherSitesPageMayNotSendAndNobodyComesByAnotherName() async throws {
        try await Self.withCentre { store, address in
            let call = SampleKiosk().call.octets
            for headers in [["Origin: http://evil.example"], ["Origin: null"], ["Host: evil.example"], ["Host: 127.0.0.1.evil.example"]] {
                expect(403, try await request("POST", "/v1/entries", address, headers: headers, body: call))
            }
            expect(403, try await request("GET", "/v1/report", address, headers: ["Host: evil.example"]))
            #expect(try await store.health().chains == 0)
            expect(200, try await request("POST", "/v1/entries", address, headers: ["Origin: http://\(address)"], body: call))
        }
    }

    @Test func thePageLoadsNothingFromElsewhereAndIsFramedByNobodyUnlessTold() async throws {
        for (framedBy, ancestors) in [
            (nil, "frame-ancestors 'self';"), ("http://127.0.0.1:7073", "frame-ancestors 'self' http://127.0.0.1:7073;"),
        ] {
            try await Self.withCentre(framedBy: framedBy) { _, address in
                let reply = try await request("GET", "/", address)
                #expect(reply.status == 200)
                let policy = try #require(reply.headers["content-security-policy"])
                #expect(policy.contains("default-src 'self'") && policy.contains(ancestors), "\(policy)")
                for path in ["/central.css", "/central.js", "/remedies.js", "/icon.svg"] {
                    expect(200, try await request("GET", path, address))
                }
                #expect(!reply.text.contains("http://") && !reply.text.contains("https://"))
            }
        }
    }

    @Test func onlookersAreToldTheDayAtOnceAndAfterEveryBatch() async throws {
        try await Self.withCentre { _, address in
            try await Wire.connect(to: address) { wire in
                try await wire.send("GET", "/v1/events", address)
                let report = { (text: String?) in try JSONDecoder().decode(DayReport.self, from: Data(try #require(text).utf8)) }
                #expect(try report(await wire.event()).counts.issued == 0)
                var kiosk = SampleKiosk()
                for ticket in 1...3 {
                    kiosk.visit(ticket)
                    _ = try await post(kiosk.batch((ticket * 3 - 2)...(ticket * 3)), to: address)
                    #expect(try report(await wire.event()).counts.issued == ticket)
                }
            }
        }
    }

    @Test func beyondThisMachineNothingIsServed() async throws {
        let bench = Bench()
        let store = try await bench.open()
        for host in ["0.0.0.0", "192.168.1.5", "::", "central.example"] {
            let error = #expect(throws: CentralServer.Refused.self) {
                _ = try CentralServer(
                    store: store, configuration: .init(address: ListenAddress(host: host, port: 7072), pageDirectory: Self.page),
                    logger: Logger(label: "test")
                ) { _ in }
            }
            #expect(error?.description.contains("without TLS") == true)
        }
    }
}

/// Apart from the call, because `#expect` does not let the call's own errors through.
private func expect(_ status: Int, _ reply: Reply, _ location: SourceLocation = #_sourceLocation) {
    #expect(reply.status == status, "\(reply.text)", sourceLocation: location)
}

private func expect(_ position: ChainPosition, _ reply: Reply, _ location: SourceLocation = #_sourceLocation) throws {
    let found = try reply.decoded(Acknowledgement.self).position
    #expect(found == position, sourceLocation: location)
}

/// What a centre says to those for whom it has no room.
@Suite(.timeLimit(.minutes(15))) struct PressureTests {
    @Test func whoFindsNoRoomIsToldWhenToComeAgainAndWithHowMuch() async throws {
        try await WebTests.withCentre(batchesAtWork: 1) { store, address in
            var kiosk = SampleKiosk()
            kiosk.visit(1)
            let batch = kiosk.whole
            // A request whose body never ends holds the one place.
            try await Wire.connect(to: address) { slow in
                try await slow.send("POST", "/v1/entries", address, headers: ["Expect: 100-continue", "Transfer-Encoding: chunked"])
                var refused = try await post(batch, to: address)
                // The slow one may not have been met yet.
                while refused.status == 200 { refused = try await post(batch, to: address) }
                #expect(refused.status == 503)
                #expect(refused.headers["retry-after"].flatMap(Int.init).map { (1...4).contains($0) } == true, "\(refused.headers)")
                #expect(try refused.decoded(Pressure.self).maximumEntries == 125)
                #expect(refused.text.contains(#""code":"busy""#))
            }
            var reply = try await post(batch, to: address)
            while reply.status == 503 { reply = try await post(batch, to: address) }
            #expect(try reply.decoded(Acknowledgement.self).position == kiosk.head, "its place is free once it is gone")
            #expect(try reply.decoded(Acknowledgement.self).maximumEntries == 125, "the only place there is was taken")
        }
    }
}
