import ESCPOS
import Foundation
import PaperTemplates
import ReceiptMarkup
import Testing
import TicketRaster

/// `Kiosk/templates/ticket.receipt` as it comes out of printers of both widths.
@Suite struct TicketTemplateTests {
    static let templates = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Kiosk/templates")

    static let usual: [String: String] = [
        "print_id": "01KAJ5Z8QF7W3M9V2X4T6B8C0D.1", "mall": "MPP Pekanbaru", "city": "Kota Pekanbaru", "agency": "Disdukcapil",
        "service": "KTP-el (rusak/hilang/ubah data)", "number": "KKA-007", "date": "21 November 2026", "time": "09.15", "zone": "WIB",
        "claim_code": "7K2M9QX4TB",
    ]

    /// The longest names of the five malls whose catalogues are public, a long date, and a note.
    static let longest = usual.merging([
        "mall": "MPP Lampung Tengah", "city": "Kabupaten Lampung Tengah", "number": "DA-007", "date": "30 September 2026", "zone": "WITA",
        "agency": "Dinas Koperasi UKM Perindag (layanan berbeda tiap hari Sen-Jum)", "note": "Simpan tiket hingga dipanggil",
        "service": "Penyelenggaraan Bangunan Gedung Kepentingan Umum dengan Pertelaan (PBG/SLF/SBKBG)",
    ]) { $1 }

    static func model(_ paper: PrinterModel.PaperWidth, qr: PrinterModel.CodeSupport = .native) -> PrinterModel {
        PrinterModel(
            id: "test", name: "Test", paperWidth: paper, dots: paper == .mm80 ? 576 : 384, columns: paper == .mm80 ? 48 : 32, qr: qr,
            proof: .processID, automaticStatus: true, bufferBytes: 4096, cutter: .partial, feedBeforeCut: 4, image: .raster)
    }

    static func receipt(_ values: [String: String], copy: Bool = false) throws -> Receipt {
        let source = try String(contentsOf: templates.appending(path: "ticket.receipt"), encoding: .utf8)
        var fields: Fields = values.mapValues { .text($0) }
        fields["logo"] = try Base64(bytes: Data(contentsOf: templates.appending(path: "logo.png"))).map { .base64($0) }
        fields["salinan"] = .flag(copy)
        return Receipt(parsing: try PaperTemplate(source, file: "ticket.receipt").markup(fields))
    }

    static func print(_ values: [String: String], copy: Bool = false, on model: PrinterModel) throws -> PaperMeter {
        let bytes = try ReceiptEncoder(model: model, renderer: TicketRaster()).encode(
            receipt(values, copy: copy).layout(columns: model.columns))
        var decoder = CommandDecoder()
        let commands = decoder.feed(bytes)
        #expect(decoder.pending.isEmpty)
        return PaperMeter(commands)
    }

    @Test func nothingOfTheTemplateIsIgnored() throws {
        for copy in [false, true] {
            #expect(try Self.receipt(Self.usual, copy: copy).diagnostics == [])
            #expect(try Self.receipt(Self.longest, copy: copy).diagnostics == [])
        }
    }

    @Test(arguments: PrinterModel.PaperWidth.allCases, PrinterModel.CodeSupport.allCases)
    func aTicketTakesAtMost90Millimetres(_ paper: PrinterModel.PaperWidth, _ qr: PrinterModel.CodeSupport) throws {
        for values in [Self.usual, Self.longest] {
            for copy in [false, true] {
                let paper = try Self.print(values, copy: copy, on: Self.model(paper, qr: qr))
                #expect(paper.dots <= 90 * 8, "\(Double(paper.dots) / 8) mm")
                // Shorter than this, something is missing.
                #expect(paper.dots >= 60 * 8, "\(Double(paper.dots) / 8) mm")
            }
        }
    }

    @Test(arguments: PrinterModel.PaperWidth.allCases) func thePrintIDStandsInTheFirstLine(_ paper: PrinterModel.PaperWidth) throws {
        for copy in [false, true] {
            let lines = try Self.print(Self.usual, copy: copy, on: Self.model(paper)).lines
            #expect(lines.first?.split(separator: " ") == ["01KAJ5Z8QF7W3M9V2X4T6B8C0D.1"])
        }
    }

    @Test(arguments: PrinterModel.PaperWidth.allCases) func everyFieldIsOnThePaperAndTheCutIsLast(_ paper: PrinterModel.PaperWidth) throws {
        let model = Self.model(paper)
        let sheet = try Self.print(Self.longest, on: model)
        let words = sheet.lines.joined(separator: " ").split(separator: " ")
        for (field, value) in Self.longest where field != "claim_code" {
            for word in value.split(separator: " ") {
                #expect(words.contains { $0 == word || $0 == word + "," }, "\(word) of \(field)")
            }
        }
        #expect(sheet.codes == ["7K2M9QX4TB"])
        #expect(sheet.lines.joined(separator: " ").contains("Berlaku sampai 23.59 hari ini"))
        #expect(sheet.cuts == 1 && sheet.widest <= model.columns)
    }

    @Test(arguments: [(PrinterModel.PaperWidth.mm80, "KKA-007", 6), (.mm80, "DA-007", 6), (.mm58, "DA-007", 5), (.mm58, "KKA-007", 4)])
    func theNumberIsAsLargeAsThePaperAllows(_ paper: PrinterModel.PaperWidth, _ number: String, _ scale: Int) throws {
        let layout = try Self.receipt(Self.usual.merging(["number": number]) { $1 }).layout(columns: Self.model(paper).columns)
        let rows = layout.elements.compactMap { if case .text(let row) = $0 { row } else { nil } }
        #expect(rows.first { $0.fragments.map(\.text) == [number] }?.height == scale)
    }

    @Test func onlyACopyBearsSALINAN() throws {
        let model = Self.model(.mm80)
        #expect(try !Self.print(Self.usual, on: model).lines.contains { $0.contains("SALINAN") })
        #expect(try Self.print(Self.usual, copy: true, on: model).lines.contains { $0.contains(" SALINAN ") })
    }

    @Test func aNameFullOfMarksIsOnlyText() throws {
        let name = "Dinas |\"{command:x}\"| = ^^^ _A_ `B`"
        let sheet = try Self.print(Self.usual.merging(["agency": name]) { $1 }, on: Self.model(.mm80))
        #expect(sheet.lines.contains { $0.contains(name) })
    }
}
