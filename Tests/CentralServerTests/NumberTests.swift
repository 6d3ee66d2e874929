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
            ordinals.append(try await store.lease(wish(id, kiosk: kiosk), in: .jakarta, at: noon).ordinal)
        }
        #expect(ordinals == [1, 2, 3])
        #expect(try await store.lease(wish(4, prefix: "SI"), in: .jakarta, at: noon).ordinal == 1, "each series counts for itself")
        try await store.close()
        let again = try await bench.open()
        #expect(try await again.lease(wish(5), in: .jakarta, at: noon).ordinal == 4)
        try await again.close()
    }

    @Test func theSameRequestGetsTheSameNumberAndAnotherUseOfItsIdNone() async throws {
        let bench = Bench()
        let store = try await bench.open()
        let first = try await store.lease(wish(1), in: .jakarta, at: noon)
        #expect(try await store.lease(wish(1), in: .jakarta, at: noon) == first)
        #expect(try await store.lease(wish(2), in: .jakarta, at: noon).ordinal == 2)
        await #expect(throws: StoreError(.refused, "")) { try await store.lease(wish(1, prefix: "SI"), in: .jakarta, at: noon) }
        try await store.close()
    }

    @Test func aKioskInAnotherDayGetsNoNumber() async throws {
        let bench = Bench()
        let store = try await bench.open()
        let tomorrow = ServiceDay(number: today.number + 1)
        await #expect(throws: StoreError(.refused, "")) { try await store.lease(wish(1, day: tomorrow), in: .jakarta, at: noon) }
        #expect(try await store.lease(wish(1), in: .jakarta, at: noon).ordinal == 1)
        try await store.close()
    }

    /// Restored from a backup, a centre does not know its last leases; the kiosks' entries tell of them.
    @Test func aNumberThatWasIssuedIsNotLeasedAgain() async throws {
        let bench = Bench()
        let store = try await bench.open()
        var kiosk = SampleKiosk()
        for ticket in 1...3 { kiosk.issue(ticket) }
        try await store.take(kiosk.whole)
        #expect(try await store.lease(wish(1, prefix: "KKA"), in: .jakarta, at: noon).ordinal == 4)
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

/// What a store and a kiosk that were restored from old copies know of numbers.
@Suite struct NumbersAfterARestoreTests {
    private static func wish(_ id: UInt8, day: ServiceDay) -> NumberRequest {
        NumberRequest(
            site: SiteID("pekanbaru")!, kiosk: KioskID("k1")!, epoch: Epoch(octets: [UInt8](repeating: 1, count: 16))!,
            id: LeaseID(octets: [UInt8](repeating: id, count: 16))!, prefix: "KK", day: day)
    }

    @Test func aRestoredStoreLeasesNothingBeforeTheNextDay() async throws {
        let (bench, target, restored) = (Bench(), Bench(), Bench())
        let store = try await bench.open()
        let backup = try Backup.make(of: bench.folder, in: target.folder, at: noon)
        #expect(try await store.lease(Self.wish(1, day: today), in: .jakarta, at: noon).ordinal == 1)
        try await store.close()

        try FileManager.default.createDirectory(atPath: restored.folder, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: backup.path, toPath: restored.database)
        let again = try await CentralStore.open(directory: restored.folder, now: noon)
        let refusal = await #expect(throws: StoreError.self) {
            try await again.lease(Self.wish(2, day: today), in: .jakarta, at: noon)
        }
        #expect(refusal?.code == .refused)
        #expect(refusal?.detail.contains("was restored or put back on 2026-11-22") == true, "\(refusal?.detail ?? "")")
        #expect(try await again.restored(in: .jakarta, at: noon) == today)
        try await again.close()
        let tomorrow = WallTime(milliseconds: noon.milliseconds + 86_400_000)
        let third = try await CentralStore.open(directory: restored.folder, now: tomorrow)
        let next = ServiceDay(number: today.number + 1)
        #expect(try await third.lease(Self.wish(3, day: next), in: .jakarta, at: tomorrow).ordinal == 1)
        #expect(try await third.restored(in: .jakarta, at: tomorrow) == nil)
        #expect(try bench.count("restores") == 0 && restored.count("restores") == 1, "noticed once, and only where it happened")
    }

    @Test func aKioskThatHasLessThanTheCentreIsToldItsLastNumbers() async throws {
        let store = try await Bench().open()
        var kiosk = SampleKiosk()
        kiosk.issue(1, day: ServiceDay(number: today.number - 5))
        for ticket in 2...4 { kiosk.issue(ticket) }
        #expect(try await store.take(kiosk.batch(1...2)).numbers == nil, "a kiosk that begins has none yet")
        #expect(try await store.take(kiosk.whole).numbers == nil, "in everyday life nothing is said")
        var restored = kiosk
        restored.restore(to: 2)
        let told = [SeriesEnd(series: "KKA", day: today, last: 4)]
        #expect(try await store.take(restored.call).numbers == told, "it has less")
        restored.deliver(2)
        #expect(try await store.take(restored.whole).numbers == told, "it is forked")
        #expect(try await store.take(SampleKiosk(epoch: 2).call).numbers == told, "its journal begins anew; not those of long ago")
        #expect(try await store.take(SampleKiosk("k2").call).numbers == nil, "another kiosk has its own")
    }
}
