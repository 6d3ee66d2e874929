import Foundation
import Journal
import KioskCore
import SyncProtocol
import Testing

/// A journal that was restored from an old copy, or copied to a second kiosk.
@Suite struct EpochTests {
    static let lane = Lane.transactions

    static func copy(_ folder: TemporaryFolder) throws -> TemporaryFolder {
        let copy = try TemporaryFolder()
        try FileManager.default.copyItem(atPath: folder.journal, toPath: copy.journal)
        return copy
    }

    @Test func anOldCopyIsFoundByTheCentresAnswerAndBeginsANewEpoch() async throws {
        let folder = try TemporaryFolder()
        let first = try await openJournal(folder)
        _ = try await first.issue(request())
        try await first.close()
        let old = try Self.copy(folder)

        let second = try await openJournal(folder)
        _ = try await second.issue(request())
        let atTheCentre = try await second.head(of: Self.lane)
        try await second.close()

        let restored = try await openJournal(old)
        await #expect(throws: JournalError(.foreign, "")) { try await restored.acknowledge(atTheCentre, lane: Self.lane) }
        _ = try await restored.issue(request())
        await #expect(throws: JournalError(.foreign, ""), "another entry of the same sequence") {
            try await restored.acknowledge(atTheCentre, lane: Self.lane)
        }
        let before = restored.epoch
        let kept = try await restored.entries(after: 0, lane: Self.lane, limit: 9)
        let epoch = try await restored.beginNewEpoch(reason: "restored from a copy of yesterday")
        #expect(restored.epoch == epoch && epoch != before)
        let oldChain = ChainName(site: site, kiosk: kiosk, epoch: before, lane: Self.lane)
        // Its first entry says what it follows.
        let announcement = try #require(try await restored.entries(after: 0, lane: Self.lane, limit: 9).first)
        #expect(announcement.header.kind == .epochBegun)
        let end = ChainPosition(sequence: 2, hash: try #require(try await restored.hash(of: 2, chain: oldChain)))
        #expect(
            try JSONDecoder().decode(EpochBegun.self, from: Data(announcement.body))
                == EpochBegun(previous: before, head: end, reason: "restored from a copy of yesterday"))
        #expect(try await restored.head(of: .telemetry) == .start)
        #expect(try await restored.earlierChains() == [oldChain])

        let ticket = try await restored.issue(request())
        #expect(ticket.number.ordinal == 3, "numbers go on")
        #expect(try await restored.entries(after: 0, lane: Self.lane, limit: 9).map(\.header.sequence) == [1, 2])
        #expect(try await restored.entries(after: 0, of: oldChain, limit: 9) == kept, "both branches are kept")
        #expect(try await restored.batch(after: 0, of: oldChain).entries == kept.map(\.octets))
        #expect(try await restored.verify().entries == 4)
        #expect(try await restored.tickets(today).map(\.ticket.number.ordinal) == [1, 2, 3], "the order of issue, through both epochs")
        try await restored.close()

        let again = try await openJournal(old)
        #expect(again.epoch == epoch)
        #expect(
            try await again.stats().chains.map(\.reason) == [
                "", "", "restored from a copy of yesterday", "restored from a copy of yesterday",
            ])
        // What the centre has put aside of the old branch is acknowledged by hand or by the sync, under its own name.
        #expect(try await again.take(Acknowledgement(epoch: before, lane: Self.lane, position: end)) == end)
        #expect(try await again.stats().chains.first { $0.name == oldChain }?.waiting == 0)
        #expect(try await again.earlierChains() == [oldChain], "no backup has it yet")
        try await again.markSafe(end, of: oldChain)
        #expect(try await again.earlierChains() == [])
        #expect(try await again.acknowledged(Self.lane) == .start)
    }

    /// The centre has seen more numbers than the copy has; what is older or nonsense moves nothing.
    @Test func anOldCopyGoesOnBehindTheNumbersThatTheCentreHasSeen() async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        let number = try await journal.issue(request()).number
        let end = SeriesEnd(series: number.series, day: today, last: 9)
        try await journal.goOn(behind: [end])
        for last in [0, -1, 3, 1_000_000_000] {
            try await journal.goOn(behind: [SeriesEnd(series: number.series, day: today, last: last)])
        }
        #expect(try await journal.issue(request()).number.ordinal == 10)
        // As it comes on a stick, with the end of a chain that is not this journal's own.
        var answer = Acknowledgement(
            epoch: journal.epoch, lane: Self.lane, position: ChainPosition(sequence: 99, hash: try await journal.head(of: Self.lane).hash))
        answer.numbers = [SeriesEnd(series: number.series, day: today, last: 20)]
        await #expect(throws: JournalError(.foreign, "")) { try await journal.take(answer) }
        try await journal.close()
        let again = try await openJournal(folder)
        #expect(try await again.issue(request()).number.ordinal == 21, "durably")
        try await again.close()
    }

    /// Two kiosks from one disk image: whoever comes second to the centre is told that its entry is another one.
    @Test func aCloneIsFoundByTheCentresAnswer() async throws {
        let folder = try TemporaryFolder()
        let first = try await openJournal(folder)
        _ = try await first.issue(request())
        try await first.close()
        let twinFolder = try Self.copy(folder)
        let one = try await openJournal(folder)
        let twin = try await openJournal(twinFolder)
        _ = try await one.issue(request())
        _ = try await twin.issue(request())
        let atTheCentre = try await one.head(of: Self.lane)
        try await one.acknowledge(atTheCentre, lane: Self.lane)
        await #expect(throws: JournalError(.foreign, "")) { try await twin.acknowledge(atTheCentre, lane: Self.lane) }
        try await twin.beginNewEpoch(reason: "cloned")
        #expect(twin.epoch != one.epoch)
        #expect(try await one.verify().entries == 2)
        #expect(try await twin.verify().entries == 3)
    }

    @Test func anAcknowledgementOfAnotherJournalIsRefused() async throws {
        let journal = try await openJournal(TemporaryFolder())
        let other = try await openJournal(TemporaryFolder())
        _ = try await journal.issue(request())
        _ = try await other.issue(request())
        let answer = Acknowledgement(epoch: other.epoch, lane: Self.lane, position: try await other.head(of: Self.lane))
        let refusal = await #expect(throws: JournalError(.foreign, "")) { try await journal.take(answer) }
        #expect(refusal?.detail.contains(other.epoch.description) == true)
    }

    /// As version 3 of the tables left it, with an acknowledgement.
    @Test func aJournalOfAnOlderProgramGoesOnWithItsEpochAndWhatTheCentreHas() async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        for _ in 0..<3 { _ = try await journal.issue(request()) }
        let (epoch, head) = (journal.epoch, try await journal.head(of: Self.lane))
        try await journal.acknowledge(head, lane: Self.lane)
        try await journal.close()
        try folder.tamper(
            """
            ALTER TABLE life ADD COLUMN epoch BLOB NOT NULL DEFAULT x'00000000000000000000000000000000';
            UPDATE life SET epoch = (SELECT epoch FROM chains LIMIT 1);
            ALTER TABLE life DROP COLUMN wall; ALTER TABLE life DROP COLUMN boot; ALTER TABLE life DROP COLUMN monotonic;
            CREATE TABLE acknowledged (lane INTEGER PRIMARY KEY, seq INTEGER NOT NULL CHECK (seq > 0), hash BLOB NOT NULL) STRICT;
            INSERT INTO acknowledged SELECT number, acknowledged, acknowledged_hash FROM chains WHERE acknowledged > 0;
            DROP TABLE chains;
            ALTER TABLE tickets DROP COLUMN chain;
            ALTER TABLE entries RENAME COLUMN chain TO lane;
            DELETE FROM grdb_migrations WHERE identifier = '4';
            """)
        let again = try await openJournal(folder)
        #expect(again.epoch == epoch)
        #expect(try await again.acknowledged(Self.lane) == head)
        #expect(try await again.acknowledged(.telemetry) == .start)
        #expect(try await again.verify()[Self.lane] == head)
        #expect(try await again.issue(request()).number.ordinal == 4)
        #expect(try await again.tickets(today).map(\.ticket.number.ordinal) == [1, 2, 3, 4])
    }
}
