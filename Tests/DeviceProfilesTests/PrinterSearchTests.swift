import DeviceProfiles
import ESCPOS
import Testing

@Suite struct PrinterSearchTests {
    private static let models = ["satu", "dua", "tiga"].map { id in
        PrinterModel(
            id: id, name: id, paperWidth: .mm80, dots: 576, columns: 48, qr: .raster, proof: .realTimeStatus, automaticStatus: false,
            bufferBytes: 4096, cutter: .partial, feedBeforeCut: 4, image: .raster,
            usb: id == "dua" ? [] : [.init(vendor: 0x04B8, product: 0x0202)], names: id == "dua" ? ["TM-Dua", "TM-Doea"] : [])
    }

    @Test func anIdentityThatMakersShareFindsAllOfThem() throws {
        let shared = try #require(PrinterModel.USBIdentity("04b8:0202"))
        #expect(Self.models.matching(usb: shared).map(\.id) == ["satu", "tiga"])
        #expect(Self.models.matching(usb: .init(vendor: 0x04B8, product: 0x0203)).isEmpty)
    }

    @Test(arguments: ["TM-Dua", "tm-dua", " TM-DOEA\0", "TM-Doea"]) func aNameIsFoundHoweverItIsWritten(_ answer: String) {
        #expect(Self.models.named(answer).map(\.id) == ["dua"])
    }

    @Test(arguments: ["", " ", "TM", "TM-Dua II", "\0"]) func whatIsNotTheWholeNameFindsNothing(_ answer: String) {
        #expect(Self.models.named(answer).isEmpty)
    }

    @Test func anIdentityIsReadAsLsusbWritesIt() throws {
        let identity = try #require(PrinterModel.USBIdentity("04B8:0e03"))
        #expect(identity == .init(vendor: 0x04B8, product: 0x0E03))
        #expect(identity.description == "04b8:0e03")
        #expect(PrinterModel.USBIdentity(vendor: 1, product: 0xFFFF).description == "0001:ffff")
        for wrong in ["", ":", "04b8", "4b8:0202", "04b8:0202:1", "04b8-0202", "+4b8:0202", "04b8:02０2", "0x04b8:0202", " 04b8:0202"] {
            #expect(PrinterModel.USBIdentity(wrong) == nil, "“\(wrong)”")
        }
    }

    @Test func theDevicesAreFoundByWhatTheyShowAndSay() throws {
        let models = try DeviceProfiles.printers(in: DeviceProfilesTests.devices)
        #expect(models.matching(usb: .init(vendor: 0x04B8, product: 0x0E15)).map(\.id) == ["epson-tm-t20ii"])
        #expect(models.matching(usb: .init(vendor: 0x0DD4, product: 0x0205)).map(\.id) == ["custom-vkp80iii"])
        #expect(models.named("TM-T88V").map(\.id) == ["epson-tm-t88v"])
        #expect(models.named("CT-S310II").map(\.id) == ["citizen-ct-s310ii"])
    }
}
