import DeviceProfiles
import ESCPOS
import Foundation
import GoldenCases
import ReceiptMarkup
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

    @Test(arguments: GoldenCase.all("readers"))
    func aWrongReaderFileIsRefusedWithPlaceReasonAndRemedy(_ golden: GoldenCase) throws {
        let error = try #require(throws: YAMLError.self) {
            _ = try DeviceProfiles.reader(YAMLDocument(file: golden.path("input.yaml")), named: "contoh")
        }
        #expect(golden.difference(error.description) == nil)
    }

    @Test(arguments: GoldenCase.all("scanners"))
    func aWrongScannerFileIsRefusedWithPlaceReasonAndRemedy(_ golden: GoldenCase) throws {
        let error = try #require(throws: YAMLError.self) {
            _ = try DeviceProfiles.scanner(YAMLDocument(file: golden.path("input.yaml")), named: "contoh")
        }
        #expect(golden.difference(error.description) == nil)
    }

    @Test func everyFileOfDevicesIsReadableAndHasAReader() throws {
        let files = try FileManager.default.subpathsOfDirectory(atPath: Self.devices)
        var known = ["README.md", "printers", "readers", "scanners"]
        known += try DeviceProfiles.printers(in: Self.devices).map { "printers/\($0.id).yaml" }
        known += try DeviceProfiles.readers(in: Self.devices).map { "readers/\($0.id).yaml" }
        known += try DeviceProfiles.scanners(in: Self.devices).map { "scanners/\($0.id).yaml" }
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
        #expect(wide.barcodes == Set(Barcode.System.allCases))
        #expect(wide.clearing == .buffer)
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
            #expect(model.barcodes.isEmpty)
            #expect(model.proof == (name.hasPrefix("generic") ? .realTimeStatus : .none))
        }
    }

    @Test(arguments: [
        ("epson-tmt82x", "epson-tm-t82x"), ("TM-T88V", "epson-tm-t88v"), ("generic80", "generic-80"), ("rp326", "rongta-rp326"),
        ("xprinter n160ii", "xprinter-xp-n160ii"),
    ]) func aMisspeltNameGetsThePrinterThatWasMeant(_ name: String, _ meant: String) throws {
        let error = try #require(throws: YAMLError.self) { _ = try DeviceProfiles.printer(named: name, in: Self.devices) }
        let nearest = error.description.firstMatch(of: /nearest are ([^;]*);/)?.1.components(separatedBy: ", ") ?? []
        #expect(nearest.first == meant && nearest.count == 3, "\(error)")
        #expect(error.description.count < 300)
    }

    @Test func anUnknownNameGetsTheNearestOnes() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "profiles-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder.appending(path: "printers"), withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for name in ["lain-80.yaml", "contoh-58.yaml", ".tersembunyi.yaml", "catatan.txt"] {
            try Data().write(to: folder.appending(path: "printers/\(name)"))
        }
        for name in ["epson", "../printers/contoh-58", "", ".tersembunyi"] {
            let error = try #require(throws: YAMLError.self) { _ = try DeviceProfiles.printer(named: name, in: folder.path) }
            #expect(
                error.description.hasPrefix("\(folder.path)/printers: no printer model is called “\(name)”; nearest are ")
                    && error.description.contains("contoh-58") && error.description.contains("lain-80")
                    && error.description.hasSuffix(
                        "; ls \(folder.path)/printers shows all 2, and a new model is a new file there")
            )
        }
        let error = try #require(throws: YAMLError.self) { _ = try DeviceProfiles.printer(named: "x", in: "/nonexistent") }
        #expect(
            error.description
                == "/nonexistent/printers: no printer model is called “x”; name the folder that holds printers/*.yaml")
    }
}
