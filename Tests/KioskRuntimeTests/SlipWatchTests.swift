import DeviceEmulators
import DeviceLayer
import DeviceProfiles
import Foundation
import Journal
import KioskCore
import Logging
import ScanCodes
import ServiceLifecycle
import Testing

@testable import KioskRuntime

/// Whoever holds a test slip before the kiosk's scanner has read it back.
@Suite struct SlipWatchTests {
    @Test(.timeLimit(.minutes(2))) func aScannedTestSlipProvesItsRoll() async throws {
        let folder = NSTemporaryDirectory() + "anjungan-slip-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let site = try #require(SiteID("pekanbaru"))
        let kiosk = try #require(KioskID("mpp-1"))
        let journal = try await Journal.open(directory: folder, site: site, kiosk: kiosk, zone: .jakarta, recipient: nil)
        try await journal.keepRoll(of: "ticket", RollMeter.Assumptions(metres: 80, nearEndMetres: 2))
        _ = try await journal.recordRoll(of: "ticket", .init(isOut: true))
        _ = try await journal.recordRoll(of: "ticket", .init(isOut: true, coverIsOpen: true))
        _ = try await journal.recordRoll(of: "ticket", .init())
        #expect(try await journal.roll(of: "ticket")?.isUnproven == true)

        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
        let model = try DeviceProfiles.printer(named: "emulated-80", in: "\(root)/Devices")
        let logger = Logger(label: "slip") { _ in SwiftLogNoOpLogHandler() }
        let rolls = RollDesk(journal: journal, model: model, address: "nowhere")
        let slip = try await rolls.slip(of: "ticket").code
        let scanners = try Scanners(models: [], logger: logger)
        var events = scanners.events().makeAsyncIterator()
        let watch = SlipWatch(scanners: scanners, rolls: rolls, printer: "ticket", logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await scanners.run() }
            group.addTask { try await watch.run() }
            let scanner = scanners.plug("emulated", ScannerModel(id: "inner", name: "Inner", content: .code([])))
            _ = await events.next(isolation: nil)
            let wedge = EmulatedWedge(ScannerProfile())
            // What is none of its slips changes nothing.
            for (turn, text) in ["UJI:000000", "0123456789", "UJI:\(slip)".lowercased()].enumerated() {
                #expect(try await journal.roll(of: "ticket")?.isUnproven == true)
                scanner.say(wedge.records(text.utf8, from: .seconds(turn * 10)))
                _ = await events.next(isolation: nil)
            }
            while try await journal.roll(of: "ticket")?.isUnproven != false {
                // The watch hears of the code when this does.
                try await ContinuousClock().sleep(for: .milliseconds(10))
            }
            group.cancelAll()
        }
        try await journal.close()
    }
}
