import KioskCore
import Secrets
import Testing

@Suite struct NIKTests {
    static func problem(_ digits: String) -> NIK.Problem? { NIK.problem(in: Secret(digits.utf8)) }

    @Test(arguments: ["1471110101900001", "1471114101900001", "1471117112999999", "1871022902000001", "0000002902040001"])
    func aPossibleNumberPasses(_ digits: String) { #expect(Self.problem(digits) == nil) }

    @Test(arguments: ["", "147111010190000", "14711101019000011", "147111010190000x", "١٤٧١١١٠١"])
    func anythingButSixteenDigitsIsALengthProblem(_ digits: String) { #expect(Self.problem(digits) == .length) }

    @Test(arguments: [
        "1471110001900001", "1471113201900001", "1471114001900001", "1471117201900001", "1471110100900001", "1471110113900001",
        "1471113104900001", "1471117002900001", "1471112902010001", "1471116902990001",
    ])
    func anImpossibleDateIsADateProblem(_ digits: String) { #expect(Self.problem(digits) == .date) }

    @Test func aSerialOfZeroIsRefused() { #expect(Self.problem("1471110101900000") == .serial) }
}

@Suite struct SecretTests {
    @Test func aSecretShowsDotsWhereverItIsPrinted() {
        let secret = Secret("1471".utf8)
        #expect("\(secret)" == "••••")
        #expect(String(reflecting: secret) == "••••")
        #expect(String(describing: [secret]) == "[••••]")
        var dumped = ""
        dump(secret, to: &dumped)
        #expect(!dumped.contains("1471"))
    }

    @Test func editingMakesNewSecrets() {
        #expect(Secret("12".utf8).appending(0x33) == Secret("123".utf8))
        #expect(Secret("12".utf8).droppingLast() == Secret("1".utf8))
        #expect(Secret([]).droppingLast() == Secret([]))
    }
}

@Suite struct ServiceDayTests {
    @Test(arguments: [
        (1_795_276_799_999, TimeZoneOfIndonesia.jakarta, "2026-11-21"), (1_795_276_800_000, .jakarta, "2026-11-21"),
        (1_795_280_399_999, .jakarta, "2026-11-21"), (1_795_280_400_000, .jakarta, "2026-11-22"),
        (1_795_276_800_000, .makassar, "2026-11-22"), (-1, .jakarta, "1970-01-01"), (951_782_400_000, .jakarta, "2000-02-29"),
    ])
    func theDayIsTheMallsOwn(_ milliseconds: Int64, _ zone: TimeZoneOfIndonesia, _ day: String) {
        #expect(ServiceDay(WallTime(milliseconds: milliseconds), in: zone).description == day)
    }

    @Test func officesWriteItLikeThis() {
        #expect(ServiceDay(WallTime(milliseconds: 1_795_280_400_000), in: .jakarta).indonesian == "22 November 2026")
        #expect(WallTime(milliseconds: 1_795_280_399_999).clock(in: .jakarta) == "23.59")
    }
}

@Suite struct NameTests {
    @Test(arguments: ["a", "", "A-b", "a_b", "a b", "é1", String(repeating: "a", count: 41)])
    func aSlugIsTwoToFortyOfItsAlphabet(_ text: String) { #expect(AgencyID(text) == nil) }

    @Test func aServiceIsNamedWithinItsAgency() {
        #expect(ServiceKey("polresta/skck")?.description == "polresta/skck")
        #expect(ServiceKey("polresta") == nil)
        #expect(ServiceKey("polresta/skck/baru") == nil)
    }

    @Test func aTicketIDIsTwentySixCharactersAndOrderedByTime() throws {
        let uuid = try #require(UUIDv7(octets: [UInt8](repeating: 0xFF, count: 16)))
        #expect(TicketID(uuid).rawValue == "7ZZZZZZZZZZZZZZZZZZZZZZZZZ")
        let early = UUIDv7(time: WallTime(milliseconds: 1), random: (.max, .max))
        let late = UUIDv7(time: WallTime(milliseconds: 2), random: (0, 0))
        #expect(TicketID(early) < TicketID(late))
        #expect(early.octets[6] >> 4 == 7 && early.octets[8] >> 6 == 2, "version 7, variant 10 (RFC 9562 clause 5.7)")
    }

    @Test func aPrintIDIsTicketAndCopy() {
        let copy = PrintCopy(Samples.ticket.id, number: 2)
        #expect(PrintCopy(copy.description) == copy)
        #expect(PrintCopy("\(Samples.ticket.id).0") == nil)
        #expect(PrintCopy("foreign:urn") == nil)
    }

    @Test func aNumberHasAtLeastThreeDigits() {
        #expect(TicketNumber(series: "KKA", ordinal: 7).description == "KKA-007")
        #expect(TicketNumber(series: "KKA", ordinal: 1234).description == "KKA-1234")
    }
}
