import ScanCodes
import Secrets
import SeededRandomness
import SmartCard
import Testing

@Suite struct CodeTests {
    @Test func aCardNumberIsThePointerThatThePlainReaderTells() {
        let octets: [UInt8] = [0x04, 0xA2, 0x2B, 0x91]
        let decimal = CardNumberForm()
        #expect(String(decoding: decimal.text(of: octets), as: UTF8.self) == "0077736849")
        #expect(decimal.pointer(in: Secret("0077736849")) == CardPointer(octets))
        let reversed = CardNumberForm(order: .firstLowest)
        #expect(reversed.pointer(in: Secret("2435555844")) == CardPointer(octets))
        let hexadecimal = CardNumberForm(notation: .hexadecimal, octets: 7, digits: 14)
        #expect(hexadecimal.pointer(in: Secret("04a22B91C15D80")) == CardPointer([0x04, 0xA2, 0x2B, 0x91, 0xC1, 0x5D, 0x80]))
    }

    @Test(arguments: ["4294967296", "9999999999", "007773684", "00777368490", "00777368a9", "", "-000000001"])
    func whatIsNoNumberOfACardIsNone(_ text: String) {
        #expect(CardNumberForm().pointer(in: Secret(text)) == nil)
        #expect(ScannedKind(Secret(text), ScannerProfile(cardNumber: CardNumberForm())) == .other)
    }

    @Test func everyFormReadsWhatItTypes() {
        var randomness = SeededGenerator.announced("scan codes").generator
        for _ in 0..<500 {
            let octets = Int.random(in: 3...10, using: &randomness)
            let notation = CardNumberForm.Notation.allCases.randomElement(using: &randomness)!
            let digits = notation == .decimal ? [0, 25][Int.random(in: 0...1, using: &randomness)] : octets * 2
            let form = CardNumberForm(
                notation: notation, order: CardNumberForm.ByteOrder.allCases.randomElement(using: &randomness)!, octets: octets,
                digits: digits)
            let identifier = (0..<octets).map { _ in UInt8.random(in: 0...255, using: &randomness) }
            #expect(form.pointer(in: Secret(form.text(of: identifier))) == CardPointer(identifier))
        }
    }

    @Test(arguments: ["1471114101900001", "https://example.go.id/ANJUNGAN:AB/CD", "UJI", "", "ANJUNGAN"])
    func whatIsForNothingIsSomethingElse(_ text: String) { #expect(ScannedKind(Secret(text), ScannerProfile()) == .other) }

    @Test func slipsAndTicketsAreTold() {
        #expect(ScannedKind(Secret("uji:k3m9qx"), ScannerProfile()) == .testSlip("K3M9QX"))
        #expect(ScannedKind(Secret("ANJUNGAN:disdukcapil/kartu-keluarga:7K3M"), ScannerProfile()) == .booking)
        #expect(ScannedKind(Secret("UJI:"), ScannerProfile()) == .other)
        #expect(ScannedKind(Secret("0123456abc"), ScannerProfile()) == .ticket(Secret("0123456ABC")))
        // A number on paper is no card's.
        #expect(ScannedKind(Secret("0077736849"), ScannerProfile()) == .ticket(Secret("0077736849")))
    }

    @Test func anIdentifierOfASymbologyIsThreeCharacters() {
        #expect(AIMIdentifier(Array("]Q3x".utf8))?.description == "]Q3")
        for text in ["]Q", "Q30", "]13", "]Q-", "]W0"] { #expect(AIMIdentifier(Array(text.utf8)) == nil) }
    }
}
