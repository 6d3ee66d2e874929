import KioskCore
import SyncProtocol
import Testing

@Suite struct ChainVerifierTests {
    /// The first fault of `entries`, which are followed by `recorded` hashes where given.
    func firstFault(_ entries: [Entry], recorded: [EntryHash]? = nil) -> ChainFault? {
        var verifier = sampleVerifier()
        for (index, entry) in entries.enumerated() {
            do throws(ChainFault) { try verifier.verify(entry, recordedAs: recorded?[index]) } catch { return error }
        }
        return nil
    }

    @Test func aSoundChainIsFollowedToItsEnd() throws {
        let chain = sampleChain(7)
        var verifier = sampleVerifier()
        for entry in chain { try verifier.verify(entry) }
        #expect(verifier.position == ChainPosition(sequence: 7, hash: chain[6].chainHash(sha256)))
    }

    @Test func aChainIsTakenUpWhereItWasLeft() throws {
        let chain = sampleChain(5)
        var first = sampleVerifier()
        for entry in chain.prefix(3) { try first.verify(entry) }
        var second = ChainVerifier(first.name, from: first.position, sha256: sha256)
        for entry in chain.dropFirst(3) { try second.verify(entry) }
        #expect(second.position.sequence == 5)
    }

    @Test func aMissingEntryIsAGap() {
        var chain = sampleChain(5)
        chain.remove(at: 2)
        #expect(firstFault(chain) == .gap(expected: 3, found: 4))
        #expect(firstFault(Array(sampleChain(5).dropFirst())) == .gap(expected: 1, found: 2))
    }

    @Test func aRepeatedEntryIsAGapAndASwappedOneToo() {
        let chain = sampleChain(4)
        #expect(firstFault([chain[0], chain[1], chain[1]]) == .gap(expected: 3, found: 2))
        #expect(firstFault([chain[0], chain[2], chain[1]]) == .gap(expected: 2, found: 3))
    }

    @Test func twoHistoriesAreAFork() {
        let chain = sampleChain(3)
        let other = Array("other".utf8)
        let twin = Entry(
            header: sampleHeader(sequence: 2, previous: chain[0].chainHash(sha256), body: other, sealed: nil), body: other, sealed: nil)
        #expect(firstFault([chain[0], chain[1], twin]) == .fork(sequence: 2), "the same place, taken twice")
        #expect(firstFault([chain[0], twin, chain[2]]) == .fork(sequence: 3), "a successor of another entry")
    }

    @Test func anotherJournalsEntryIsForeign() {
        let chain = sampleChain(1)
        for change in [
            { $0.lane = .telemetry }, { $0.site = SiteID("padang")! }, { $0.kiosk = KioskID("k2")! },
            { $0.epoch = Epoch(octets: Array(0x30...0x3F))! },
        ] as [(inout EntryHeader) -> Void] {
            var header = chain[0].header
            change(&header)
            #expect(firstFault([Entry(header: header, body: chain[0].body, sealed: nil)]) == .foreign(sequence: 1))
        }
    }

    /// Whoever changes any octet of any part of an entry is found out, wherever it stands in the chain.
    @Test(arguments: [0, 2]) func everyChangedOctetIsFound(_ place: Int) {
        let chain = sampleChain(4)
        let recorded = chain.map { $0.chainHash(sha256) }
        let octets = chain[place].octets
        var accepted = 0
        for index in octets.indices {
            var changed = octets
            changed[index] ^= 0x01
            // Octets that are no entry any more are found by the decoder.
            guard let entry = try? Entry(decoding: changed) else { continue }
            accepted += 1
            var tampered = chain
            tampered[place] = entry
            #expect(firstFault(tampered) != nil, "octet \(index) may change")
            #expect(firstFault(tampered, recorded: recorded) != nil, "octet \(index) may change")
        }
        #expect(accepted > 100, "the decoder must not be what refuses them all")
    }

    @Test func theChangedPartIsNamed() {
        let chain = sampleChain(3)
        let entry = chain[2]
        let changed: [(Entry, ChainFault)] = [
            (Entry(header: entry.header, body: [0], sealed: entry.sealed), .changed(sequence: 3, .body)),
            (Entry(header: entry.header, body: entry.body, sealed: nil), .changed(sequence: 3, .sealedPart)),
            (
                Entry(header: entry.header, body: entry.body, sealed: SealedPart(ciphertext: [3, 7, 8], wrappedKey: [3, 9])),
                .changed(sequence: 3, .sealedPart)
            ),
            (
                Entry(header: entry.header, body: entry.body, sealed: SealedPart(ciphertext: [3, 7, 7], wrappedKey: [3])),
                .changed(sequence: 3, .wrappedKey)
            ),
        ]
        for (tampered, fault) in changed { #expect(firstFault([chain[0], chain[1], tampered]) == fault) }
        var header = entry.header
        header.day = ServiceDay(number: 1)
        let redated = Entry(header: header, body: entry.body, sealed: entry.sealed)
        #expect(
            firstFault([chain[0], chain[1], redated], recorded: chain.map { $0.chainHash(sha256) }) == .changedHeader(sequence: 3))
    }

    @Test func aFaultLeavesThePositionAtTheLastGoodEntry() throws {
        let chain = sampleChain(3)
        var verifier = sampleVerifier()
        try verifier.verify(chain[0])
        #expect(throws: ChainFault.self) { try verifier.verify(chain[2]) }
        #expect(verifier.position.sequence == 1)
        try verifier.verify(chain[1])
    }
}
