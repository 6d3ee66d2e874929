import Conditions
import DeviceEmulators
import Journal
import KioskCore
import SyncProtocol
import Testing

@testable import KioskRuntime

/// A whole kiosk counts its paper, sees a change and has it proven.
@Suite struct RollTests {
    /// The kiosk's word on its paper once it is so.
    private static func roll(_ kiosk: KioskBench, _ holds: (KioskStatus.Roll) -> Bool) async throws -> KioskStatus.Roll {
        while true {
            if let roll = try await kiosk.technician.status().printer.roll, holds(roll) { return roll }
            // The sensors are heard some milliseconds later.
            try await ContinuousClock().sleep(for: .milliseconds(20))
        }
    }

    @Test(.timeLimit(.minutes(15))) func aRollIsCountedChangedAndProvenByReadingItsSlip() async throws {
        try await KioskBench.run(["print_route: direct", "roll_length: 50"]) { kiosk in
            #expect(try await kiosk.visit().outcome == .printed)
            let first = try await Self.roll(kiosk) { $0.usedMillimetres > 0 }
            let sheet = try #require(kiosk.printer.sheets.last)
            #expect(abs(Double(first.usedMillimetres) - sheet.millimetres) < 1.1, "as long as what lies in the tray")
            #expect(first.certainty == .atMost)
            #expect(first.leftMillimetres == 50_000 - first.usedMillimetres || first.leftMillimetres == 49_999 - first.usedMillimetres)
            #expect(!first.isUnproven)

            kiosk.printer.set(.nearEnd, true)
            #expect(try await Self.roll(kiosk) { $0.isLow }.leftMillimetres == 2000)
            kiosk.printer.set(.nearEnd, false)
            kiosk.printer.set(.paperOut, true)
            _ = try await Self.roll(kiosk) { $0.leftMillimetres == 0 }
            kiosk.printer.set(.coverOpen, true)
            while try await !kiosk.technician.status().printer.conditions.contains(.coverOpen) {
                try await ContinuousClock().sleep(for: .milliseconds(20))
            }
            kiosk.printer.set(.paperOut, false)
            kiosk.printer.set(.coverOpen, false)
            let changed = try await Self.roll(kiosk) { $0.changedAt != nil }
            #expect(changed.isUnproven)
            #expect(changed.certainty == .about)
            #expect(changed.leftMillimetres == 50_000)

            #expect(try await kiosk.technician.prove("ticket", code: "K3M9QX").verdict == .noSlip, "none of this roll")
            let order = try await kiosk.technician.slip(of: "ticket")
            #expect(order.markup.contains(order.code))
            #expect(try await kiosk.technician.prove("ticket", code: "NOTIT0").verdict == .otherCode)
            #expect(try await kiosk.technician.prove("ticket", code: "uji:\(order.code)").verdict == .proven)
            #expect(try await kiosk.technician.status().printer.roll?.isUnproven == false)
            #expect(try await kiosk.technician.renewRoll(of: "ticket")?.isUnproven == true)
            await #expect(throws: TechnicianClient.Away.self) { try await kiosk.technician.slip(of: "nobody") }
        }
    }
}
