import DeviceProfiles
import ESCPOS
import StrictYAML
import Testing

/// What must hold for every file of `Devices/readers` and `Devices/scanners`.
@Suite struct ReaderModelsTests {
    static let readers = Result { try DeviceProfiles.readers(in: DeviceProfilesTests.devices) }
    static let scanners = Result { try DeviceProfiles.scanners(in: DeviceProfilesTests.devices) }

    @Test func theModelsThatAgenciesBuyAreThere() throws {
        let readers = Set(try Self.readers.get().map(\.id))
        for id in [
            "acs-acr122u", "acs-acr1252u", "acs-acr39u", "hid-omnikey-3x21", "hid-omnikey-5022", "hid-omnikey-5422", "identiv-utrust-3700f",
            "identiv-utrust-2700r", "cherry-smartterminal-xx44", "cherry-tc-1300", "scm-scr3310", "scm-scr331", "alcor-au9540",
            "alcor-au9560", "gemalto-pc-twin", "emulated-contact", "emulated-contactless",
        ] { #expect(readers.contains(id)) }
        let scanners = Set(try Self.scanners.get().map(\.id))
        for id in [
            "honeywell-xenon-1900", "zebra-keyboard", "newland-hr22", "black-id-reader", "sycreader-id-ic", "generic-wedge",
            "generic-scanner", "emulated-wedge", "emulated-scanner",
        ] { #expect(scanners.contains(id)) }
    }

    @Test func aFactSaysWhereItStands() throws {
        let places = ["/", "Info.plist", "usb.ids", "Manual", "Guide", "Interface", "issue", "protocols", "Sources", "pid.codes", ".com"]
        let readers = try Self.readers.get().map { ($0.id, $0.sources) }
        for (id, sources) in try readers + Self.scanners.get().map({ ($0.id, $0.sources) }) {
            #expect(Set(sources).count == sources.count)
            for source in sources { #expect(places.contains { source.contains($0) }, "\(id): where in “\(source)” does it stand?") }
        }
    }

    /// Two chips of one maker, of which nobody can tell from outside which it is, so nothing may depend on it.
    @Test func readersThatShareAnIdentityBehaveAlike() throws {
        let readers = try Self.readers.get()
        for (usb, alike) in Dictionary(grouping: readers.flatMap { model in model.usb.map { ($0, model) } }, by: \.0) {
            #expect(Set(alike.map(\.1.quirks)).count == 1, "\(usb)")
            #expect(Set(alike.map(\.1.interfaces)).count == 1, "\(usb)")
        }
    }

    @Test func aScannersIdentityNamesOneFileAndOneMode() throws {
        let scanners = try Self.scanners.get()
        let identities = scanners.flatMap(\.usb)
        #expect(Set(identities).count == identities.count)
        #expect(Set(identities).isDisjoint(with: try Self.readers.get().flatMap(\.usb)))
        let newland = try #require(scanners.first { $0.id == "newland-hr22" })
        #expect(newland.kind(as: USBIdentity(vendor: 0x1EAB, product: 0x1A03)) == .wedge)
        #expect(newland.kind(as: USBIdentity(vendor: 0x1EAB, product: 0x1A10)) == .posScanner)
        #expect(newland.kind(as: USBIdentity(vendor: 0x1EAB, product: 0x1A06)) == nil, "the serial mode is not ours")
    }

    @Test func everyQuirkIsTakenUpByAFileOrLeftToTechnicians() throws {
        let used = Set(try Self.readers.get().flatMap(\.quirks))
        #expect(Set(ReaderModel.Quirk.allCases).subtracting(used) == [.noInterrupts])
    }

    @Test func theQuestionForTheFirmwareIsRead() throws {
        let model = try DeviceProfiles.reader(named: "acs-acr1252u", in: DeviceProfilesTests.devices)
        #expect(model.firmware == .init(escape: [0xE0, 0, 0, 0x18, 0], skip: 5))
        #expect(model.interfaces == [[.contactless], [.sam]])
    }

    @Test func aMisspeltNameGetsTheModelThatWasMeant() throws {
        let devices = DeviceProfilesTests.devices
        let reader = try #require(throws: YAMLError.self) { _ = try DeviceProfiles.reader(named: "acr122", in: devices) }
        #expect(reader.description.hasPrefix("\(devices)/readers: no reader model is called “acr122”; nearest are acs-acr122u,"))
        let scanner = try #require(throws: YAMLError.self) { _ = try DeviceProfiles.scanner(named: "newland", in: devices) }
        #expect(scanner.description.hasPrefix("\(devices)/scanners: no scanner model is called “newland”; nearest are newland-"))
    }
}
