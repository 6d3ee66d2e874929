import DeviceProfiles
import ESCPOS
import Foundation
import Testing

/// What the technician installs in `/etc/udev/rules.d` gives the group the devices that `Devices/` knows, and nothing else.
/// What udev makes of it: `UdevadmTests`.
@Suite struct UdevRulesTests {
    static let usb = USBIdentity(vendor: 0x072F, product: 0x2200)
    static let reader = ReaderModel(id: "satu", name: "Satu", usb: [usb, usb], interfaces: [[.contact]])

    private static func rules(readers: [ReaderModel] = [], scanners: [ScannerModel] = []) -> [String] {
        UdevRules(printers: [], readers: readers, scanners: scanners).text.split(separator: "\n").map(String.init)
    }

    @Test func theCommittedRulesAreWhatIsGenerated() throws {
        let folder = URL(fileURLWithPath: DeviceProfilesTests.devices).deletingLastPathComponent().appending(path: "udev")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [UdevRules.fileName])
        let path = folder.appending(path: UdevRules.fileName)
        let wanted = try DeviceProfiles.udevRules(in: DeviceProfilesTests.devices).text
        let standing = try? String(contentsOf: path, encoding: .utf8)
        guard standing != wanted else { return }
        if ProcessInfo.processInfo.environment["ANJUNGAN_RECORD"] == "1" {
            try wanted.write(to: path, atomically: true, encoding: .utf8)
            Issue.record("\(path.path) was recorded; look at it, then run again without ANJUNGAN_RECORD")
        } else {
            Issue.record("\(path.path) differs from Devices; run again with ANJUNGAN_RECORD=1 and look at what changed")
        }
    }

    @Test func aDeviceIsNamedOnceAndEmulatedOnesNever() {
        var emulated = Self.reader
        emulated.id = "emulated-satu"
        emulated.usb = [USBIdentity(vendor: 0x1209, product: 1)]
        var other = Self.reader
        other.id = "dua"
        let named = Self.rules(readers: [Self.reader, other, emulated]).filter { $0.hasPrefix("ATTRS{") }
        #expect(named == [#"ATTRS{idVendor}=="072f", ATTRS{idProduct}=="2200", ENV{ANJUNGAN_PORT}="$id""#])
    }

    @Test func eachModeOfAScannerStandsUnderItsOwnLabel() throws {
        let scanner = ScannerModel(
            id: "satu", name: "Satu", wedge: [USBIdentity(vendor: 1, product: 2)], posScanner: [USBIdentity(vendor: 3, product: 4)],
            content: .code([]))
        let rules = Self.rules(scanners: [scanner])
        let wedge = try #require(rules.firstIndex { $0.contains(#""0001", ATTRS{idProduct}=="0002""#) })
        let posScanner = try #require(rules.firstIndex { $0.contains(#""0003", ATTRS{idProduct}=="0004""#) })
        #expect(rules[..<wedge].last { $0.hasPrefix("LABEL") } == #"LABEL="anjungan_wedge""#)
        #expect(rules[..<posScanner].last { $0.hasPrefix("LABEL") } == #"LABEL="anjungan_pos_scanner""#)
    }

    @Test func nobodyElseIsLetIn() throws {
        let text = try DeviceProfiles.udevRules(in: DeviceProfilesTests.devices).text
        let rules = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(!rules.contains { $0.contains("0666") || $0.contains("+=\"uaccess") })
        #expect(rules.filter { $0.contains("GROUP") || $0.contains("MODE") }.count == 1, "access is given in one place")
        for line in rules where line.contains("GOTO=") {
            let label = try #require(line.firstMatch(of: /GOTO="([a-z_]+)"/)?.1)
            #expect(rules.contains { $0 == "LABEL=\"\(label)\"" })
        }
    }
}
