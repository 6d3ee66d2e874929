import Foundation
import KioskCore
import LoopbackWeb
import SyncProtocol
import Testing

@testable import CentralServer

@Suite struct NumberTests {
    private func wish(_ id: UInt8, kiosk: String = "k1", prefix: String = "KK", day: ServiceDay = today) -> NumberRequest {
        NumberRequest(
            site: SiteID("pekanbaru")!, kiosk: KioskID(kiosk)!, epoch: Epoch(octets: [UInt8](repeating: 1, count: 16))!,
            id: LeaseID(octets: [UInt8](repeating: id, count: 16))!, prefix: prefix, day: day)
    }

    @Test func kiosksDrawFromOneSeriesInTheOrderOfArrivalAlsoAfterARestart() async throws {
        let bench = Bench()
        let store = try await bench.open()
        var ordinals: [Int] = []
        for (id, kiosk) in [(1, "k1"), (2, "k2"), (3, "k2")] as [(UInt8, String)] {
            ordinals.append(try await store.lease(wish(id, kiosk: kiosk), today: today, at: noon).ordinal)
        }
        #expect(ordinals == [1, 2, 3])
        #expect(try await store.lease(wish(4, prefix: "SI"), today: today, at: noon).ordinal == 1, "each series counts for itself")
        try await store.close()
        let again = try await bench.open()
        #expect(try await again.lease(wish(5), today: today, at: noon).ordinal == 4)
        try await again.close()
    }

    @Test func theSameRequestGetsTheSameNumberAndAnotherUseOfItsIdNone() async throws {
        let bench = Bench()
        let store = try await bench.open()
        let first = try await store.lease(wish(1), today: today, at: noon)
        #expect(try await store.lease(wish(1), today: today, at: noon) == first)
        #expect(try await store.lease(wish(2), today: today, at: noon).ordinal == 2)
        await #expect(throws: StoreError(.refused, "")) { try await store.lease(wish(1, prefix: "SI"), today: today, at: noon) }
        try await store.close()
    }

    @Test func aKioskInAnotherDayGetsNoNumber() async throws {
        let bench = Bench()
        let store = try await bench.open()
        let tomorrow = ServiceDay(number: today.number + 1)
        await #expect(throws: StoreError(.refused, "")) { try await store.lease(wish(1, day: tomorrow), today: today, at: noon) }
        #expect(try await store.lease(wish(1), today: today, at: noon).ordinal == 1)
        try await store.close()
    }

    /// Restored from a backup, a centre does not know its last leases; the kiosks' entries tell of them.
    @Test func aNumberThatWasIssuedIsNotLeasedAgain() async throws {
        let bench = Bench()
        let store = try await bench.open()
        var kiosk = SampleKiosk()
        for ticket in 1...3 { kiosk.issue(ticket) }
        try await store.take(kiosk.whole)
        #expect(try await store.lease(wish(1, prefix: "KKA"), today: today, at: noon).ordinal == 4)
        try await store.close()
    }

    @Test func oneNumberOnTwoTicketsIsAnIncidentAndBothCount() async throws {
        let bench = Bench()
        let store = try await bench.open()
        var (first, second) = (SampleKiosk("k1"), SampleKiosk("k2"))
        first.issue(7, as: 1)
        second.issue(7, as: 2)
        try await store.take(first.whole)
        try await store.take(first.whole)
        #expect(try await store.incidents() == [], "what is sent again is no second ticket")
        try await store.take(second.whole)
        let found = try await store.incidents()
        #expect(found.map(\.code) == [.number])
        #expect(found.first?.kiosk == "k2")
        #expect(found.first?.detail.contains("KKA-7") == true)
        #expect(found.first?.detail.contains("of k1") == true)
        #expect(try await store.counts().issued == 2)
        try await store.close()
    }

    @Test func overHTTPANumberIsGivenAndARefusalIsNoFailure() async throws {
        try await WebTests.withCentre { _, address in
            func ask(_ body: Data) async throws -> Reply { try await request("POST", "/v1/numbers", address, body: [UInt8](body)) }
            let given = try await ask(try JSONEncoder().encode(wish(1)))
            #expect(given.status == 200)
            #expect(try given.decoded(NumberLease.self).ordinal == 1)
            let yesterday = ServiceDay(number: today.number - 1)
            let refused = try await ask(try JSONEncoder().encode(wish(2, day: yesterday)))
            #expect(refused.status == 409)
            #expect(refused.text.contains("set its clock"), "\(refused.text)")
            #expect(try await ask(Data("{}".utf8)).status == 400)
        }
    }
}
