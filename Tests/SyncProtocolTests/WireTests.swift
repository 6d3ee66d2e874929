import Foundation
import KioskCore
import Testing

@testable import SyncProtocol

@Suite struct WireTests {
    static let chain = ChainName(
        site: SiteID("pekanbaru")!, kiosk: KioskID("k1")!, epoch: Epoch(octets: Array(0x10...0x1F))!, lane: .transactions)

    static func batch(_ count: Int) -> Batch {
        let entries = sampleChain(max(1, count)).prefix(count)
        let head = entries.last.map { ChainPosition(sequence: UInt64(count), hash: $0.chainHash(sha256)) } ?? .start
        return Batch(chain: chain, head: head, entries: entries.map(\.octets))
    }

    @Test(arguments: [0, 1, 7]) func aBatchIsReadAsItWasWritten(_ count: Int) throws {
        let batch = Self.batch(count)
        #expect(try Batch(decoding: batch.octets) == batch)
        #expect(try Batch(decoding: batch.octets).octets == batch.octets)
    }

    @Test func everyShorterBatchAndEveryAddedOctetIsRefused() throws {
        let octets = Self.batch(2).octets
        for length in 0..<octets.count {
            #expect(throws: EntryError.self) { try Batch(decoding: Array(octets[..<length])) }
        }
        #expect(throws: EntryError.trailing(count: 1)) { try Batch(decoding: octets + [0]) }
    }

    @Test func anyOctetChangedAtRandomNeverCrashesAndWhatIsReadIsWrittenAgain() throws {
        let octets = Self.batch(3).octets
        for index in octets.indices {
            var changed = octets
            changed[index] ^= UInt8.random(in: 1 ... .max)
            if let batch = try? Batch(decoding: changed) { #expect(batch.octets == changed) }
        }
    }

    @Test func moreEntriesThanABatchHoldsAreRefused() throws {
        var batch = Self.batch(1)
        batch.entries = Array(repeating: batch.entries[0], count: Batch.maximumEntries + 1)
        #expect(throws: EntryError.invalid(.count)) { try Batch(decoding: batch.octets) }
    }

    @Test func anAcknowledgementIsTheJSONThatItsDescriptionShows() throws {
        let answer = Acknowledgement(
            epoch: Self.chain.epoch, lane: .telemetry, position: .start, fault: .init(code: .gap, sequence: 9, detail: "8 is missing"))
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let text = String(decoding: try encoder.encode(answer), as: UTF8.self)
        let zeros = String(repeating: "0", count: 64)
        #expect(
            text == """
                {"epoch":"101112131415161718191a1b1c1d1e1f","fault":{"code":"gap","detail":"8 is missing","sequence":9},\
                "hash":"\(zeros)","lane":2,"upto":0}
                """)
        #expect(try JSONDecoder().decode(Acknowledgement.self, from: Data(text.utf8)) == answer)
    }

    @Test func aReportHasItsCountsFlatBesideTheNames() throws {
        let services = [DayReport.Service(service: "perizinan", name: nil, counts: TicketCounts(issued: 2, printed: 1, void: 1))]
        let report = DayReport(
            day: "2026-11-22", made: "2026-11-22T03:00:00.000Z",
            agencies: [DayReport.Agency(agency: "dpmptsp", name: "DPMPTSP", services: services)], chains: [], incidents: [])
        let data = try JSONEncoder().encode(report)
        #expect(try JSONDecoder().decode(DayReport.self, from: data) == report)
        let json = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(json["issued"] as? Int == 2)
        let agency = try #require((json["agencies"] as? [[String: Any]])?.first)
        #expect(agency["void"] as? Int == 1)
        #expect((agency["services"] as? [[String: Any]])?.first?["printed"] as? Int == 1)
    }
}

@Suite struct ChainIntakeTests {
    private func take(_ entries: [[UInt8]], from cursor: ChainPosition = .start, having stored: [Entry] = []) -> [ChainIntake.Verdict] {
        var intake = ChainIntake(WireTests.chain, from: cursor, sha256: sha256)
        return entries.map { octets in
            intake.take(octets) { sequence in stored.first { $0.header.sequence == sequence }?.chainHash(sha256) }.0
        }
    }

    private func cursor(_ entries: some Collection<Entry>) -> ChainPosition {
        guard let last = Array(entries).last else { return .start }
        return ChainPosition(sequence: last.header.sequence, hash: last.chainHash(sha256))
    }

    @Test func whatContinuesTheChainIsNewAndWhatIsStoredIsKnown() {
        let chain = sampleChain(4)
        let verdicts = take(chain.map(\.octets), from: cursor(chain.prefix(2)), having: Array(chain.prefix(2)))
        #expect(verdicts == [.known, .known, .new(chain[2].chainHash(sha256)), .new(chain[3].chainHash(sha256))])
    }

    @Test func aMissingEntryIsAGap() {
        let chain = sampleChain(3)
        guard case .fault(let fault) = take([chain[2].octets], from: cursor(chain.prefix(1)), having: [chain[0]]).first else {
            Issue.record("taken")
            return
        }
        #expect(fault.code == .gap)
        #expect(fault.sequence == 3)
    }

    @Test func anotherEntryAtAStoredPlaceIsAFork() {
        let chain = sampleChain(2)
        var header = chain[1].header
        header.day = ServiceDay(number: 1)
        let other = Entry(header: header, body: chain[1].body, sealed: chain[1].sealed)
        guard case .fault(let fault) = take([other.octets], from: cursor(chain), having: chain).first else {
            Issue.record("taken")
            return
        }
        #expect(fault.code == .fork)
    }

    @Test func aChangedPartIsNotTakenForTheStoredEntryNorForANewOne() {
        let chain = sampleChain(2)
        let changed = chain.map { Entry(header: $0.header, body: $0.body.reversed(), sealed: $0.sealed) }
        for (entry, stored) in [(changed[0], chain), (changed[1], [chain[0]])] {
            guard case .fault(let fault) = take([entry.octets], from: cursor(stored), having: stored).first else {
                Issue.record("taken")
                return
            }
            #expect(fault.code == .changed)
        }
    }

    @Test func octetsThatAreNoEntryAreUnreadable() {
        guard case .fault(let fault) = take([[1, 2, 3]]).first else {
            Issue.record("taken")
            return
        }
        #expect(fault.code == .unreadable)
        #expect(fault.sequence == 1)
    }

    @Test func anEntryOfAnotherKioskIsForeign() {
        var header = sampleChain(1)[0].header
        header.kiosk = KioskID("k2")!
        let entry = Entry(header: header, body: sampleChain(1)[0].body, sealed: nil)
        guard case .fault(let fault) = take([entry.octets]).first else {
            Issue.record("taken")
            return
        }
        #expect(fault.code == .foreign)
    }
}
