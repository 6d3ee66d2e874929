import DeviceLines
import DeviceProfiles
import Foundation
import SmartCard
import Testing

@testable import DeviceLayer

@Suite struct ReaderQuirksTests {
    private func models() throws -> [ReaderModel] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return try DeviceProfiles.readers(in: root.appending(path: "Devices").path)
    }

    /// An ACR1252U has one interface for citizens' cards and one for a security module.
    @Test func aSecurityModuleIsLeftAlone() throws {
        let models = try models()
        func isLeftAlone(_ product: UInt16, _ interface: Int) -> Bool {
            models.holdsModulesOnly(
                ReaderPlace(name: "one", address: "usb 1-1", model: "", vendor: 0x072F, product: product, interface: interface))
        }
        #expect(!isLeftAlone(0x223B, 0) && isLeftAlone(0x223B, 1))
        #expect(!isLeftAlone(0x223B, 2) && !isLeftAlone(0x2200, 0) && !isLeftAlone(0xFFFF, 0))
    }

    @Test func theFilesSayWhichReadersAreOtherwise() throws {
        let models = try models()
        func quirks(_ vendor: UInt16?, _ product: UInt16?) -> ReaderQuirks {
            ReaderQuirks(models, of: ReaderPlace(name: "one", address: "usb 1-1", model: "", vendor: vendor, product: product))
        }
        // ACR122U, SCR331, KC 1000 SC; an ACR39U has none, and an emulated reader is on no bus.
        #expect(quirks(0x072F, 0x2200) == .powersOffAtOpen)
        #expect(quirks(0x04E6, 0xE001) == .understatesMessageLength)
        #expect(quirks(0x046A, 0x00A1) == .chainsLongAPDUs)
        #expect(quirks(0x072F, 0xB100) == [])
        #expect(quirks(nil, nil) == [])
    }
}
