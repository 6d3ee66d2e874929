import Conditions
import DeviceLayer
import Foundation
import Journal
import KioskCore
import SyncProtocol
import Synchronization
import Testing

/// What is kept, and for how long.
@Suite struct RetentionTests {
    static let lane = Lane.transactions

    /// Tickets with a NIK that were printed and delivered on `day`.
    static func visits(_ count: Int, in journal: Journal, day: ServiceDay = today) async throws -> [Ticket] {
        var tickets: [Ticket] = []
        for _ in 0..<count {
            let ticket = try await journal.issue(request(day: day, nik: nik))
            #expect(try await journal.begin(ticket.sheet()) == .begun)
            _ = try await journal.settle(ticket.sheet(), PrintResult(.printed))
            try await journal.recordDelivery(of: ticket.id, by: .paper)
            tickets.append(ticket)
        }
        return tickets
    }

    static func open(_ folder: TemporaryFolder, _ world: World = World(), limits: JournalLimits = JournalLimits()) async throws -> Journal {
        try await openJournal(folder, recipient: OpeningKey().sealingKey, limits: limits, world: world)
    }

    /// Lets the world's clock show noon of `day` in Jakarta.
    static func noon(_ day: ServiceDay, _ world: World) { world.wall.withLock { $0 = Int64(day.number) * 86_400_000 + 5 * 3_600_000 } }

    @Test func onlyTheJournalsOwnEntryIsCalledSafeAndOnlyOnceItIsAcknowledged() async throws {
        let folder = try TemporaryFolder()
        let journal = try await Self.open(folder)
        _ = try await Self.visits(2, in: journal)
        let head = try await journal.head(of: Self.lane)
        await #expect(throws: JournalError(.foreign, "")) { try await journal.markSafe(head, lane: Self.lane) }
        try await journal.acknowledge(head, lane: Self.lane)
        for wrong in [
            ChainPosition(sequence: head.sequence, hash: EntryHash(octets: [UInt8](repeating: 9, count: 32))!),
            ChainPosition(sequence: head.sequence + 1, hash: head.hash),
        ] {
            await #expect(throws: JournalError(.foreign, "")) { try await journal.markSafe(wrong, lane: Self.lane) }
        }
        #expect(try await journal.safe(Self.lane) == .start)
        try await journal.markSafe(head, lane: Self.lane)
        try await journal.close()
        let again = try await Self.open(folder)
        #expect(try await again.safe(Self.lane) == head)
    }

    @Test func aWordThatIsBroughtByHandMayCallItSafe() async throws {
        let journal = try await Self.open(TemporaryFolder())
        _ = try await Self.visits(1, in: journal)
        let head = try await journal.head(of: Self.lane)
        var answer = Acknowledgement(epoch: journal.epoch, lane: Self.lane, position: head)
        answer.safe = .init(head)
        #expect(try await journal.take(answer) == head)
        #expect(try await journal.safe(Self.lane) == head)
    }

    @Test func aCentreThatLostWhatItHadTakesItsWordOnBackupsBack() async throws {
        let folder = try TemporaryFolder()
        let journal = try await Self.open(folder)
        _ = try await Self.visits(1, in: journal)
        let head = try await journal.head(of: Self.lane)
        try await journal.acknowledge(head, lane: Self.lane)
        try await journal.markSafe(head, lane: Self.lane)
        try await journal.acknowledge(.start, lane: Self.lane)
        #expect(try await journal.safe(Self.lane) == .start)
        #expect(try await journal.prune().isEmpty)
    }

    /// Acknowledged is not enough: a centre that loses its disk is refilled from here.
    @Test func whatIsNotInABackupStaysWhole() async throws {
        let folder = try TemporaryFolder()
        let world = World()
        let journal = try await Self.open(folder, world)
        _ = try await Self.visits(3, in: journal)
        let before = try await journal.entries(after: 0, lane: Self.lane, limit: 100)
        try await journal.acknowledge(try await journal.head(of: Self.lane), lane: Self.lane)
        Self.noon(ServiceDay(number: today.number + 400), world)
        #expect(try await journal.prune().isEmpty)
        #expect(try await journal.entries(after: 0, lane: Self.lane, limit: 100) == before)
    }

    @Test func personalPartsGoAsSoonAsTheyAreSafeAndTheChainStaysWhole() async throws {
        let folder = try TemporaryFolder()
        let world = World()
        Self.noon(today, world)
        let journal = try await Self.open(folder, world)
        _ = try await Self.visits(2, in: journal)
        let safe = try await journal.head(of: Self.lane)
        _ = try await Self.visits(1, in: journal)
        try await journal.acknowledge(try await journal.head(of: Self.lane), lane: Self.lane)
        try await journal.markSafe(safe, lane: Self.lane)
        let secrets = try await journal.entries(after: 0, lane: Self.lane, limit: 100).compactMap(\.sealed)
        #expect(secrets.count == 3)
        let pruned = try await journal.prune()
        #expect((pruned.personalParts, pruned.entries, pruned.tickets) == (2, 0, 0))
        let kept = try await journal.entries(after: 0, lane: Self.lane, limit: 100)
        #expect(kept.count == 9)
        #expect(kept.compactMap(\.sealed) == [secrets[2]])
        #expect(try await journal.verify().entries == 9)
        try await journal.close()
        // Overwritten, not only forgotten.
        for (name, octets) in try folder.files() {
            for secret in secrets.prefix(2) {
                #expect(octets.range(of: Data(secret.ciphertext)) == nil, "\(name)")
                #expect(octets.range(of: Data(try #require(secret.wrappedKey))) == nil, "\(name)")
            }
        }
        let again = try await Self.open(folder, world)
        #expect(try await again.verify().entries == 9)
        #expect(try await again.prune().isEmpty)
    }

    @Test func oldDaysGoWithTheirTicketsAndTheChainIsVerifiedFromWhereItBegins() async throws {
        let folder = try TemporaryFolder()
        let world = World()
        Self.noon(today, world)
        let journal = try await Self.open(folder, world)
        let old = try await Self.visits(340, in: journal)
        let end = try await journal.head(of: Self.lane)
        let later = ServiceDay(number: today.number + 8)
        Self.noon(later, world)
        let kept = try await Self.visits(2, in: journal, day: later)
        let head = try await journal.head(of: Self.lane)
        try await journal.acknowledge(head, lane: Self.lane)
        try await journal.markSafe(head, lane: Self.lane)
        let pruned = try await journal.prune()
        #expect((pruned.entries, pruned.prints, pruned.tickets, pruned.personalParts) == (1020, 340, 340, 342))
        #expect(try await journal.tickets(today).isEmpty)
        #expect(try await journal.tickets(later).map(\.ticket) == kept)
        #expect(try await journal.verify().entries == 6)
        let state = try #require(try await journal.stats()[Self.lane])
        #expect((state.anchor, state.head) == (end, head))
        #expect(try await journal.hash(of: end.sequence, lane: Self.lane) == end.hash, "the centre may answer with it")
        try await journal.close()

        let again = try await Self.open(folder, world)
        #expect(try await again.verify()[Self.lane] == head)
        #expect(try await again.batch(after: .start, lane: Self.lane).entries.count == 6)
        // A day that comes back goes on where it was.
        Self.noon(today, world)
        #expect(try await again.issue(request()).number.ordinal == old.count + 1)
        #expect(try await again.begin(old[0].sheet()) != .begun, "a print id is printed once, also when nothing is known of it any more")
    }

    @Test func aPrunedChainShowsAChangeAndAMissingEntry() async throws {
        for tampering in ["UPDATE entries SET body = CAST('{}' AS BLOB) WHERE seq = 5", "DELETE FROM entries WHERE seq = 4"] {
            let folder = try TemporaryFolder()
            let world = World()
            Self.noon(today, world)
            let journal = try await Self.open(folder, world)
            _ = try await Self.visits(1, in: journal)
            let end = try await journal.head(of: Self.lane)
            _ = try await Self.visits(1, in: journal, day: ServiceDay(number: today.number + 8))
            try await journal.acknowledge(end, lane: Self.lane)
            try await journal.markSafe(end, lane: Self.lane)
            Self.noon(ServiceDay(number: today.number + 8), world)
            #expect(try await journal.prune().entries == 3)
            try await journal.close()
            try folder.tamper(tampering)
            await #expect(throws: JournalError(.corrupted, ""), "\(tampering)") { try await Self.open(folder, world) }
        }
    }

    /// A visit that has not ended keeps its ticket, whatever the calendar says.
    @Test func whatIsOpenStays() async throws {
        let folder = try TemporaryFolder()
        let world = World()
        Self.noon(today, world)
        let journal = try await Self.open(folder, world)
        let open = try await journal.issue(request())
        let hanging = try await journal.issue(request())
        _ = try await journal.begin(hanging.sheet())
        _ = try await journal.settle(hanging.sheet(), PrintResult(.unknown, reason: .printInterrupted))
        try await journal.recordDelivery(of: hanging.id, by: .unknown)
        let head = try await journal.head(of: Self.lane)
        try await journal.acknowledge(head, lane: Self.lane)
        try await journal.markSafe(head, lane: Self.lane)
        Self.noon(ServiceDay(number: today.number + 30), world)
        let pruned = try await journal.prune()
        #expect((pruned.entries, pruned.prints, pruned.tickets) == (4, 0, 0))
        #expect(try await journal.ticket(open.id)?.state == .issued)
        #expect(try await journal.lastPrintMayHang(), "half a sheet may still hang in the printer")
        #expect(try await journal.verify()[Self.lane] == head)
    }

    @Test func aDestroyedKeyErasesThePersonAndLeavesTheChainWhole() async throws {
        let folder = try TemporaryFolder()
        let journal = try await Self.open(folder)
        let tickets = try await Self.visits(3, in: journal)
        let before = try await journal.entries(after: 0, lane: Self.lane, limit: 100)
        let keys = before.compactMap { $0.sealed?.wrappedKey }
        #expect(try await journal.destroyKey(of: tickets[1].id))
        #expect(try await journal.destroyKey(of: tickets[1].id) == false)
        let after = try await journal.entries(after: 0, lane: Self.lane, limit: 100)
        #expect(after.map(\.header) == before.map(\.header))
        #expect(after.compactMap { $0.sealed?.wrappedKey } == [keys[0], keys[2]])
        #expect(try await journal.verify().entries == 9)
        for (name, octets) in try folder.files() { #expect(octets.range(of: Data(keys[1])) == nil, "\(name)") }
        await #expect(throws: JournalError(.unknownTicket, "")) {
            try await journal.destroyKey(of: try #require(TicketID("00000000000000000000000000")))
        }
    }

    /// A clock that leapt into the future must not make today old.
    @Test func aClockInDoubtPrunesNothingByItsDay() async throws {
        let folder = try TemporaryFolder()
        let world = World()
        Self.noon(today, world)
        world.quality.withLock { $0 = .unknown }
        let journal = try await Self.open(folder, world)
        let tickets = try await Self.visits(2, in: journal)
        let head = try await journal.head(of: Self.lane)
        try await journal.acknowledge(head, lane: Self.lane)
        try await journal.markSafe(head, lane: Self.lane)
        Self.noon(ServiceDay(number: today.number + 4000), world)
        #expect(try await journal.prune().entries == 0)
        #expect(try await journal.tickets(today).map(\.ticket) == tickets)
    }
}
