import Conditions
import Journal
import KioskCore
import SyncProtocol
import Testing

@Suite struct DeliveryTests {
    @Test func aTicketIsDeliveredOnceAndTheFirstWayStands() async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        let ticket = try await journal.issue(request())
        #expect(try await journal.recordDelivery(of: ticket.id, by: .screen) == .screen)
        #expect(try await journal.recordDelivery(of: ticket.id, by: .paper) == .screen)
        #expect(try await journal.ticket(ticket.id)?.state == .delivered(.screen))
        let entries = try await journal.entries(after: 1, lane: .transactions, limit: 9)
        #expect(entries.map(\.text) == [#"{"by":"screen","number":"KKA-001","ticket":"\#(ticket.id)"}"#])
    }

    @Test func aVoidTicketCannotBeDeliveredNorCopied() async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        let ticket = try await journal.issue(request())
        _ = try await journal.settle(ticket.sheet(), PrintResult(.failed, reason: .printCancelled))
        #expect(try await journal.void(ticket.id, .notShown) == .notShown)
        #expect(try await journal.void(ticket.id, .cancelled) == .notShown)
        await #expect(throws: JournalError(.alreadyVoid, "")) { try await journal.recordDelivery(of: ticket.id, by: .screen) }
        await #expect(throws: JournalError(.alreadyVoid, "")) { try await journal.requestCopy(of: ticket.id) }
        let entries = try await journal.entries(after: 2, lane: .transactions, limit: 9)
        #expect(entries.map(\.text) == [#"{"number":"KKA-001","reason":"not-shown","ticket":"\#(ticket.id)"}"#])
    }

    @Test func aDeliveredTicketCannotBeVoid() async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        let ticket = try await journal.issue(request())
        try await journal.recordDelivery(of: ticket.id, by: .screen)
        await #expect(throws: JournalError(.alreadyDelivered, "")) { try await journal.void(ticket.id, .cancelled) }
    }

    @Test func aTicketWhosePrintMayStillComeOutCannotBeVoid() async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        let ticket = try await journal.issue(request())
        await #expect(throws: JournalError(.printUnfinished, "")) { try await journal.void(ticket.id, .notShown) }
    }

    @Test func aVoidNumberIsNotUsedAgain() async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        let ticket = try await journal.issue(request())
        _ = try await journal.settle(ticket.sheet(), PrintResult(.failed, reason: .printCancelled))
        try await journal.void(ticket.id, .notShown)
        #expect(try await journal.issue(request()).number.ordinal == 2)
    }

    @Test(arguments: [
        (PrintOutcome.printed, TicketState.delivered(.paper)), (.processed, .delivered(.paper)), (.sent, .delivered(.paper)),
        (.unknown, .delivered(.unknown)), (.failed, .void(.printFailed)),
    ])
    func aVisitThatTheLastRunLeftIsDecidedByItsPrint(_ outcome: PrintOutcome, _ state: TicketState) async throws {
        let folder = try TemporaryFolder()
        let first = try await openJournal(folder)
        let ticket = try await first.issue(request())
        _ = try await first.settle(ticket.sheet(), PrintResult(outcome))
        try await first.close()

        let second = try await openJournal(folder)
        #expect(try await second.recoverVisits() == [ticket.id: state])
        #expect(try await second.ticket(ticket.id)?.state == state)
        #expect(try await second.recoverVisits().isEmpty)
    }

    @Test func theSheetThatCameOutDecidesOverTheOneThatFailed() async throws {
        let folder = try TemporaryFolder()
        let first = try await openJournal(folder)
        let ticket = try await first.issue(request())
        _ = try await first.settle(ticket.sheet(), PrintResult(.failed, reason: .coverOpen))
        let copy = try await first.requestCopy(of: ticket.id)
        _ = try await first.settle(copy.printID, PrintResult(.printed))
        try await first.close()
        #expect(try await openJournal(folder).recoverVisits() == [ticket.id: .delivered(.paper)])
    }

    @Test func aVisitOfThisRunOrWithAnOpenPrintIsLeftAlone() async throws {
        let folder = try TemporaryFolder()
        let first = try await openJournal(folder)
        let open = try await first.issue(request())
        try await first.close()
        let second = try await openJournal(folder)
        let current = try await second.issue(request())
        _ = try await second.settle(current.sheet(), PrintResult(.printed))
        #expect(try await second.recoverVisits().isEmpty, "one print is open, the other visit goes on")
        _ = try await second.settleUnfinished()
        #expect(try await second.recoverVisits() == [open.id: .void(.printFailed)])
    }
}
