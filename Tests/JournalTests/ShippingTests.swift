import Conditions
import Journal
import KioskCore
import SyncProtocol
import Testing

@Suite struct ShippingTests {
    @Test func aBatchHoldsTheStoredOctetsBehindAPositionAndTheHead() async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        for _ in 0..<3 { _ = try await journal.issue(request()) }
        let stored = try await journal.entries(after: 1, lane: .transactions, limit: 9)
        let first = ChainPosition(sequence: 1, hash: try #require(try await journal.hash(of: 1, lane: .transactions)))
        let batch = try await journal.batch(after: first, lane: .transactions)
        #expect(batch.entries == stored.map(\.octets))
        #expect(batch.head == (try await journal.head(of: .transactions)))
        #expect(batch.chain == ChainName(site: site, kiosk: kiosk, epoch: journal.epoch, lane: .transactions))
        #expect(try await journal.batch(after: batch.head, lane: .transactions).entries == [])
    }

    @Test func aBatchEndsAtFiveHundredEntries() async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        for _ in 0..<(Batch.maximumEntries + 2) { _ = try await journal.issue(request()) }
        let batch = try await journal.batch(after: .start, lane: .transactions)
        #expect(batch.entries.count <= Batch.maximumEntries)
        #expect(batch.entries.map(\.count).reduce(0, +) <= Batch.maximumOctets)
        #expect(batch.entries.count > 100)
        #expect(batch.head.sequence == UInt64(Batch.maximumEntries + 2))
    }

    @Test func whatTheCentreHasIsRememberedThroughAnotherOpening() async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        _ = try await journal.issue(request())
        let head = try await journal.head(of: .transactions)
        #expect(try await journal.acknowledged(.transactions) == .start)
        try await journal.acknowledge(head, lane: .transactions)
        try await journal.close()
        let again = try await openJournal(folder)
        #expect(try await again.acknowledged(.transactions) == head)
        #expect(try await again.stats().acknowledged[.telemetry] == .start)
    }

    @Test func anAcknowledgementOfAnotherHistoryIsRefusedAndTheOldOneStands() async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        _ = try await journal.issue(request())
        let head = try await journal.head(of: .transactions)
        try await journal.acknowledge(head, lane: .transactions)
        for wrong in [
            ChainPosition(sequence: 1, hash: EntryHash(octets: [UInt8](repeating: 9, count: 32))!),
            ChainPosition(sequence: 7, hash: head.hash),
        ] {
            await #expect(throws: JournalError(.foreign, "")) { try await journal.acknowledge(wrong, lane: .transactions) }
        }
        #expect(try await journal.acknowledged(.transactions) == head)
    }

    @Test func aCentreThatLostEverythingIsRememberedAsEmpty() async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        _ = try await journal.issue(request())
        try await journal.acknowledge(try await journal.head(of: .transactions), lane: .transactions)
        try await journal.acknowledge(.start, lane: .transactions)
        #expect(try await journal.acknowledged(.transactions) == .start)
    }

    @Test func whatABackupHasIsRememberedWhenItIsOnesOwnAndAcknowledgedAndNeverTakenBack() async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        for _ in 0..<3 { _ = try await journal.issue(request()) }
        let position = { (sequence: UInt64) async throws in
            ChainPosition(sequence: sequence, hash: try #require(try await journal.hash(of: sequence, lane: .transactions)))
        }
        try await journal.acknowledge(try await position(2), lane: .transactions)
        let other = ChainPosition(sequence: 1, hash: EntryHash(octets: [UInt8](repeating: 9, count: 32))!)
        for wrong in [other, try await position(3)] {
            await #expect(throws: JournalError(.foreign, "")) { try await journal.markSafe(wrong, lane: .transactions) }
        }
        try await journal.markSafe(try await position(2), lane: .transactions)
        try await journal.markSafe(try await position(1), lane: .transactions)
        #expect(try await journal.safe(.transactions) == position(2))
        try await journal.close()
        #expect(try await openJournal(folder).safe(.transactions).sequence == 2)
    }

    @Test func aBatchHasNoMoreEntriesThanAreWantedAndSomethingWaitsUntilAllIsAcknowledged() async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        #expect(try await journal.waiting(.transactions) == nil)
        for _ in 0..<3 { _ = try await journal.issue(request()) }
        #expect(try await journal.batch(after: .start, lane: .transactions, limit: 2).entries.count == 2)
        #expect(try await journal.waiting(.transactions) != nil)
        try await journal.acknowledge(try await journal.head(of: .transactions), lane: .transactions)
        #expect(try await journal.waiting(.transactions) == nil)
    }

    @Test func whoeverWatchesIsToldOfWhatIsRecorded() async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        var changes = journal.changes().makeAsyncIterator()
        #expect(await changes.next() != nil)
        _ = try await journal.issue(request())
        #expect(await changes.next() != nil)
    }

    @Test func ticketsComeWithTheirPrintsInTheOrderOfIssue() async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        let first = try await journal.issue(request())
        let second = try await journal.issue(request())
        _ = try await journal.settle(first.sheet(), PrintResult(.unknown, reason: .printInterrupted))
        let copy = try await journal.requestCopy(of: first.id)
        let told = try await journal.ticketsWithPrints(today)
        #expect(told.map(\.ticket.ticket.id) == [first.id, second.id])
        #expect(told.map { $0.prints.map(\.id) } == [[first.sheet(), copy.printID], [second.sheet()]])
    }

    @Test func aCommitIsSyncedInFullAndItsTimeIsTold() async throws {
        let folder = try TemporaryFolder()
        let durability = try await openJournal(folder).durability()
        #expect(durability.synchronous >= 2)
        #expect(durability.mode == "wal")
        #expect(durability.commit > .zero)
    }
}
