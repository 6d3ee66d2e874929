import Secrets
import SeededRandomness
import Testing

@testable import TravelDocument

/// The specimens of Doc 9303 parts 4, 5, 6 and of part 11, appendix D.
@Suite struct ZoneTests {
    static let passport = """
        P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<
        L898902C36UTO7408122F1204159ZE184226B<<<<<10
        """
    static let card = """
        I<UTOD231458907<<<<<<<<<<<<<<<
        7408122F1204159UTO<<<<<<<<<<<6
        ERIKSSON<<ANNA<MARIA<<<<<<<<<<
        """
    static let largeCard = """
        I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<
        D231458907UTO7408122F1204159<<<<<<<6
        """
    /// A document number of twelve characters.
    static let longCard = """
        I<UTOD23145890<7349<<<<<<<<<<<
        3407127M9507122UTO<<<<<<<<<<<2
        STEVENSON<<PETER<JOHN<<<<<<<<<
        """
    static let longLargeCard = """
        I<UTOSTEVENSON<<PETER<JOHN<<<<<<<<<<
        D23145890<UTO3407127M95071227349<<<8
        """
    static let all = [passport, card, largeCard, longCard, longLargeCard]

    @Test func theSpecimensAreRead() throws {
        let zone = try MachineReadableZone(scanned: Secret(text: Self.passport))
        #expect(zone.format == .td3)
        let expected: [MachineReadableZone.Field: String] = [
            .documentCode: "P", .issuer: "UTO", .documentNumber: "L898902C3", .birth: "740812", .sex: "F", .expiry: "120415",
            .nationality: "UTO", .names: "ERIKSSON<<ANNA<MARIA", .optional: "ZE184226B", .secondOptional: "",
        ]
        for field in MachineReadableZone.Field.allCases { #expect(zone[field].text == expected[field]) }
        #expect(zone.primaryName.text == "ERIKSSON" && zone.secondaryName.text == "ANNA MARIA")

        for (text, format) in [(Self.card, MachineReadableZone.Format.td1), (Self.largeCard, .td2)] {
            let card = try MachineReadableZone(scanned: Secret(text: text))
            #expect(card.format == format && card[.documentNumber].text == "D23145890" && card[.nationality].text == "UTO")
            #expect(card[.birth].text == "740812" && card[.expiry].text == "120415" && card[.names].text == "ERIKSSON<<ANNA<MARIA")
        }
    }

    @Test(arguments: [longCard, longLargeCard]) func aLongDocumentNumberIsWhole(_ text: String) throws {
        let zone = try MachineReadableZone(scanned: Secret(text: text))
        #expect(zone[.documentNumber].text == "D23145890734")
        #expect(DocumentKey(zone).information.text == "D23145890734934071279507122")
        #expect(zone[.issuer].text == "UTO" && zone[.sex].text == "M")
    }

    @Test func smallLettersAndSpacesOfAScannerAreTaken() throws {
        let typed = Secret(text: Self.passport.lowercased().replacing("\n", with: "\r\n ") + "\n")
        #expect(try MachineReadableZone(scanned: typed) == MachineReadableZone(scanned: Secret(text: Self.passport)))
    }

    /// No check digit is forgotten: whatever single character of what they cover is another one, it shows. (The names have none.)
    @Test(arguments: all) func everyOtherCharacterShows(_ text: String) throws {
        let plain = Array(text.utf8).filter { $0 != 0x0A }
        let zone = try MachineReadableZone(Secret(plain))
        let uncovered: [Range<Int>] =
            switch zone.format {
            case .td1: [0..<5, 37..<38, 45..<48, 60..<90]
            case .td2: [0..<36, 46..<49, 56..<57]
            case .td3: [0..<44, 54..<57, 64..<65]
            }
        for place in plain.indices where !uncovered.contains(where: { $0.contains(place) }) {
            // One more is seen by every weight.
            for other in [plain[place] == UInt8(ascii: "9") ? UInt8(ascii: "0") : UInt8(ascii: "9"), UInt8(ascii: "b")] {
                var damaged = plain
                damaged[place] = other
                guard other != plain[place] else { continue }
                #expect(throws: ZoneError.self, "character \(place)") { try MachineReadableZone(Secret(damaged)) }
            }
        }
    }

    @Test func whatIsNoZoneSaysWhereAndNothingElse() throws {
        let plain = Array(Self.passport.utf8).filter { $0 != 0x0A }
        let cases: [([UInt8], ZoneError)] = [
            ([], ZoneError(.length, at: 0)), (Array(plain.dropLast()), ZoneError(.length, at: 87)),
            (plain.replacing([UInt8(ascii: "R")], with: [UInt8(ascii: "*")]), ZoneError(.character, at: 6)),
            ([UInt8(ascii: "V")] + plain.dropFirst(), ZoneError(.visa, at: 0)),
        ]
        for (octets, error) in cases {
            #expect(throws: error) { try MachineReadableZone(Secret(octets)) }
            #expect(!error.description.contains("ERIKSSON") && !"\(error)".isEmpty)
        }
        #expect(throws: ZoneError.self) { try MachineReadableZone(scanned: Secret([UInt8](repeating: 65, count: 1 << 20))) }
    }

    @Test func aDateThatIsNoneIsRefused() throws {
        // 30 January 1974 in month 13, with right check digits.
        let wrong = "I<UTOD231458907<<<<<<<<<<<<<<<7413302F1204159UTO<<<<<<<<<<<"
        let digits = "0123456789"
        let errors = digits.flatMap { birth in
            digits.map { composite in
                let text = wrong.replacing("7413302F", with: "741330\(birth)F") + "\(composite)ERIKSSON<<ANNA<MARIA<<<<<<<<<<"
                return #expect(throws: ZoneError.self) { try MachineReadableZone(Secret(text: text)) }
            }
        }
        #expect(errors.contains { $0?.code == .date })
    }

    @Test func whatIsTypedByHandIsTheSameKey() throws {
        let zone = try MachineReadableZone(scanned: Secret(text: Self.passport))
        let typed = try DocumentKey(number: Secret(text: "l898902c3"), birth: Secret(text: "740812"), expiry: Secret(text: "120415"))
        #expect(typed == DocumentKey(zone))
        let short = try DocumentKey(number: Secret(text: "L898902C"), birth: Secret(text: "690806"), expiry: Secret(text: "940623"))
        #expect(short.information.text == "L898902C<369080619406236")
        for (number, birth, expiry) in [
            ("", "740812", "120415"), ("L8989 2", "740812", "120415"), ("L898902C3", "74081", "120415"), ("L898902C3", "741312", "120415"),
            ("L898902C3", "740812", "12<<<<"), ("L898902C3", "740812", "120400"), (String(repeating: "A", count: 23), "740812", "120415"),
        ] {
            #expect(throws: ZoneError.self) {
                try DocumentKey(number: Secret(text: number), birth: Secret(text: birth), expiry: Secret(text: expiry))
            }
        }
    }

    @Test func noiseIsReadOrRefused() {
        var (generator, _) = SeededGenerator.announced("ZoneTests.noiseIsReadOrRefused")
        let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<<<<<<<<".utf8)
        for _ in 0..<3_000 {
            var octets = Array(Self.all.randomElement(using: &generator)!.utf8)
            for _ in 0..<Int.random(in: 0...3, using: &generator) {
                octets[Int.random(in: octets.indices, using: &generator)] = alphabet.randomElement(using: &generator)!
            }
            guard let zone = try? MachineReadableZone(scanned: Secret(octets)) else { continue }
            #expect(DocumentKey(zone).information.count >= 24 && zone.primaryName.count <= 39)
        }
    }
}
