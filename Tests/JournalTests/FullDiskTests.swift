import Conditions
import DeviceLayer
import DeviceSocket
import Journal
import KioskCore
import SyncProtocol
import Synchronization
import Testing

@Suite struct FullDiskTests {
    /// Promise 4: what was accepted can always be brought to its end.
    @Test func aFullJournalRefusesNewWorkAndStillTakesTheOutcomesOfTheOld() async throws {
        let folder = try TemporaryFolder()
        let limits = JournalLimits(capacity: 1 << 20, headroom: 512 << 10, reserve: 0)
        let journal = try await openJournal(folder, limits: limits)
        var tickets: [Ticket] = []
        let refusal = await #expect(throws: JournalError(.full, "")) {
            while tickets.count < 10_000 { tickets.append(try await journal.issue(request())) }
        }
        #expect(refusal?.condition == .journalFull)
        #expect(tickets.count > 100)
        for ticket in tickets.suffix(100) {
            #expect(try await journal.begin(ticket.sheet()) == .begun)
            _ = try await journal.settle(ticket.sheet(), PrintResult(.printed))
            try await journal.recordDelivery(of: ticket.id, by: .paper)
        }
        await #expect(throws: JournalError(.full, "")) { try await journal.requestCopy(of: tickets[0].id) }
        #expect(try await journal.tickets(today).count == tickets.count)
        _ = try await journal.verify()
    }

    /// The database's own limit, when even the headroom is used up: refused whole, and all that was there stays.
    @Test func theHardLimitRollsBackWholly() async throws {
        let folder = try TemporaryFolder()
        let limits = JournalLimits(capacity: 256 << 10, headroom: 0, reserve: 0)
        let journal = try await openJournal(folder, limits: limits)
        var tickets: [Ticket] = []
        await #expect(throws: JournalError(.full, "")) {
            while tickets.count < 10_000 { tickets.append(try await journal.issue(request())) }
        }
        #expect(try await journal.tickets(today).map(\.ticket) == tickets)
        #expect(try await journal.verify()[.transactions]?.sequence == UInt64(tickets.count))
        try await journal.close()
        let roomier = try await openJournal(folder)
        #expect(try await roomier.issue(request()).number.ordinal == tickets.count + 1)
    }

    @Test func aFullFileSystemIsFoundBeforeAnythingIsAccepted() async throws {
        let folder = try TemporaryFolder()
        let world = World()
        let journal = try await openJournal(folder, limits: JournalLimits(reserve: 1000), world: world)
        let ticket = try await journal.issue(request())
        world.free.withLock { $0 = 999 }
        await #expect(throws: JournalError(.full, "")) { try await journal.issue(request()) }
        await #expect(throws: JournalError(.full, ""), "another program's job has no claim to the reserve") {
            try await journal.begin(PrintID("foreign:1")!)
        }
        #expect(try await journal.begin(ticket.sheet()) == .begun)
        _ = try await journal.settle(ticket.sheet(), PrintResult(.printed))
        world.free.withLock { $0 = 1000 }
        #expect(try await journal.issue(request()).number.ordinal == 2)
    }
}
