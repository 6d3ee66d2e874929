import DeviceProfiles
import ESCPOS
import Foundation
import GoldenCases
import StrictYAML
import Testing

@Suite struct DeviceProfilesTests {
    static let devices =
        URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path + "/Devices"

    @Test(arguments: GoldenCase.all("printers"))
    func aWrongPrinterFileIsRefusedWithPlaceReasonAndRemedy(_ golden: GoldenCase) throws {
        let error = try #require(throws: YAMLError.self) {
            _ = try DeviceProfiles.printer(YAMLDocument(file: golden.path("input.yaml")), named: "contoh-80")
        }
        #expect(golden.difference(error.description) == nil)
    }

    @Test func everyFileOfDevicesIsReadable() throws {
        let names = DeviceProfiles.printerNames(in: Self.devices)
        #expect(names == ["emulated-58", "emulated-80", "generic-58", "generic-80", "write-only-58", "write-only-80"])
        for name in names {
            #expect(try DeviceProfiles.printer(named: name, in: Self.devices).id == name)
        }
        let files = try FileManager.default.subpathsOfDirectory(atPath: Self.devices)
        let known = ["README.md", "printers"] + names.map { "printers/\($0).yaml" }
        #expect(Set(files) == Set(known), "every file in Devices/ belongs to a reader")
    }

    @Test func theEmulatedPrintersCanDoEverything() throws {
        let wide = try DeviceProfiles.printer(named: "emulated-80", in: Self.devices)
        #expect(wide.paperWidth == .mm80)
        #expect(wide.dots == 576)
        #expect(wide.columns == 48)
        #expect(wide.proof == .processID)
        #expect(wide.automaticStatus)
        #expect(wide.qr == .native)
        #expect(wide.codePages[.cp850] == 2)
        #expect(Set(wide.codePages.keys) == Set(CodePage.allCases))
        let narrow = try DeviceProfiles.printer(named: "emulated-58", in: Self.devices)
        #expect(narrow.paperWidth == .mm58)
        #expect(narrow.dots == 384)
        #expect(narrow.columns == 32)
    }

    @Test func anUnknownPrinterClaimsNothingThatSomePrintersLack() throws {
        for name in ["generic-58", "generic-80", "write-only-58", "write-only-80"] {
            let model = try DeviceProfiles.printer(named: name, in: Self.devices)
            #expect(model.codePages == [.cp437: 0])
            #expect(model.qr == .raster)
            #expect(!model.automaticStatus)
            #expect(model.proof == (name.hasPrefix("generic") ? .realTimeStatus : .none))
        }
    }

    @Test func anUnknownNameListsTheKnownOnes() throws {
        let names = "emulated-58, emulated-80, generic-58, generic-80, write-only-58, write-only-80"
        for name in ["epson", "../printers/generic-58", ""] {
            let error = try #require(throws: YAMLError.self) { _ = try DeviceProfiles.printer(named: name, in: Self.devices) }
            #expect(
                error.description
                    == "\(Self.devices)/printers: no printer model is called “\(name)”; use one of \(names), or add a file")
        }
        let error = try #require(throws: YAMLError.self) { _ = try DeviceProfiles.printer(named: "x", in: "/nonexistent") }
        #expect(
            error.description
                == "/nonexistent/printers: no printer model is called “x”; name the folder that holds printers/*.yaml")
    }
}
