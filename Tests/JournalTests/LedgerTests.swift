import Conditions
import DeviceLayer
import DeviceSocket
import Journal
import KioskCore
import SyncProtocol
import Testing

/// The sentences of `PrintLedger`, for the journal.
@Suite struct LedgerTests {
    @Test func anIntentIsBegunOnceAndThenUnderWay() async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        let ticket = try await journal.issue(request())
        #expect(try await journal.begin(ticket.sheet()) == .begun)
        #expect(try await journal.begin(ticket.sheet()) == .underWay)
        #expect(try await journal.result(of: ticket.sheet()) == nil)
    }

    @Test func theFirstOutcomeStands() async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        let ticket = try await journal.issue(request())
        _ = try await journal.begin(ticket.sheet())
        let printed = PrintResult(.printed)
        #expect(try await journal.settle(ticket.sheet(), printed) == printed)
        #expect(try await journal.settle(ticket.sheet(), PrintResult(.failed, reason: .mediaEmpty, detail: "late")) == printed)
        #expect(try await journal.result(of: ticket.sheet()) == printed)
        #expect(try await journal.begin(ticket.sheet()) == .settled(printed))
        let kinds = try await journal.entries(after: 0, lane: .transactions, limit: 10).map(\.header.kind)
        #expect(kinds == [.ticketIssued, .printSettled], "one entry, not one for each attempt")
    }

    @Test func theEntryOfAnOutcomeSaysHowAndWhy() async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        let ticket = try await journal.issue(request())
        _ = try await journal.settle(ticket.sheet(), PrintResult(.failed, reason: .mediaEmpty, detail: "no paper"))
        let entry = try #require(try await journal.entries(after: 1, lane: .transactions, limit: 1).first)
        #expect(
            entry.text == #"{"copy":1,"detail":"no paper","outcome":"failed","print":"\#(ticket.sheet())","reason":"media-empty","#
                + #""ticket":"\#(ticket.id)"}"#)
    }

    /// Promise 1: whoever asks, nothing is printed in our name that was not journaled.
    @Test(arguments: ["01M806K111FMARA7MZ2X6V6H0K.1", "test-page", "01M806K111FMARA7MZ2X6V6H0K.0"])
    func aPrintWithoutAnIntentIsRefusedForEver(_ name: String) async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        let id = PrintID(name)!
        guard case .settled(let refused) = try await journal.begin(id) else {
            Issue.record("\(name) may be printed")
            return
        }
        #expect(refused.outcome == .failed)
        #expect(refused.reason == .printNotJournaled)
        #expect(try await journal.begin(id) == .settled(refused))
        #expect(try await journal.result(of: id) == refused)
        #expect(try await journal.entries(after: 0, lane: .transactions, limit: 1).isEmpty)
        #expect(try await journal.entries(after: 0, lane: .telemetry, limit: 9).map(\.header.kind) == [.printSettled])
    }

    @Test func aSheetBeyondTheRequestedCopiesIsRefused() async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        let ticket = try await journal.issue(request())
        guard case .settled(let refused) = try await journal.begin(ticket.sheet(2)) else {
            Issue.record("copy 2 was never asked for")
            return
        }
        #expect(refused.reason == .printNotJournaled)
    }

    @Test func aForeignJobIsPrintedOnceAndNotCountedAsATransaction() async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        let id = PrintID("foreign:urn:uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c8")!
        #expect(try await journal.begin(id) == .begun)
        #expect(try await journal.begin(id) == .underWay)
        _ = try await journal.settle(id, PrintResult(.sent))
        #expect(try await journal.begin(id) == .settled(PrintResult(.sent)))
        #expect(try await journal.entries(after: 0, lane: .transactions, limit: 1).isEmpty)
        #expect(try await journal.verify()[.telemetry]?.sequence == 1)
    }

    @Test func anIdThatWasCancelledBeforeItWasSeenIsSettled() async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        let id = PrintID("foreign:1")!
        let cancelled = PrintResult(.failed, reason: .printCancelled)
        #expect(try await journal.settle(id, cancelled) == cancelled)
        #expect(try await journal.begin(id) == .settled(cancelled))
    }

    @Test func aRestartSettlesWhatWasLeft() async throws {
        let folder = try TemporaryFolder()
        let first = try await openJournal(folder)
        let asked = try await first.issue(request())
        let started = try await first.issue(request())
        let ended = try await first.issue(request())
        _ = try await first.begin(started.sheet())
        _ = try await first.settle(ended.sheet(), PrintResult(.processed))
        try await first.close()

        let second = try await openJournal(folder)
        let settled = try await second.settleUnfinished()
        #expect(settled.mapValues(\.outcome) == [asked.sheet(): .failed, started.sheet(): .unknown])
        #expect(settled.mapValues(\.reason) == [asked.sheet(): .printAbandoned, started.sheet(): .printInterrupted])
        #expect(try await second.begin(asked.sheet()) == .settled(settled[asked.sheet()]!))
        #expect(try await second.settleUnfinished().isEmpty)
        #expect(try await second.stats().openPrints == 0)
        _ = try await second.verify()
    }

    /// A spooler's job may come before the program has settled what the last run left.
    @Test func aLateJobOfTheLastRunIsNotPrinted() async throws {
        let folder = try TemporaryFolder()
        let first = try await openJournal(folder)
        let asked = try await first.issue(request())
        let started = try await first.issue(request())
        _ = try await first.begin(started.sheet())
        try await first.close()

        let second = try await openJournal(folder)
        for (sheet, outcome, reason) in [
            (asked.sheet(), PrintOutcome.failed, ConditionCode.printAbandoned), (started.sheet(), .unknown, .printInterrupted),
        ] {
            guard case .settled(let result) = try await second.begin(sheet) else {
                Issue.record("\(sheet) of the last run may be printed")
                continue
            }
            #expect(result.outcome == outcome)
            #expect(result.reason == reason)
        }
        #expect(try await second.settleUnfinished().isEmpty)
    }

    /// Half a sheet may hang in the printer until some print came out whole.
    @Test func whatMayHangInThePrinterIsRememberedUntilAPrintCameOutWhole() async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        #expect(try await journal.lastPrintMayHang() == false, "nothing was ever begun")
        let first = try await journal.issue(request())
        #expect(try await journal.lastPrintMayHang() == false, "asked for, not begun")
        _ = try await journal.begin(first.sheet())
        #expect(try await journal.lastPrintMayHang(), "begun and open")
        _ = try await journal.settle(first.sheet(), PrintResult(.unknown, reason: .printInterrupted))
        try await journal.close()

        let next = try await openJournal(folder)
        _ = try await next.settleUnfinished()
        #expect(try await next.lastPrintMayHang(), "also for the run after the next")
        let second = try await next.issue(request())
        _ = try await next.begin(second.sheet())
        _ = try await next.settle(second.sheet(), PrintResult(.printed))
        #expect(try await next.lastPrintMayHang() == false)
    }
}
