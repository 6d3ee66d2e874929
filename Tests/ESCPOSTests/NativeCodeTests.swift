import ESCPOS
import ReceiptMarkup
import Testing

@Suite struct NativeCodeTests {
    static func printer(_ systems: Set<Barcode.System> = Set(Barcode.System.allCases), columns: Int = 48) -> PrinterModel {
        PrinterModel(
            id: "bars", name: "Bars", paperWidth: .mm80, dots: columns * 12, columns: columns, qr: .native, proof: .none,
            automaticStatus: false, bufferBytes: 4096, cutter: .none, feedBeforeCut: 0, image: .raster, barcodes: systems)
    }

    static func encoded(_ code: Barcode, on model: PrinterModel = printer()) throws -> (commands: [Command], notes: [EncodingNote]) {
        let layout = Layout(
            columns: model.columns, elements: [.barcode(code, Layout.Place(start: 0, width: model.columns, align: .center))])
        let encoder = ReceiptEncoder(model: model, renderer: PatternRenderer())
        return (try encoder.commands(for: layout), try encoder.encoded(layout).notes)
    }

    /// Check digits as on the packages of real goods.
    static let known: [(Barcode.System, String, UInt8, String)] = [
        (.ean, "4006381333931", 67, "4006381333931"), (.ean, "400638133393", 67, "4006381333931"), (.ean, "9638507", 68, "96385074"),
        (.upc, "03600029145", 65, "036000291452"), (.itf, "123", 70, "0123"), (.code39, "mpp-7", 69, "MPP-7"),
        (.codabar, "a123b", 71, "A123B"), (.code93, "Ab1", 72, "Ab1"), (.code128, "AB12", 73, "{BAB12"),
        (.code128, "123456", 73, "{C\u{0C}\u{22}\u{38}"), (.code128, "A123456", 73, "{BA{C\u{0C}\u{22}\u{38}"),
        (.code128, "{1}", 73, "{B{{1}"),
    ]

    @Test(arguments: known) func aBarCodeIsPrintedByThePrintersOwnCommand(
        _ system: Barcode.System, _ data: String, _ m: UInt8, _ wire: String
    ) throws {
        let commands = try Self.encoded(Barcode(system: system, data: data, narrow: 3, height: 80, showsText: true)).commands
        #expect(
            commands.suffix(5) == [
                .align(.center), .barcodeHeight(80), .barcodeWidth(3), .barcodeText(2), .barcode(system: m, data: Array(wire.utf8)),
            ])
    }

    @Test(arguments: [
        (Barcode.System.ean, "4006381333930"), (.ean, "12345"), (.upc, "1x"), (.itf, "12a"), (.itf, ""), (.code39, "é"), (.codabar, "123"),
        (.code93, "é"), (.code128, ""), (.code128, "é"),
    ]) func dataThatPrintersWouldSilentlyRefuseArePrintedInLetters(_ system: Barcode.System, _ data: String) throws {
        let result = try Self.encoded(Barcode(system: system, data: data))
        #expect(result.notes.map(\.code) == [.codeInLetters] && result.notes[0].detail.contains("cannot hold"))
        #expect(!result.commands.contains { if case .barcode = $0 { true } else { false } })
        #expect(result.commands.last == (data == "é" ? result.commands.last : .lineFeed))
    }

    @Test func aSystemThatThePrinterLacksIsDrawn() throws {
        let commands = try Self.encoded(Barcode(system: .code39, data: "7"), on: Self.printer([.ean])).commands
        #expect(commands.contains(where: \.isPicture) && !commands.contains { if case .barcode = $0 { true } else { false } })
    }

    @Test func aCodeTooWideIsMadeNarrowerAndThatIsSaid() throws {
        let result = try Self.encoded(Barcode(system: .code128, data: "ABCDEFGHIJ-KLMNOP", narrow: 4), on: Self.printer(columns: 42))
        #expect(result.commands.contains(.barcodeWidth(2)))
        #expect(result.notes.map(\.code) == [.codeNarrowed])
    }

    /// The visitor gets the receipt, and what the code holds can still be typed.
    @Test func aCodeThatCannotBecomeNarrowEnoughIsPrintedInLetters() throws {
        let long = String(repeating: "AB-", count: 60)
        let bars = try Self.encoded(Barcode(system: .code128, data: long))
        #expect(bars.notes.map(\.code) == [.codeInLetters])
        #expect(bars.notes.first?.detail.contains("only 576 fit") == true)
        #expect(Self.text(bars.commands) == long)

        let place = Layout.Place(start: 4, width: 8, align: .left)
        let data = (0..<2900).map { UInt8($0 % 26 + 0x61) }
        let elements: [Layout.Element] = [.text(Layout.TextRow()), .qrCode(data: data, cell: 4, level: .l, place), .cut]
        let encoder = ReceiptEncoder(model: Self.printer(columns: 32), renderer: PatternRenderer())
        let layout = Layout(columns: 32, elements: elements)
        #expect(try Self.text(encoder.commands(for: layout)).replacing(" ", with: "") == String(decoding: data, as: UTF8.self))
        let notes = try encoder.encoded(layout).notes
        #expect(notes.map(\.code) == [.codeInLetters] && notes.map(\.element) == [1])
    }

    /// A code in letters may hold letters that the printer has not.
    @Test func theLettersOfACodeAreDrawnWhereThePrinterLacksThem() throws {
        let data = Array("表書き".utf8) + Array(repeating: 0x61, count: 2000)
        let layout = Layout(
            columns: 32, elements: [.qrCode(data: data, cell: 3, level: .h, Layout.Place(start: 0, width: 32, align: .center))])
        let encoder = ReceiptEncoder(model: Self.printer(columns: 32), renderer: PatternRenderer())
        let commands = try encoder.commands(for: layout)
        #expect(commands.contains(where: \.isPicture) && Self.text(commands).allSatisfy { $0 == "a" })
        #expect(try encoder.encoded(layout).notes.map(\.code) == [.codeInLetters])
    }

    static func text(_ commands: [Command]) -> String {
        String(decoding: commands.flatMap { if case .text(let bytes) = $0 { bytes } else { [UInt8]() } }, as: UTF8.self)
    }

    @Test func aQRCodeTooWideGetsSmallerModules() throws {
        let model = Self.printer(columns: 32)
        let layout = Layout(
            columns: 32,
            elements: [
                .qrCode(data: Array(repeating: 0x41, count: 400), cell: 8, level: .m, Layout.Place(start: 0, width: 32, align: .center))
            ])
        let encoder = ReceiptEncoder(model: model, renderer: PatternRenderer())
        // Version 15 has 77 modules (ISO/IEC 18004, table 7); four dots each are 308 of 384.
        #expect(try encoder.commands(for: layout).contains(.qrCell(4)))
        #expect(try encoder.encoded(layout).notes.map(\.code) == [.codeNarrowed])
    }

    @Test func theSameLookIsSaidOnce() throws {
        let code = Layout.Element.barcode(Barcode(system: .code39, data: "7"), Layout.Place(start: 0, width: 48, align: .left))
        let commands = try ReceiptEncoder(model: Self.printer(), renderer: PatternRenderer()).commands(
            for: Layout(columns: 48, elements: [code, code]))
        #expect(commands.count { if case .barcodeHeight = $0 { true } else { false } } == 1)
    }
}
