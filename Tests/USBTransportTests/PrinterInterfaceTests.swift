import Testing

@testable import USBTransport

@Suite struct PrinterInterfaceTests {
    private static func setting(
        _ interface: UInt8, _ alternate: UInt8 = 0, class: UInt8 = 7, subclass: UInt8 = 1, protocol: UInt8, in input: UInt8? = 0x82,
        out output: UInt8? = 0x01
    ) -> AlternateSetting {
        AlternateSetting(
            interface: interface, alternate: alternate, interfaceClass: `class`, subclass: subclass, interfaceProtocol: `protocol`,
            endpoints: [output, input].compactMap { $0 }.map { .init(address: $0, isBulk: true, packetSize: 64) })
    }

    @Test func bothWaysAreBetterThanOne() throws {
        let chosen = try #require(
            PrinterInterface(among: [
                Self.setting(0, 0, protocol: 1, in: nil), Self.setting(0, 1, protocol: 2), Self.setting(0, 2, protocol: 3),
            ]))
        #expect(chosen.number == 0 && chosen.alternate == 1 && chosen.hasAlternates)
        #expect(chosen.input?.address == 0x82 && chosen.output.address == 0x01)
    }

    @Test func aPrinterOneWayIsStillAPrinter() throws {
        let chosen = try #require(PrinterInterface(among: [Self.setting(1, protocol: 1, in: nil)]))
        #expect(chosen.number == 1 && !chosen.hasAlternates && chosen.input == nil)
    }

    @Test func theInterfaceIsFoundByItsClassAmongOthers() throws {
        let settings = [Self.setting(0, class: 3, protocol: 0), Self.setting(1, class: 0xFF, protocol: 2), Self.setting(2, protocol: 2)]
        #expect(PrinterInterface(among: settings)?.number == 2)
    }

    @Test func whatSpeaksAnotherLanguageThanBytesIsNoPrinterForUs() {
        // Vendor's own class, IEEE 1284.4, IPP over USB, and an interface without a way out.
        let settings = [
            Self.setting(0, class: 0xFF, protocol: 2), Self.setting(1, protocol: 3), Self.setting(2, protocol: 4),
            Self.setting(3, protocol: 2, out: nil),
        ]
        #expect(PrinterInterface(among: settings) == nil)
    }

    @Test func interruptEndpointsAreNotTaken() {
        var setting = Self.setting(0, protocol: 2)
        setting.endpoints.insert(.init(address: 0x83, isBulk: false, packetSize: 8), at: 0)
        #expect(PrinterInterface(among: [setting])?.input?.address == 0x82)
    }
}
