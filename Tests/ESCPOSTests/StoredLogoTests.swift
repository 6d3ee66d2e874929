import ReceiptMarkup
import SeededRandomness
import Testing

@testable import ESCPOS

@Suite struct StoredLogoTests {
    static func printer(
        _ memory: PrinterModel.LogoMemory = .graphics, proof: PrinterModel.Proof = .processID, quirks: Set<PrinterModel.Quirk> = []
    ) -> PrinterModel {
        PrinterModel(
            id: "logos", name: "Logos", paperWidth: .mm80, dots: 576, columns: 48, qr: .native, proof: proof, automaticStatus: false,
            bufferBytes: 4096, cutter: .none, feedBeforeCut: 0, image: .raster, logoMemory: memory, quirks: quirks)
    }

    static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47]
    /// As ``PatternRenderer`` draws the PNG.
    static func logo(_ model: PrinterModel = printer()) throws -> StoredLogo {
        try #require(try StoredLogo(png: png, model: model, renderer: PatternRenderer()))
    }

    static func ticket(on model: PrinterModel = printer()) throws -> [Command] {
        let picture = Layout.Element.image(png: png, Layout.Place(start: 0, width: 48, align: .center))
        let words = Layout.Element.text(Layout.TextRow([Layout.Fragment(start: 0, text: "A-001")]))
        return try ReceiptEncoder(model: model, renderer: PatternRenderer()).commands(
            for: Layout(columns: 48, elements: [picture, words, picture]))
    }

    static func isPicture(_ command: Command) -> Bool { if case .raster = command { true } else { false } }

    /// The printer's memory after these commands.
    static func names(after bytes: some Sequence<UInt8>, in memory: Set<LogoKey> = []) -> Set<LogoKey> {
        var decoder = CommandDecoder()
        return decoder.feed(bytes).reduce(into: memory) { names, command in
            if case .storeLogo(let key, _) = command { names.insert(key) }
            if case .deleteLogo(let key) = command { names.remove(key) }
        }
    }

    @Test func eachPictureOfATicketBecomesItsName() throws {
        let (ticket, logo) = (try Self.ticket(), try Self.logo())
        #expect(ticket.contains(where: Self.isPicture))
        let short = logo.shortened(ticket)
        #expect(!short.contains(where: Self.isPicture))
        let name = Command.printLogo(LogoKey("AL")!, scale: .normal)
        #expect(short.count { $0 == name } == 2)
        #expect(short.filter { $0 != name } == ticket.filter { !Self.isPicture($0) })
    }

    @Test func anotherPictureStays() throws {
        let other = try #require(StoredLogo(DotImage(width: 24, height: 24) { ($0 + $1) % 3 == 0 }, model: Self.printer()))
        #expect(other.shortened(try Self.ticket()) == (try Self.ticket()))
    }

    @Test func onlyAWholeUploadOfTheSameDotsIsTakenForIt() throws {
        let logo = try Self.logo()
        let other = try #require(StoredLogo(DotImage(width: 24, height: 24) { ($0 + $1) % 3 == 0 }, model: Self.printer()))
        let held = Self.names(after: logo.upload)
        #expect(logo.isHeld(among: held) && !other.isHeld(among: held))
        let changed = Self.names(after: other.upload, in: held)
        #expect(other.isHeld(among: changed) && !logo.isHeld(among: changed))
        // Wherever it breaks off, and whether or not the recovery fills the broken picture up with NULs.
        for end in stride(from: 0, to: logo.upload.count, by: 7) where end < logo.upload.count - 17 {
            for filling in [0, 10_000] {
                let broken = Self.names(
                    after: logo.upload[..<end] + Array(repeating: 0, count: filling), in: Self.names(after: other.upload))
                #expect(!logo.isHeld(among: broken), "\(end) + \(filling)")
            }
        }
        let foreign = Self.names(after: logo.upload, in: [LogoKey("L1")!])
        #expect(foreign.contains(LogoKey("L1")!), "other programs' pictures stay")
    }

    /// A renewed upload that breaks off leaves neither the old one valid nor the new one.
    @Test func theOldOneIsNoLongerTrustedOnceTheNewOneIsBegun() throws {
        let logo = try Self.logo()
        let bytes = logo.upload
        let seal = try #require(logo.seals.first)
        let gone = try #require(Array(bytes).firstRange(of: Command.deleteLogo(seal).bytes))
        let stored = try #require(
            Array(bytes).firstRange(of: Command.storeLogo(seal, DotImage(width: 8, height: 1) { _, _ in true }).bytes))
        for end in [gone.upperBound, stored.lowerBound] {
            #expect(!logo.isHeld(among: Self.names(after: bytes[..<end], in: Self.names(after: bytes))))
        }
    }

    @Test(arguments: [
        printer(.none), printer(.bitImage), printer(proof: .realTimeStatus), printer(proof: .none), printer(quirks: [.realTimeInData]),
    ])
    func aPrinterThatCannotTellWhatItHoldsKeepsNone(_ model: PrinterModel) throws {
        #expect(try StoredLogo(png: Self.png, model: model, renderer: PatternRenderer()) == nil)
    }

    @Test func theAnswerIsReadWhateverComes() {
        let answer = PrinterAnswer.logoNames([LogoKey("AL")!, LogoKey("{ ")!], more: true)
        #expect(answer.bytes == [0x37, 0x72, 0x41, 0x41, 0x4C, 0x7B, 0x20, 0])
        let forty = PrinterAnswer.logoNames(Array(repeating: LogoKey("~~")!, count: 40), more: false)
        for answer in [answer, forty, .logoNames([], more: false)] {
            var decoder = AnswerDecoder()
            #expect(answer.bytes.flatMap { decoder.feed([$0]) } == [answer])
        }
        for broken: [UInt8] in [[0x37, 0x72, 0x41, 0x41, 0], [0x37, 0x72, 0x50], [0x37, 0x72, 0x40] + Array(repeating: 0x41, count: 81)] {
            var decoder = AnswerDecoder()
            #expect(decoder.feed(broken).first == .unknown([0x37]), "\(broken)")
        }
    }

    /// Bytes as the ESC/POS reference gives them.
    @Test func theCommandsOfTheMemoriesHaveTheBytesOfTheReference() {
        let dot = DotImage(width: 8, height: 1, bits: [0xFF])
        let key = LogoKey("L1")!
        #expect(Command.storeLogo(key, dot).bytes == [0x1D, 0x28, 0x4C, 12, 0, 48, 67, 48, 0x4C, 0x31, 1, 8, 0, 1, 0, 49, 0xFF])
        #expect(Command.printLogo(key, scale: .wide).bytes == [0x1D, 0x28, 0x4C, 6, 0, 48, 69, 0x4C, 0x31, 2, 1])
        #expect(Command.logoNames.bytes == [0x1D, 0x28, 0x4C, 4, 0, 48, 64, 0x4B, 0x43])
        #expect(Command.bufferGraphics(dot, scale: .normal).bytes == [0x1D, 0x28, 0x4C, 11, 0, 48, 112, 48, 1, 1, 49, 8, 0, 1, 0, 0xFF])
        #expect(Command.printBitImage(1, scale: .both).bytes == [0x1C, 0x70, 1, 3])
        let square = DotImage(width: 8, height: 8) { x, y in x == 0 && y == 7 }
        #expect(Command.storeBitImages([square]).bytes == [0x1C, 0x71, 1, 1, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0])
        let large = Command.storeLogo(key, DotImage(width: 576, height: 1000) { _, _ in false })
        #expect(large.bytes.starts(with: [0x1D, 0x38, 0x4C, 0x4B, 0x19, 1, 0, 48, 67]))
    }
}
