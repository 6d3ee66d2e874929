import CentralServer
import Foundation
import Journal
import KioskCore
import ServiceLifecycle
import SyncProtocol
import SyncTransport
import Synchronization
import Testing

@testable import KioskRuntime

/// When the test began.
private let present = WallTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))

/// What a journal keeps of earlier epochs comes to the centre by itself.
@Suite struct EarlierChainsTests {
    @Test(.timeLimit(.minutes(15))) func aKioskThatBeganAnEpochWithoutACentreBringsBothInFull() async throws {
        let folder = "/tmp/anjungan-epochs-\(UUID().uuidString.prefix(8))"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await KioskBench.run(["print_route: direct"], in: folder) { kiosk in
            #expect(try await kiosk.visit().outcome == .printed)
            _ = try await kiosk.technician.beginNewEpoch(reason: "cloned")
            #expect(try await kiosk.visit().outcome == .printed)
        }
        try await KioskBench.withCentre { store, port in
            try await KioskBench.run(["print_route: direct", "centre_url: http://127.0.0.1:\(port)/"], in: folder) { kiosk in
                while true {
                    let figures = try await kiosk.technician.journal()
                    if figures.chains.count == 4, figures.chains.allSatisfy({ $0.waiting == 0 }) { break }
                    try await ContinuousClock().sleep(for: .milliseconds(20))
                }
                let report = try await store.report(ServiceDay(present, in: .jakarta), made: present)
                #expect(report.counts == TicketCounts(issued: 2, printed: 2))
                #expect(report.incidents == [])
                #expect(report.chains.allSatisfy { $0.waiting == 0 })
                let follows = try #require(report.chains.compactMap(\.follows).first)
                let former = try #require(report.chains.first { $0.epoch == follows.epoch && $0.lane == "transactions" })
                #expect(follows == .init(epoch: former.epoch, upto: former.upto, isHere: true, reason: "cloned"))
                #expect(former.upto > 0 && report.alarms == [])
            }
        }
    }

    /// The first epoch is another history at the centre, the second is whole: it is asked about until a backup has it, which here never comes.
    @Test(.timeLimit(.minutes(15))) func aBranchThatTheCentreKeepsApartIsToldOnceAndHoldsUpNothing() async throws {
        let folder = "/tmp/anjungan-branch-\(UUID().uuidString.prefix(8))"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await KioskBench.withCentre { store, port in
            let centre = CentreClient(url: "http://127.0.0.1:\(port)/")
            let result = await Result { try await Self.tellABranch(in: folder, to: centre, store) }
            try await centre.close()
            try result.get()
        }
    }

    private static func tellABranch(in folder: String, to centre: CentreClient, _ store: CentralStore) async throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let original = try await Self.journal("\(folder)/original")
        try await issue(3, by: original)
        try await original.close()
        try FileManager.default.copyItem(atPath: "\(folder)/original", toPath: "\(folder)/copy")
        let again = try await Self.journal("\(folder)/original")
        try await issue(1, by: again)
        _ = try await centre.send(try await again.batch(after: .start, lane: .transactions))
        try await again.close()

        let journal = try await Self.journal("\(folder)/copy")
        let forked = journal.epoch
        try await issue(2, by: journal)
        let whole = try await journal.beginNewEpoch(reason: "restored")
        try await issue(1, by: journal)
        try await journal.beginNewEpoch(reason: "once more")

        let (answers, inbox) = AsyncStream.makeStream(of: Epoch.self)
        let chains = EarlierChains(
            journal: journal, centre: centre, timing: SyncTiming(base: .milliseconds(1), cap: .milliseconds(50), spread: .zero),
            logger: KioskBench.logger
        ) { inbox.yield($0.epoch) }
        let services = ServiceGroup(services: [chains], logger: KioskBench.logger)
        var counts: [Epoch: Int] = [:]
        var atFirst: Int?
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            for await epoch in answers {
                counts[epoch, default: 0] += 1
                if epoch == whole, atFirst == nil { atFirst = counts[forked] }
                if counts[whole] == 6 { break }
            }
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
        }
        #expect(atFirst != nil && counts[forked] == atFirst, "rounds go on, and it is told no more")
        let report = try await store.report(ServiceDay(present, in: .jakarta), made: present)
        #expect(report.incidents.map(\.code) == [.fork])
        #expect(report.incidents.first?.entries == 2, "what the copy has of its own")
        #expect(report.chains.map(\.upto).sorted() == [2, 4])
        try await journal.close()
    }

    private static func journal(_ folder: String) async throws -> Journal {
        try await Journal.open(
            directory: folder, site: SiteID("pekanbaru")!, kiosk: KioskID("mpp-1")!, zone: .jakarta, recipient: nil)
    }

    private static func issue(_ count: Int, by journal: Journal) async throws {
        for _ in 0..<count {
            _ = try await journal.issue(
                TicketRequest(service: KioskBench.service, series: "PRA", day: ServiceDay(present, in: .jakarta)))
        }
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
