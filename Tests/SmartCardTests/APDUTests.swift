import SmartCard
import Testing

/// ISO/IEC 7816-3, 12.1.3 and 7816-4, 5.1.
@Suite struct APDUTests {
    @Test(arguments: [
        ("1", "00A40000", CommandAPDU(0x00, 0xA4, 0, 0)),
        ("2S", "00B0000008", CommandAPDU(0x00, 0xB0, 0, 0, expected: 8)),
        ("2S, all", "00B0000000", CommandAPDU(0x00, 0xB0, 0, 0, expected: 256)),
        ("3S", "00A4020C02011E", CommandAPDU(0x00, 0xA4, 2, 0x0C, data: [0x01, 0x1E])),
        ("4S", "00A40400012A00", CommandAPDU(0x00, 0xA4, 4, 0, data: [0x2A], expected: 256)),
        ("2E", "00B00000000100", CommandAPDU(0x00, 0xB0, 0, 0, expected: 256, prefersExtended: true)),
        ("2E, all", "00B00000000000", CommandAPDU(0x00, 0xB0, 0, 0, expected: 65_536)),
        ("3E", "00D600000000012A", CommandAPDU(0x00, 0xD6, 0, 0, data: [0x2A], prefersExtended: true)),
        ("4E", "00D600000000012A0000", CommandAPDU(0x00, 0xD6, 0, 0, data: [0x2A], expected: 65_536)),
    ])
    func everyCaseHasOneSpelling(_ name: String, _ text: String, _ command: CommandAPDU) throws {
        let octets = try #require([UInt8](hexadecimal: text))
        #expect(command.octets == octets, "case \(name)")
        #expect(try CommandAPDU(decoding: octets).octets == octets, "case \(name)")
    }

    @Test(arguments: [
        "00", "00A400", "00A4000002AA", "00A400000201", "00A40000020102030405", "00A400000000", "00A4000000000001", "00B00000000002AA",
    ])
    func whatBelongsToNoCaseIsRefused(_ text: String) throws {
        let octets = try #require([UInt8](hexadecimal: text))
        #expect(throws: APDUError.self) { try CommandAPDU(decoding: octets) }
    }

    @Test func aLongAnswerIsFetchedInPortions() throws {
        var chaining = ResponseChaining(CommandAPDU(0x00, 0xB0, 0, 0, expected: 256), .t0)
        #expect(chaining.take(ResponseAPDU(status: StatusWord(0x6C, 0x10))) == .send(CommandAPDU(0x00, 0xB0, 0, 0, expected: 16)))
        #expect(
            chaining.take(ResponseAPDU(data: [1, 2], status: StatusWord(0x61, 0x02))) == .send(CommandAPDU(0x00, 0xC0, 0, 0, expected: 2)))
        #expect(chaining.take(ResponseAPDU(data: [3, 4], status: .done)) == .finish(ResponseAPDU(data: [1, 2, 3, 4], status: .done)))
    }

    /// Case 4 at T=0: the card says 9000, and what it has to say is fetched (12.2.1.4).
    @Test func whatAnswersDataIsFetchedAtT0() {
        let select = CommandAPDU(0x01, 0xA4, 4, 0, data: [0xA0], expected: 256)
        var chaining = ResponseChaining(select, .t0)
        #expect(chaining.take(ResponseAPDU(status: .done)) == .send(CommandAPDU(0x01, 0xC0, 0, 0, expected: 256)))
        #expect(chaining.take(ResponseAPDU(data: [7], status: .done)) == .finish(ResponseAPDU(data: [7], status: .done)))
        var blocks = ResponseChaining(select, .t1)
        #expect(blocks.take(ResponseAPDU(status: .done)) == .finish(ResponseAPDU(status: .done)))
    }

    /// A card that names a wrong length twice is believed once.
    @Test func acardThatIsNeverContentDoesNotHoldUpForEver() {
        var chaining = ResponseChaining(CommandAPDU(0x00, 0xB0, 0, 0, expected: 256), .t0)
        _ = chaining.take(ResponseAPDU(status: StatusWord(0x6C, 0x10)))
        let again = ResponseAPDU(status: StatusWord(0x6C, 0x20))
        #expect(chaining.take(again) == .finish(again))
    }

    @Test func aPointerTellsWhetherItIsOfUse() throws {
        #expect(CardPointer([]) == nil)
        #expect(try #require(CardPointer([0x08, 1, 2, 3])).isRandom)
        #expect(try #require(CardPointer([0x04, 1, 2, 3])).isEnumerable)
        let long = try #require(CardPointer([0x04, 1, 2, 3, 4, 5, 6]))
        #expect(!long.isRandom && !long.isEnumerable)
    }
}
