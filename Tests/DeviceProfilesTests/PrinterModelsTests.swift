import DeviceProfiles
public import ESCPOS
public import Testing

/// What must hold for every file of `Devices/printers`.
@Suite struct PrinterModelsTests {
    /// The files that are no product: what to begin with, and the printers of `anjungan emulate`.
    static let stands: Set<String> = ["emulated-58", "emulated-80", "generic-58", "generic-80", "write-only-58", "write-only-80"]

    static let all = Result { try DeviceProfiles.printers(in: DeviceProfilesTests.devices) }
    static var models: [PrinterModel] { (try? all.get()) ?? [] }
    static var products: [PrinterModel] { models.filter { !stands.contains($0.id) } }

    @Test func everyFileIsReadAndTheyAreMany() throws {
        #expect(try Self.all.get().map(\.id) == DeviceProfiles.printerNames(in: DeviceProfilesTests.devices))
        #expect(Self.stands.isSubset(of: Self.models.map(\.id)))
        #expect(Self.products.count >= 30)
        #expect(Set(Self.models.map(\.name)).count == Self.models.count, "two files describe one printer")
    }

    @Test(arguments: products) func aProductNamesTheWorkThatItsFactsComeFrom(_ model: PrinterModel) {
        // A place that can be looked up: a file of a repository, a page or chapter of a manual, or a list of devices.
        let places = ["/", "page ", "Manual", "Guide", "Reference", "Specification", "Command", "issue", "usb.ids", "public"]
        for source in model.sources {
            #expect(places.contains { source.contains($0) }, "\(model.id): where in “\(source)” does it stand?")
        }
        #expect(Set(model.sources).count == model.sources.count)
    }

    @Test(arguments: models) func dotsColumnsAndFontsAgree(_ model: PrinterModel) {
        #expect(model.columns * model.fontA.width <= model.dots)
        #expect((model.dots - model.columns * model.fontA.width) <= 9 * model.fontA.width, "a tenth of the line would stay empty")
        #expect(model.dots % 8 == 0, "a row of a picture is whole octets")
        #expect(model.dots <= model.paperWidth.rawValue * model.dotsPerMillimetre)
        let range = model.paperWidth == .mm80 ? 500...640 : 360...448
        #expect(range.contains(model.dots))
        #expect(model.stripRows >= 8)
    }

    @Test(arguments: models) func onePageNumberMeansOneEncodingAndZeroIsTheFirst(_ model: PrinterModel) {
        #expect(Set(model.codePages.values).count == model.codePages.count)
        #expect(model.codePages[.cp437] == 0, "page 0 is CP437 on nearly every printer, so an exception needs a second look")
    }

    /// Only Epson's own have shown `GS ( H`: a clone that swallows it would leave every ticket unknown.
    @Test(arguments: products) func onlyEpsonsProveThatPaperCameOut(_ model: PrinterModel) {
        if model.proof == .processID { #expect(model.id.hasPrefix("epson-")) }
        if ["epson-tm-t88ii", "epson-tm-t88iii"].contains(model.id) { #expect(model.proof == .queuedStatus) }
        if model.clearing == .buffer { #expect(model.proof == .processID, "DLE DC4 8 came with GS ( H") }
    }

    @Test func theIndonesianMarketAndKioskMechanismsAreThere() {
        let ids = Set(Self.products.map(\.id))
        for id in [
            "epson-tm-t82x", "epson-tm-t20iii", "epson-tm-t88vi", "epson-tm-m30iii", "custom-vkp80iii", "custom-vkp80ii",
            "custom-tg2480h", "cashino-kp-628e", "iware-c-58bt", "panda-prj-80use", "eppos-ep220ii", "xprinter-xp-80c", "pos-5890",
        ] { #expect(ids.contains(id)) }
    }
}

/// The tests' output names a model; its file tells the rest.
extension PrinterModel: CustomTestStringConvertible {
    public var testDescription: String { id }
}
