import ESCPOS
import ReceiptMarkup
import Testing

@Suite struct StoredLogoTests {
    static func printer(_ memory: PrinterModel.LogoMemory, quirks: Set<PrinterModel.Quirk> = []) -> PrinterModel {
        PrinterModel(
            id: "logos", name: "Logos", paperWidth: .mm80, dots: 576, columns: 48, qr: .native, proof: .none, automaticStatus: false,
            bufferBytes: 4096, cutter: .none, feedBeforeCut: 0, image: .raster, logoMemory: memory, quirks: quirks)
    }

    static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47]
    static let key = LogoKey("L1")!
    static let picture = DotImage(width: 20, height: 10) { ($0 + $1) % 3 == 0 }

    static func commands(_ memory: PrinterModel.LogoMemory, width: Int = 48) throws -> [Command] {
        let encoder = ReceiptEncoder(
            model: printer(memory), renderer: PatternRenderer(),
            storedLogos: [StoredLogo(png: [1], key: LogoKey("L0")!), StoredLogo(png: png, key: key)])
        return try encoder.commands(
            for: Layout(columns: 48, elements: [.image(png: png, Layout.Place(start: 0, width: width, align: .center))]))
    }

    @Test func aStoredLogoIsPrintedByItsName() throws {
        #expect(try Self.commands(.graphics).suffix(2) == [.align(.center), .printLogo(Self.key, scale: .normal)])
        #expect(try Self.commands(.bitImage).last == .printBitImage(2, scale: .normal))
    }

    @Test func withoutMemoryOrInAColumnTheLogoIsOnTheWire() throws {
        for commands in [try Self.commands(.none), try Self.commands(.graphics, width: 20)] {
            #expect(commands.contains { if case .raster = $0 { true } else { false } })
        }
    }

    @Test func theUploadHoldsTheDots() {
        #expect(
            LogoUpload.commands(for: [(Self.key, Self.picture)], model: Self.printer(.graphics)) == [.storeLogo(Self.key, Self.picture)])
        #expect(LogoUpload.commands(for: [(Self.key, Self.picture)], model: Self.printer(.none)) == [])
        let commands = LogoUpload.commands(for: [(Self.key, Self.picture), (LogoKey("L2")!, Self.picture)], model: Self.printer(.bitImage))
        guard case .storeBitImages(let images) = commands.first, commands.count == 1 else {
            Issue.record("\(commands)")
            return
        }
        #expect(images.count == 2 && images[0].width == 24 && images[0].height == 16)
        for (x, y) in [(0, 0), (19, 9), (7, 8), (3, 3), (20, 1), (1, 12)] {
            #expect(images[1].isBlack(x, y) == (x < 20 && y < 10 && Self.picture.isBlack(x, y)), "\(x), \(y)")
        }
    }

    @Test func theUploadHoldsNoOrdersWhereThePrinterWouldFollowThem() {
        let trap = DotImage(width: 64, height: 8, bits: Array(repeating: [0x10, 0x04], count: 32).flatMap(\.self))
        for memory in [PrinterModel.LogoMemory.graphics, .bitImage] {
            let bytes = LogoUpload.commands(for: [(Self.key, trap)], model: Self.printer(memory, quirks: [.realTimeInData])).flatMap(
                \.bytes)
            #expect(!zip(bytes, bytes.dropFirst()).contains { $0 == 0x10 && [0x04, 0x14].contains($1) })
        }
    }

    /// Bytes as the ESC/POS reference gives them.
    @Test func theCommandsOfTheMemoriesHaveTheBytesOfTheReference() {
        let dot = DotImage(width: 8, height: 1, bits: [0xFF])
        #expect(Command.storeLogo(Self.key, dot).bytes == [0x1D, 0x28, 0x4C, 12, 0, 48, 67, 48, 0x4C, 0x31, 1, 8, 0, 1, 0, 49, 0xFF])
        #expect(Command.printLogo(Self.key, scale: .wide).bytes == [0x1D, 0x28, 0x4C, 6, 0, 48, 69, 0x4C, 0x31, 2, 1])
        #expect(Command.bufferGraphics(dot, scale: .normal).bytes == [0x1D, 0x28, 0x4C, 11, 0, 48, 112, 48, 1, 1, 49, 8, 0, 1, 0, 0xFF])
        #expect(Command.printBitImage(1, scale: .both).bytes == [0x1C, 0x70, 1, 3])
        let square = DotImage(width: 8, height: 8) { x, y in x == 0 && y == 7 }
        #expect(Command.storeBitImages([square]).bytes == [0x1C, 0x71, 1, 1, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0])
        let large = Command.storeLogo(Self.key, DotImage(width: 576, height: 1000) { _, _ in false })
        #expect(large.bytes.starts(with: [0x1D, 0x38, 0x4C, 0x4B, 0x19, 1, 0, 48, 67]))
    }
}
