import SyncProtocol
import Testing

@Suite struct EntryTests {
    @Test func anEntryIsItsPartsBehindTheirLengths() {
        let entry = Entry(
            header: sampleHeader(), body: Array(#"{"a":1}"#.utf8), sealed: SealedPart(ciphertext: [1, 2, 3], wrappedKey: [4, 5]))
        let expected =
            "00000150" + hexadecimal(sampleHeader().octets) + "00000007" + "7b2261223a317d" + "00000003" + "010203" + "00000002" + "0405"
        #expect(hexadecimal(entry.octets) == expected)
    }

    @Test func entriesComeBackAsTheyWere() throws {
        for entry in sampleChain(6) { #expect(try Entry(decoding: entry.octets) == entry) }
    }

    @Test func anEntryThatBreaksOffOrRunsOnIsRefused() {
        let octets = sampleChain(3)[2].octets
        for count in 0..<octets.count {
            #expect(throws: EntryError.self) { try Entry(decoding: Array(octets.prefix(count))) }
        }
        #expect(throws: EntryError.trailing(count: 1)) { try Entry(decoding: octets + [0]) }
    }

    @Test func aLengthBeyondTheEndIsRefusedWithoutReadingIt() {
        #expect(throws: EntryError.truncated(offset: 4)) { try Entry(decoding: [0xFF, 0xFF, 0xFF, 0xFF, 1]) }
    }

    @Test func aSealedPartThatTheHeaderDoesNotKnowIsRefused() {
        let plain = sampleHeader(sealed: nil)
        let entry = Entry(header: plain, body: Array(#"{"a":1}"#.utf8), sealed: SealedPart(ciphertext: [1], wrappedKey: nil))
        #expect(throws: EntryError.invalid(.sealedPart)) { try Entry(decoding: entry.octets) }
    }

    @Test func aDestroyedKeyLeavesTheEntryWholeAndItsHashTheSame() throws {
        let entry = sampleChain(3)[2]
        var erased = try #require(entry.sealed)
        erased.wrappedKey = nil
        let after = Entry(header: entry.header, body: entry.body, sealed: erased)
        #expect(after.damage(sha256) == nil)
        #expect(after.chainHash(sha256) == entry.chainHash(sha256))
        #expect(try Entry(decoding: after.octets) == after)
    }

    @Test func theChainHashIsTheHashOfTheHeader() {
        let entry = sampleChain(1)[0]
        #expect(entry.chainHash(sha256) == sha256(entry.header.octets))
    }
}
