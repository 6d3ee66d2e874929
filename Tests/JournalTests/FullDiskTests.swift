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

    /// The limit reached, then the centre has it all in a backup: the journal accepts again.
    @Test func aFullJournalIsDrainedAndAcceptsAgain() async throws {
        let folder = try TemporaryFolder()
        let limits = JournalLimits(capacity: 1 << 20, headroom: 128 << 10, reserve: 0)
        let journal = try await openJournal(folder, limits: limits)
        var tickets: [Ticket] = []
        await #expect(throws: JournalError(.full, "")) {
            while tickets.count < 10_000 { tickets.append(try await journal.issue(request())) }
        }
        #expect(try await journal.tend().isEmpty, "nothing goes before the centre has it")
        let head = try await journal.head(of: .transactions)
        try await journal.acknowledge(head, lane: .transactions)
        #expect(try await journal.tend().isEmpty, "nor before the centre has it in a backup")
        try await journal.markSafe(head, lane: .transactions)
        #expect(try await journal.tend().entries == tickets.count)
        #expect(try await journal.issue(request()).number.ordinal == tickets.count + 1)
        #expect(try await journal.verify()[.transactions]?.sequence == UInt64(tickets.count + 1))
    }

    /// From 80 % on, telemetry is left out and what the centre has of it goes; its chain keeps no hole.
    @Test func telemetryGivesWayToTransactions() async throws {
        let folder = try TemporaryFolder()
        let limits = JournalLimits(capacity: 1 << 20, headroom: 64 << 10, reserve: 0)
        let journal = try await openJournal(folder, limits: limits)
        func foreign(_ number: Int) async throws {
            let print = PrintID("foreign:\(number)")!
            #expect(try await journal.begin(print) == .begun)
            _ = try await journal.settle(print, PrintResult(.printed))
        }
        for number in 1...20 { try await foreign(number) }
        try await journal.acknowledge(try await journal.head(of: .telemetry), lane: .telemetry)
        #expect(try await journal.tend().isEmpty, "there is room")
        while try await journal.stats().size < limits.capacity / 100 * 80 { _ = try await journal.issue(request()) }
        let end = try await journal.head(of: .telemetry)
        for number in 21...23 { try await foreign(number) }
        #expect(try await journal.head(of: .telemetry) == end)
        let state = try #require(try await journal.stats()[.telemetry])
        #expect((state.unrecorded, state.anchor) == (3, .start))
        #expect(try await journal.tend().entries == 20)
        #expect(try await journal.stats()[.telemetry]?.anchor == end)
        #expect(try await journal.verify()[.telemetry] == end)
        _ = try await journal.issue(request())
    }

    /// Somebody fills the disk to the last octet: the ballast is what outcomes and pruning live on.
    @Test func aDiskFilledToTheLastOctetIsDrained() throws {
        let folder = try TemporaryFolder()
        let run = try WriterProcess(
            arguments: ["drain", folder.path, "400"],
            script: "mount -t tmpfs -o size=24m tmpfs \"$3\" && mkdir \"$3/j\" && exec \"$1\" \"$2\" \"$3/j\" \"$4\""
        ).run()
        #expect(
            run.lines == [
                "ballast 4194304", "disk full", "issue refused full", "settled 400, ballast 0", "pruned 1200 entries, 399 tickets",
                "issue refused full", "issue accepted", "ballast 4194304", "verified to 1201",
            ])
    }
}
