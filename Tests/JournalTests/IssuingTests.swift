import Conditions
import DeviceLayer
import Journal
import KioskCore
import SyncProtocol
import Testing

@Suite struct IssuingTests {
    @Test func aTicketItsIntentAndItsEntryAppearTogether() async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        let ticket = try await journal.issue(request())

        #expect(ticket.number.description == "KKA-001")
        #expect(ticket.claimCode.utf8.count == 10)
        #expect(try await journal.tickets(today) == [TicketRecord(ticket: ticket, channel: .screen, state: .issued)])
        #expect(try await journal.prints().map(\.id) == [ticket.sheet()])
        #expect(try await journal.prints().map(\.state) == [.intent])
        let entries = try await journal.entries(after: 0, lane: .transactions, limit: 10)
        #expect(entries.map(\.header.kind) == [.ticketIssued])
        #expect(entries[0].header.day == today)
        #expect(entries[0].header.clock.monotonic == 77)
        #expect(
            entries[0].text == #"{"agency":"dukcapil","channel":"screen","claim":"\#(ticket.claimCode)","number":"KKA-001","ordinal":1,"#
                + #""sealed":[],"series":"KKA","service":"ktp-el","ticket":"\#(ticket.id)"}"#)
    }

    @Test func aLeasedNumberIsTheCentresAndIsIssuedOnce() async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        var leased = request(series: "KK")
        leased.leased = 7
        #expect(try await journal.issue(leased).number.description == "KK-007")
        await #expect(throws: JournalError(.numberTaken, "")) { try await journal.issue(leased) }
        #expect(try await journal.issue(request()).number.description == "KKA-001", "the reserve series counts for itself")
        leased.day = ServiceDay(number: today.number + 1)
        #expect(try await journal.issue(leased).number.description == "KK-007")
        #expect(try await journal.tickets(today).map(\.ticket.number.description) == ["KK-007", "KKA-001"])
    }

    @Test func eachSeriesAndDayCountsForItself() async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        var numbers: [String] = []
        let tomorrow = ServiceDay(number: today.number + 1)
        for (series, day) in [("KKA", today), ("KKA", today), ("SIA", today), ("KKA", tomorrow), ("SIA", today)] {
            numbers.append(try await journal.issue(request(series: series, day: day)).number.description)
        }
        #expect(numbers == ["KKA-001", "KKA-002", "SIA-001", "KKA-001", "SIA-002"])
    }

    @Test func aDayThatComesBackContinuesItsCountAlsoAfterARestart() async throws {
        let folder = try TemporaryFolder()
        let first = try await openJournal(folder)
        _ = try await first.issue(request())
        _ = try await first.issue(request(day: ServiceDay(number: today.number + 400)))
        try await first.close()
        let second = try await openJournal(folder)
        #expect(try await second.issue(request()).number.ordinal == 2)
    }

    @Test func aHundredCallersAtOnceGetAHundredNumbers() async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        let ordinals = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<100 { group.addTask { try await journal.issue(request()).number.ordinal } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(ordinals.sorted() == Array(1...100))
        #expect(try await journal.verify()[.transactions]?.sequence == 100)
    }

    @Test func aCancelledTaskStillGetsItsTicket() async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await journal.issue(request())
        }
        let ticket = try await task.value
        #expect(try await journal.ticket(ticket.id)?.state == .issued)
    }

    @Test func aCopyIsTheNextSheetOfTheSameTicket() async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        let ticket = try await journal.issue(request())
        await #expect(throws: JournalError(.printUnfinished, "")) { try await journal.requestCopy(of: ticket.id) }
        _ = try await journal.settle(ticket.sheet(), PrintResult(.unknown, reason: .printInterrupted))
        let copy = try await journal.requestCopy(of: ticket.id)
        #expect(copy == PrintCopy(ticket.id, number: 2))
        #expect(try await journal.begin(copy.printID) == .begun)
        let entry = try #require(try await journal.entries(after: 2, lane: .transactions, limit: 1).first)
        #expect(entry.header.kind == .printRequested)
        #expect(entry.text == #"{"copy":2,"print":"\#(copy)","ticket":"\#(ticket.id)"}"#)
    }

    @Test func aTicketOfAnotherKioskIsUnknown() async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        let stranger = TicketID("01M806K111FMARA7MZ2X6V6H0K")!
        await #expect(throws: JournalError(.unknownTicket, "")) { try await journal.requestCopy(of: stranger) }
        await #expect(throws: JournalError(.unknownTicket, "")) { try await journal.recordDelivery(of: stranger, by: .paper) }
        await #expect(throws: JournalError(.unknownTicket, "")) { try await journal.void(stranger, .cancelled) }
        #expect(try await journal.ticket(stranger) == nil)
    }

    @Test func storedOctetsAreWhatTheChainHolds() async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        for _ in 0..<5 { _ = try await journal.issue(request()) }
        let entries = try await journal.entries(after: 0, lane: .transactions, limit: 10)
        var verifier = ChainVerifier(
            ChainName(site: site, kiosk: kiosk, epoch: journal.epoch, lane: .transactions), sha256: .swiftCrypto)
        for entry in entries { try verifier.verify(Entry(decoding: entry.octets)) }
        #expect(verifier.position == (try await journal.stats().heads[.transactions]))
    }
}
