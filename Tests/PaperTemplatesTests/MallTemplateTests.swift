import ESCPOS
import Foundation
import KioskCore
import PaperTemplates
import ReceiptMarkup
import Testing
import TicketRaster

/// All of `Kiosk/templates` with the samples beside them.
@Suite struct MallTemplateTests {
    static let names = ["ticket", "persyaratan", "kuitansi", "survei", "pengaduan", "status"]
    static let folder = TicketTemplateTests.templates

    static func fields(_ name: String) throws -> Fields {
        let json = try Data(contentsOf: folder.appending(path: "samples/\(name).json"))
        var fields = try JSONDecoder().decode(Fields.self, from: json)
        if name == "ticket" { fields["logo"] = try Base64(bytes: Data(contentsOf: folder.appending(path: "logo.png"))).map { .base64($0) } }
        return fields
    }

    static func template(_ name: String) throws -> PaperTemplate {
        try PaperTemplate(String(contentsOf: folder.appending(path: "\(name).receipt"), encoding: .utf8), file: "\(name).receipt")
    }

    static func receipt(_ name: String, _ changes: Fields = [:]) throws -> Receipt {
        Receipt(parsing: try template(name).markup(fields(name).merging(changes) { $1 }), allowingDeviceCommands: true)
    }

    @Test func everyTemplateOfTheFolderIsTested() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).filter { $0.hasSuffix(".receipt") }
        #expect(Set(files) == Set(Self.names.map { "\($0).receipt" }))
    }

    @Test(arguments: names) func nothingIsIgnored(_ name: String) throws {
        #expect(try Self.receipt(name).diagnostics == [])
    }

    @Test(arguments: names) func theSampleHasTheFieldsOfTheTemplateAndNoOthers(_ name: String) throws {
        #expect(
            try Set(Self.fields(name).keys)
                == Self.template(name).names.subtracting(
                    name == "kuitansi" ? ["name", "amount"] : name == "status" ? ["number", "outcome"] : []))
    }

    @Test(arguments: names, [48, 42, 32]) func everyTextOfTheSampleStandsOnThePaperAndNothingBeyondIt(_ name: String, _ columns: Int) throws
    {
        let layout = try Self.receipt(name).layout(columns: columns)
        let text = Self.everything(on: layout).filter { !$0.isWhitespace }
        for (field, value) in try Self.fields(name) where field != "logo" {
            guard case .text(let value) = value else { continue }
            #expect(text.contains(value.filter { !$0.isWhitespace }) || Self.words(value).allSatisfy(text.contains), "\(field): \(value)")
        }
        for case .text(let row) in layout.elements {
            for fragment in row.fragments { #expect(fragment.start + fragment.width <= columns, "\(fragment)") }
        }
        #expect(layout.elements.filter { $0 == .cut }.count == 1)
    }

    /// All letters, and the data of all codes.
    private static func everything(on layout: Layout) -> String {
        layout.elements.map { element in
            switch element {
            case .text(let row): row.fragments.map(\.text).joined(separator: " ")
            case .qrCode(let data, _, _, _): String(decoding: data, as: UTF8.self)
            case .image, .barcode, .cut, .command: ""
            }
        }.joined(separator: " ")
    }

    private static func words(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }

    @Test(arguments: names) func theFirstLineIsThePrintID(_ name: String) throws {
        let first = try Self.receipt(name).layout(columns: 32).plainText.split(separator: "\n").first
        #expect(first?.firstMatch(of: /^ *[0-9A-Z]{26}\.1 *$/) != nil)
    }

    @Test(arguments: names, [PrinterModel.PaperWidth.mm80, .mm58]) func everySheetCanBePrinted(
        _ name: String, _ paper: PrinterModel.PaperWidth
    ) throws {
        let model = TicketTemplateTests.model(paper)
        let press = PaperPress(
            template: try Self.template(name), encoder: ReceiptEncoder(model: model, renderer: TicketRaster()), allowingDeviceCommands: true
        )
        var decoder = CommandDecoder()
        let commands = decoder.feed(try press.sheet(Self.fields(name)))
        #expect(decoder.pending.isEmpty && commands.last == .cut(.here(.partial)))
    }

    @Test func theReceiptSpellsOutItsTotal() throws {
        guard case .text(let total) = try Self.fields("kuitansi")["total"], let number = Int(total.filter(\.isNumber)) else {
            Issue.record("the sample has no total")
            return
        }
        #expect(try Self.fields("kuitansi")["terbilang"] == .text("\(try #require(Terbilang.words(number))) rupiah"))
    }

    @Test func theReceiptSaysThatItFadesAndWhereItsCopyIs() throws {
        let text = try Self.everything(on: Self.receipt("kuitansi").layout(columns: 48))
        #expect(text.contains("memudar") && text.contains("https://mpp.contoh.example/k/7K2M9QX4TB"))
    }

    @Test func theComplaintsDeadlinesAreWorkingDays() throws {
        // 20 November 2026, a Friday.
        let day = ServiceDay(number: 20_777)
        let fields = try Self.fields("pengaduan")
        for (field, days) in [("verify_by", 3), ("follow_up_by", 5)] {
            let deadline = day.adding(workingDays: days)
            #expect(fields[field] == .text("\(deadline.weekdayName), \(deadline.indonesian)"))
        }
        #expect(fields["verify_days"] == "3" && fields["follow_up_days"] == "5")
    }

    @Test func whatIsNotKnownLeavesNoTrace() throws {
        let text = try Self.receipt("persyaratan", ["duration": .absent, "cost": .absent, "legal_basis": .absent, "url": .absent])
            .layout(columns: 48).plainText
        #expect(!text.contains("Waktu") && !text.contains("Biaya") && !text.contains("Dasar") && !text.contains("pindai"))
    }
}
