import DeviceLines
import DeviceProfiles
import Foundation
import SmartCard
import Testing

@testable import DeviceLayer

@Suite struct ReaderQuirksTests {
    @Test func theFilesSayWhichReadersAreOtherwise() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let models = try DeviceProfiles.readers(in: root.appending(path: "Devices").path)
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
