import ESCPOS
import ReceiptMarkup
import Testing

@Suite struct TestSlipTests {
    @Test(arguments: ["K3M9QX", "k3m9qx", " UJI:K3M9QX\n", "uji:k3m 9qx"]) func whatIsTypedOrScannedIsTheCode(_ text: String) {
        #expect(TestSlip.code(in: text) == "K3M9QX")
    }

    @Test func theSlipShowsItsCodeToEyesAndScannersAndSaysWhatToType() {
        let slip = TestSlip(printer: "ticket", code: "K3M9QX")
        #expect(slip.payload == "UJI:K3M9QX")
        #expect(slip.markup.contains("{code:UJI:K3M9QX }"))
        #expect(slip.markup.contains("anjungan printer confirm ticket K3M9QX"))
        #expect(slip.markup.hasSuffix("=\n"), "it is cut off")
    }

    @Test func aPrintersNameIsTextOnTheSlipAndNoDirective() {
        let slip = Receipt(parsing: TestSlip(printer: "a|{code:x}", code: "K3M9QX").markup)
        #expect(slip.layout(columns: 48).plainText.contains("Printer a|{code:x}"))
        #expect(slip.diagnostics.isEmpty)
    }
}
