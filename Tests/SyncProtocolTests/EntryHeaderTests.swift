import KioskCore
import SyncProtocol
import Testing

@Suite struct EntryHeaderTests {
    /// Written by hand from the table in `EntryHeader`; the four hashes by `sha256sum`.
    static let golden = [
        "414e4a45", "01", "01", "02", "00",
        "70656b616e62617275" + String(repeating: "00", count: 31),
        "6b31" + String(repeating: "00", count: 38),
        "7469636b65742e697373756564" + String(repeating: "00", count: 19),
        "101112131415161718191a1b1c1d1e1f",
        "019900000001" + "7abc" + "8123456789abcdef",
        "202122232425262728292a2b2c2d2e2f",
        "0102030405060708", "fffffffffffffffe", "00000000000a0b0c", "0000512a", "00000001",
        "c0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedf",
        "00000007", "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862",
        "00000003", "039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81",
        "2fa1b377bf67309f65e5e7bc9d924345ca648dec4e601a398a9cb497dcba3765",
    ]

    @Test func aHeaderIsTheseOctets() {
        let octets = sampleHeader().octets
        #expect(octets.count == EntryHeader.size)
        #expect(hexadecimal(octets) == Self.golden.joined())
    }

    @Test func theSealingContextIsTheFirst268Octets() {
        #expect(sampleHeader().sealingContext == Array(sampleHeader().octets.prefix(268)))
    }

    @Test func aHeaderWithoutASealedPartEndsInZeros() {
        let octets = sampleHeader(sealed: nil).octets
        #expect(octets.suffix(68).allSatisfy { $0 == 0 })
    }

    @Test func slugsOfTheFullLengthFit() throws {
        var header = sampleHeader()
        header.site = SiteID(String(repeating: "s", count: 40))!
        header.kiosk = KioskID(String(repeating: "k", count: 40))!
        header.kind = EntryKind(String(repeating: "x", count: 32))!
        #expect(try EntryHeader(decoding: header.octets) == header)
    }

    @Test(arguments: [1, UInt64(Int64.max)]) func theFirstAndLastSequenceAreRead(_ sequence: UInt64) throws {
        let header = sampleHeader(sequence: sequence, previous: sequence == 1 ? .none : EntryHash(octets: Array(0xC0...0xDF))!)
        #expect(try EntryHeader(decoding: header.octets) == header)
    }

    /// What is accepted must encode to what was read, else two different octet strings could mean one entry.
    @Test func everyOctetMattersOrIsRefused() throws {
        let header = sampleHeader()
        for index in 0..<EntryHeader.size {
            for change in [0x01, 0x80, 0xFF] as [UInt8] {
                var octets = header.octets
                octets[index] ^= change
                guard let read = try? EntryHeader(decoding: octets) else { continue }
                #expect(read != header, "octet \(index) is ignored")
                #expect(read.octets == octets, "octet \(index) is not canonical")
            }
        }
    }

    @Test func shortAndLongHeadersAreRefused() {
        let octets = sampleHeader().octets
        for count in 0..<octets.count {
            #expect(throws: EntryError.self) { try EntryHeader(decoding: Array(octets.prefix(count))) }
        }
        #expect(throws: EntryError.trailing(count: 1)) { try EntryHeader(decoding: octets + [0]) }
    }

    static let refusals: [(Int, [UInt8], EntryError)] = [
        (0, [0x42], .notAnEntry), (4, [2], .unknownVersion(2)), (5, [0], .invalid(.lane)), (5, [3], .invalid(.lane)),
        (6, [3], .invalid(.clockQuality)), (7, [1], .invalid(.reserved)), (8, [0x50], .invalid(.site)), (47, [0x61], .invalid(.site)),
        (48, [0], .invalid(.kiosk)), (88, [0xC3], .invalid(.kind)), (142, [0x4A], .invalid(.identity)), (144, [0x01], .invalid(.identity)),
        (168, [0x80], .invalid(.sequence)), (168, [0, 0, 0, 0, 0, 0, 0, 0], .invalid(.sequence)),
        (168, [0, 0, 0, 0, 0, 0, 0, 1], .invalid(.previousHash)), (200, [UInt8](repeating: 0, count: 32), .invalid(.previousHash)),
        (268, [0, 0, 0, 0], .invalid(.sealedPart)), (272, [UInt8](repeating: 0, count: 32), .invalid(.sealedPart)),
        (304, [UInt8](repeating: 0, count: 32), .invalid(.wrappedKey)),
    ]

    @Test(arguments: refusals) func aFieldThatCannotBeIsNamed(_ offset: Int, _ octets: [UInt8], _ error: EntryError) {
        var header = sampleHeader().octets
        header.replaceSubrange(offset..<offset + octets.count, with: octets)
        #expect(throws: error) { try EntryHeader(decoding: header) }
    }
}
