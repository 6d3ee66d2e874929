import Foundation
import KioskCore
import SyncProtocol
import Synchronization
import Testing

@testable import CentralServer
@testable import KioskRuntime

/// A whole kiosk whose centre somebody put back to a copy of its folder.
@Suite struct PutBackCentreTests {
    @Test(.timeLimit(.minutes(15))) func theKioskFillsItUpTheManagerIsToldAndNoNumberComesTwice() async throws {
        let folder = "/tmp/anjungan-put-back-\(UUID().uuidString.prefix(8))"
        let (disk, centre, copy) = ("\(folder)/disk", "\(folder)/centre", "\(folder)/copy")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        @Sendable func report(_ store: CentralStore) async throws -> DayReport {
            try await store.report(ServiceDay(WallTime.present, in: .jakarta), made: WallTime.present)
        }
        let numbers = Mutex<[String?]>([])
        @Sendable func visit(_ store: CentralStore, _ port: Int) async throws {
            try await KioskBench.run(["print_route: direct", "centre_url: http://127.0.0.1:\(port)/", "centre_retry: 1"], in: disk) {
                kiosk in
                let ending = try await kiosk.visit()
                #expect(ending.outcome == .printed)
                numbers.withLock { $0.append(ending.number) }
                _ = try await kiosk.until { $0.centre.condition == nil && $0.journal.lanes.allSatisfy { $0.waiting == 0 } }
            }
        }
        try await KioskBench.withCentre(in: centre) { store, port in try await visit(store, port) }
        try FileManager.default.copyItem(atPath: centre, toPath: copy)
        try await KioskBench.withCentre(in: centre) { store, port in
            try await visit(store, port)
            #expect(try await report(store).incidents == [])
        }
        try await KioskBench.withCentre(in: copy) { store, port in
            try await visit(store, port)
            let after = try await report(store)
            #expect(after.counts == TicketCounts(issued: 3, printed: 3))
            #expect(after.incidents.contains { $0.code == .lost && $0.lane == "transactions" }, "\(after.incidents)")
            #expect(after.incidents.allSatisfy { $0.code == .lost && $0.resolved != nil }, "\(after.incidents)")
            #expect(try await store.restored(in: .jakarta, at: .present) != nil, "no number is leased today")
            #expect(Set(numbers.withLock(\.self)).count == 3, "\(numbers.withLock(\.self))")
        }
    }
}
