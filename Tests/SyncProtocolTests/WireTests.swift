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

    /// What centres and kiosks of the version before say and read; recorded, never to be changed.
    @Test func anAnswerOfTheVersionBeforeIsReadAndOneOfThisVersionIsReadByTheVersionBefore() throws {
        let zeros = String(repeating: "0", count: 64)
        let recorded = #"{"epoch":"101112131415161718191a1b1c1d1e1f","hash":"\#(zeros)","lane":1,"upto":0}"#
        let old = try JSONDecoder().decode(Acknowledgement.self, from: Data(recorded.utf8))
        #expect(old == Acknowledgement(epoch: Self.chain.epoch, lane: .transactions, position: .start))
        struct Before: Codable, Equatable {
            struct Fault: Codable, Equatable {
                var code: String
                var sequence: UInt64
                var detail: String
            }
            var epoch: Epoch
            var lane: Lane
            var upto: UInt64
            var hash: EntryHash
            var fault: Fault?
        }
        var new = old
        new.fault = .init(code: .fork, sequence: 4, detail: "x")
        (new.safe, new.kept, new.maximumEntries) = (.init(.start), .init(.start), 20)
        (new.clock, new.newEpoch) = (1_790_000_000_000, true)
        #expect(
            try JSONDecoder().decode(Before.self, from: JSONEncoder().encode(new))
                == Before(
                    epoch: old.epoch, lane: .transactions, upto: 0, hash: .none, fault: .init(code: "fork", sequence: 4, detail: "x")))
        #expect(try JSONDecoder().decode(Acknowledgement.self, from: JSONEncoder().encode(new)) == new)
    }

    @Test func aWordOrAKeyOfALaterVersionIsNoReasonNotToReadAnAnswer() throws {
        let zeros = String(repeating: "0", count: 64)
        let later = """
            {"epoch":"101112131415161718191a1b1c1d1e1f","hash":"\(zeros)","lane":1,"upto":0,"mood":{"is":["good"]},\
            "fault":{"code":"tired","detail":"come back on Monday","sequence":1,"until":"Monday"}}
            """
        let answer = try JSONDecoder().decode(Acknowledgement.self, from: Data(later.utf8))
        #expect(answer.fault == .init(code: .unreadable, sequence: 1, detail: "come back on Monday"))
    }

    /// A batch of format 1 as kiosks of the version before send it.
    @Test func theOctetsOfABatchStayAsTheyWereRecorded() throws {
        let octets = Self.batch(1).octets
        #expect(sha256(octets).description == "c022035549654ccf18b6dabefee0e34e9b5c798c3be602f0abecb12350cc2720")
        #expect(octets.count == 148 + 4 + sampleChain(1)[0].octets.count)
        #expect(try Batch(decoding: octets) == Self.batch(1))
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

    /// The octets of an entry as a later version may write it: a clock quality that this one does not know.
    private func later(_ entry: Entry) -> [UInt8] {
        var header = entry.header.octets
        header[6] = 9
        var writer = OctetWriter(capacity: 512)
        for part in [header, entry.body, entry.sealed?.ciphertext ?? [], entry.sealed?.wrappedKey ?? []] { writer.put(prefixed: part) }
        return writer.octets
    }

    @Test func anEntryThatCannotBeReadButProvesItsPlaceIsPassedAndKnownAgain() {
        let chain = sampleChain(3)
        // The third has a sealed part.
        let poison = later(chain[2])
        let hash = sha256(Array(poison[4..<340]))
        #expect(
            take([chain[0].octets, chain[1].octets, poison]).last
                == .dead(ChainLink(octets: poison, sha256)!, .invalid(.clockQuality)))
        #expect(ChainLink(octets: poison, sha256)?.hash == hash)
        var intake = ChainIntake(WireTests.chain, from: ChainPosition(sequence: 3, hash: hash), sha256: sha256)
        #expect(intake.take(poison) { $0 == 3 ? hash : nil }.0 == .known)
        guard case .fault(let fault) = intake.take(poison, stored: { _ in chain[2].chainHash(sha256) }).0 else {
            Issue.record("taken")
            return
        }
        #expect(fault.code == .fork)
    }

    @Test func anEntryThatCannotBeReadNorProvesItsPlaceStopsTheChain() {
        let chain = sampleChain(3)
        var body = later(chain[2])
        body[350] ^= 1
        for (octets, code) in [
            (body, Acknowledgement.Fault.Code.unreadable), (Array(later(chain[2]).dropLast()), .unreadable),
            (later(sampleChain(4)[3]), .gap),
        ] {
            guard case .fault(let fault) = take([chain[0].octets, chain[1].octets, octets]).last else {
                Issue.record("taken")
                continue
            }
            #expect(fault.code == code)
        }
    }

    @Test func aReadableEntrysPlaceIsTheSameReadInBothWays() {
        for entry in sampleChain(7) { #expect(ChainLink(octets: entry.octets, sha256) == ChainLink(entry, sha256)) }
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

    @Test func whatAKioskWasToldIsTwoNumbersAndNothingElse() {
        #expect(Told(headerValue: Told(acknowledged: 120, safe: 100).headerValue) == Told(acknowledged: 120, safe: 100))
        #expect(Told(headerValue: "0 0") == Told(acknowledged: 0, safe: 0))
        for value in ["", "5", "5 ", " 5 5", "5 6", "-1 0", "5 5 5", "5  5", "9223372036854775808 0", "a b"] {
            #expect(Told(headerValue: value) == nil, "\(value)")
        }
    }
}
