import Conditions
import DeviceLayer
import DeviceProfiles
import ESCPOS
import Foundation
import KioskRuntime
import Testing

@testable import Doctor

/// Card readers, scanners, and who may use them.
@Suite struct DeviceCheckTests {
    static let acr122u = PluggedDevice(
        port: "1-2", usb: USBIdentity(vendor: 0x072F, product: 0x2200), name: "ACS ACR122U", interfaces: [.init(kind: 0x0B00)],
        node: .init("/dev/bus/usb/001/004"))
    static let wedge = PluggedDevice(
        port: "1-3", usb: USBIdentity(vendor: 0x1EAB, product: 0x1A03), interfaces: [.init(kind: 0x0301, driver: "usbhid")],
        node: .init("/dev/bus/usb/001/005", isAllowed: false), inputs: [.init("/dev/input/event7")])

    private static func changed(_ device: PluggedDevice, _ change: (inout PluggedDevice) -> Void) -> PluggedDevice {
        var device = device
        change(&device)
        return device
    }

    private static func diagnosis(_ keys: String = "", _ change: (inout Instruments) -> Void) async throws -> Diagnosis {
        try await Patient.examined(keys) { try await $0.diagnosis(.sound(change)) }
    }

    @Test func aReaderThatMayBeOpenedIsSoundAndSaysItsDriver() async throws {
        let device = Self.changed(Self.acr122u) { $0.interfaces[0].driver = "pn533_usb" }
        let diagnosis = try await Self.diagnosis { $0.plugged = { [device] } }
        #expect(diagnosis.codes(.readers) == [nil])
        #expect(diagnosis.lines(.english).contains { $0.contains("the kernel's driver pn533_usb is detached while it is used") })
    }

    @Test func aReaderOfSomebodyElseHasACauseAndARemedy() async throws {
        let closed = Self.changed(Self.acr122u) { $0.node.isAllowed = false }
        let held = Self.changed(Self.acr122u) { $0.interfaces[0].driver = "usbfs" }
        for (device, pcscd, code, fact) in [
            (closed, false, ConditionCode.readerNotAllowed, "/dev/bus/usb/001/004"), (held, false, .readerBusy, "a program has it"),
            (Self.acr122u, true, .readerBusy, "pcscd runs"),
        ] {
            let diagnosis = try await Self.diagnosis {
                $0.plugged = { [device] }
                $0.pcscdRuns = { pcscd }
            }
            #expect(diagnosis.codes(.readers) == [code])
            #expect(diagnosis.isHealthy, "tickets come out without cards")
            for language in Language.allCases {
                let line = try #require(diagnosis.lines(language).first { $0.contains(code.rawValue) })
                #expect(line.contains("→"))
            }
            #expect(diagnosis.lines(.english).contains { $0.contains(fact) })
        }
    }

    @Test func whoeverHasTheReadersKnowsThemBest() async throws {
        func report(_ conditions: String, _ slots: String) throws -> DeviceReport {
            let text = """
                {"name":"A1","kind":"reader","model":"ACS ACR122U","address":"usb 1-2","usb":"072f:2200","ready":true,
                 "conditions":[\(conditions)],"detail":"","slots":[\(slots)]}
                """
            return try JSONDecoder().decode(DeviceReport.self, from: Data(text.utf8))
        }
        let cases: [(DeviceReport, ConditionCode?)] = [
            (try report("", #"{"state":"empty"}"#), nil),
            (try report("", #"{"state":"failed","detail":"the card does not answer"}"#), .cardUnusable),
            (try report(#""reader-hangs""#, ""), .readerHangs),
        ]
        for (report, code) in cases {
            // What the system says is not asked then: the kiosk itself is the program that has the reader.
            let held = Self.changed(Self.acr122u) { $0.interfaces[0].driver = "usbfs" }
            let diagnosis = try await Self.diagnosis {
                $0.devices = { _ in [report] }
                $0.plugged = { [held] }
            }
            #expect(diagnosis.codes(.readers) == [code])
        }
    }

    @Test func aScannerMustBeOursToTakeAndAnotherKeyboardIsNobodysBusiness() async throws {
        let closed = Self.changed(Self.wedge) { $0.inputs[0].isAllowed = false }
        let bare = Self.changed(Self.wedge) { $0.inputs = [] }
        let keyboard = Self.changed(closed) { $0.usb = USBIdentity(vendor: 0x046D, product: 0xC31C) }
        for (device, code) in [
            (Self.wedge, nil), (closed, ConditionCode.scannerNotAllowed), (bare, .scannerUnsuitable), (keyboard, nil),
        ] {
            let diagnosis = try await Self.diagnosis { $0.plugged = { [device] } }
            #expect(diagnosis.codes(.scanners) == [code])
        }
    }

    @Test func theRulesMustBeInstalledAsDevicesMakesThemWhereTheyAreNeeded() async throws {
        let right = InstalledRules(
            path: "/etc/udev/rules.d/\(UdevRules.fileName)", text: try DeviceProfiles.udevRules(in: "\(Patient.root)/Devices").text)
        let old = InstalledRules(path: right.path, text: "GROUP=\"plugdev\"\n")
        for (installed, devices, code) in [
            (right, [Self.acr122u], nil), (old, [Self.acr122u], ConditionCode.rulesOutdated), (nil, [Self.acr122u], .rulesMissing),
            (nil, [], nil),
        ] {
            let diagnosis = try await Self.diagnosis {
                $0.plugged = { devices }
                $0.rules = { name in name == UdevRules.fileName ? installed : nil }
            }
            #expect(diagnosis.codes(.rules) == [code])
        }
    }

    @Test func whatIsNotWantedIsNotLookedAt() async throws {
        let closed = Self.changed(Self.acr122u) { $0.node.isAllowed = false }
        let diagnosis = try await Self.diagnosis("card_readers: false\nscanners: false") { $0.plugged = { [closed, Self.wedge] } }
        #expect(diagnosis.codes(.readers) == [nil] && diagnosis.codes(.scanners) == [nil])
    }

    // MARK: - The system

    /// A folder like /sys and /dev, which goes with the test.
    @Test func theSystemsWordsAreRead() throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "sysfs-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: root) }
        func write(_ path: String, _ text: String) throws {
            let place = URL(fileURLWithPath: "\(root)/\(path)")
            try FileManager.default.createDirectory(at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: place, atomically: true, encoding: .utf8)
        }
        let device = "sys/bus/usb/devices/1-2"
        for (name, text) in [
            ("idVendor", "1eab\n"), ("idProduct", "1a03\n"), ("busnum", "1\n"), ("devnum", "12\n"), ("product", "HR22\n"),
            ("1-2:1.0/bInterfaceClass", "03\n"), ("1-2:1.0/bInterfaceSubClass", "01\n"),
            ("1-2:1.0/0003:1EAB:1A03.0001/input/input5/event9/dev", ""), ("1-2:1.0/0003:1EAB:1A03.0001/hidraw/hidraw2/dev", ""),
            ("1-2:1.1/bInterfaceClass", "0b\n"), ("1-2:1.1/bInterfaceSubClass", "00\n"),
        ] { try write("\(device)/\(name)", text) }
        try FileManager.default.createSymbolicLink(
            atPath: "\(root)/\(device)/1-2:1.0/driver", withDestinationPath: "../../../../bus/usb/drivers/usbhid")
        try write("sys/bus/usb/devices/usb1/idVendor", "1d6b\n")
        try write("sys/bus/usb/devices/1-3/idVendor", "gone meanwhile\n")
        try write("dev/input/event9", "")
        let found = try PluggedDevice.all(sysfs: "\(root)/sys", nodes: "\(root)/dev")
        #expect(
            found == [
                PluggedDevice(
                    port: "1-2", usb: USBIdentity(vendor: 0x1EAB, product: 0x1A03), name: "HR22",
                    interfaces: [.init(kind: 0x0301, driver: "usbhid"), .init(kind: 0x0B00)],
                    node: .init("\(root)/dev/bus/usb/001/012", isAllowed: false), inputs: [.init("\(root)/dev/input/event9")],
                    hidraws: [.init("\(root)/dev/hidraw2", isAllowed: false)])
            ])
        #expect(found.allSatisfy(\.isReader) && !found.contains(where: \.isPrinter))
        #expect(try PluggedDevice.all(sysfs: "\(root)/nowhere").isEmpty)
        #expect(!PCSCDaemon.isRunning("\(root)/pcscd.pid"))
        try write("pcscd.pid", "\(ProcessInfo.processInfo.processIdentifier)\n")
        #expect(PCSCDaemon.isRunning("\(root)/pcscd.pid"))
        try write("run/udev/rules.d/a.rules", "second")
        try write("etc/udev/rules.d/a.rules", "first")
        #expect(InstalledRules.find("a.rules", in: ["\(root)/etc", "\(root)/run"])?.text == "first")
        #expect(InstalledRules.find("b.rules", in: ["\(root)/etc", "\(root)/run"]) == nil)
    }
}
