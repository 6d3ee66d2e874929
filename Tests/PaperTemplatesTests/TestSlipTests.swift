import ESCPOS
import PaperTemplates
import ReceiptMarkup
import Testing

extension PrinterModel {
    fileprivate static func slip(columns: Int, dots: Int) -> PrinterModel {
        PrinterModel(
            id: "a", name: "A", paperWidth: .mm80, dots: dots, columns: columns, qr: .native, proof: .processID, automaticStatus: true,
            bufferBytes: 4096, cutter: .partial, feedBeforeCut: 4, image: .raster)
    }
}

@Suite struct TestSlipTests {
    private static let model = PrinterModel.slip(columns: 48, dots: 576)

    private static func slip(_ printer: String = "ticket", model: PrinterModel = model, isNoted: Bool = true) -> TestSlip {
        TestSlip(printer: printer, address: "tcp:127.0.0.1:9100", model: model, code: "K3M9QX", isNoted: isNoted)
    }

    @Test(arguments: ["K3M9QX", "k3m9qx", " UJI:K3M9QX\n", "uji:k3m 9qx"]) func whatIsTypedOrScannedIsTheCode(_ text: String) {
        #expect(TestSlip.code(in: text) == "K3M9QX")
    }

    @Test func lettersThatNoCodeHasAreReadAsTheDigitsTheyLookLike() {
        #expect(TestSlip.code(in: "uji:Oil7QX") == "0117QX")
        #expect(TestSlip.alphabet.count == 32 && Set("OILU").isDisjoint(with: TestSlip.alphabet))
    }

    @Test func theSlipShowsItsCodeToEyesAndScannersAndSaysWhatToType() {
        let slip = Self.slip()
        #expect(slip.payload == "UJI:K3M9QX")
        #expect(slip.markup.contains("{code:UJI:K3M9QX }"))
        #expect(slip.markup.contains("anjungan printer confirm ticket K3M9QX"))
        #expect(slip.markup.hasSuffix("=\n"), "it is cut off")
    }

    @Test func aSlipThatNoKioskNotesDoesNotAskForWhatCannotBeDone() {
        let slip = Self.slip(isNoted: false)
        #expect(!slip.markup.contains("anjungan printer confirm"))
        #expect(slip.markup.contains("bandingkan dengan kode di layar"))
    }

    @Test(arguments: [(32, 384), (42, 512), (48, 576)]) func theRulerFillsOneLineAndNothingIsWrongWithTheMarkup(_ columns: Int, _ dots: Int)
    {
        let receipt = Self.slip(model: .slip(columns: columns, dots: dots)).receipt
        #expect(receipt.diagnostics.isEmpty)
        let lines = receipt.layout(columns: columns).plainText.split(separator: "\n", omittingEmptySubsequences: false)
        let ruler = lines.firstIndex { $0.hasPrefix(".........1") }
        #expect(ruler.map { lines[$0].count } == columns)
        #expect(ruler.map { lines[$0 + 1].contains("ABC") } == true, "it does not run over")
        #expect(lines.contains { $0.contains("\(columns) huruf, \(dots) titik") })
    }

    @Test func aPrintersNameIsTextOnTheSlipAndNoDirective() {
        let slip = Self.slip("a|{code:x}").receipt
        #expect(slip.layout(columns: 48).plainText.contains("Perangkat  a|{code:x}"))
        #expect(slip.diagnostics.isEmpty)
    }
}
