import Conditions
import DeviceLayer
import DeviceSocket
import Foundation
import GRDB
import Journal
import KioskCore
import SyncProtocol
import Synchronization
import Testing

@Suite struct RollTests {
    private static let assumed = RollMeter.Assumptions(metres: 80, nearEndMetres: 2)
    /// A ticket of 80 mm.
    private static let paper = PaperUse(printer: "ticket", micrometres: 80_000)

    private static func opened(_ folder: TemporaryFolder, world: World = World()) async throws -> Journal {
        let journal = try await openJournal(folder, world: world)
        try await journal.keepRoll(of: "ticket", assumed)
        return journal
    }

    /// Issues a ticket and prints it to its end.
    private static func printOne(_ journal: Journal, _ outcome: PrintOutcome = .printed) async throws {
        let ticket = try await journal.issue(request())
        _ = try await journal.begin(ticket.sheet())
        let result = PrintResult(outcome, reason: outcome == .unknown ? .printerSilent : nil)
        _ = try await journal.settle(ticket.sheet(), result, paper: paper)
    }

    private static func change(_ journal: Journal) async throws {
        #expect(try await journal.recordRoll(of: "ticket", .init(isOut: true)) == [.out])
        #expect(try await journal.recordRoll(of: "ticket", .init(isOut: true, coverIsOpen: true)) == [])
        #expect(try await journal.recordRoll(of: "ticket", .init()) == [.changed])
    }

    private static func told(_ journal: Journal) async throws -> [PrinterRoll] {
        try await journal.entries(after: 0, lane: .telemetry, limit: 100).filter { $0.header.kind == .printerRoll }.map {
            try JSONDecoder().decode(PrinterRoll.self, from: Data($0.body))
        }
    }

    @Test func paperIsCountedOnceForEachOutcomeAndSurvivesARestart() async throws {
        let folder = try TemporaryFolder()
        let journal = try await Self.opened(folder)
        try await Self.printOne(journal)
        try await Self.printOne(journal, .unknown)
        let ticket = try await journal.issue(request())
        _ = try await journal.begin(ticket.sheet())
        for _ in 0..<2 { _ = try await journal.settle(ticket.sheet(), PrintResult(.printed), paper: Self.paper) }
        try await journal.close()
        let again = try await Self.opened(folder)
        let roll = try #require(try await again.roll(of: "ticket"))
        #expect(roll.meter.used == 240_000)
        #expect(roll.left == .atMost(79_760_000))
        #expect(roll.ticketsLeft == 990)
        #expect(!roll.isUnproven, "no change was seen yet")
    }

    @Test func aPrintWhoseProgramDiedCountsAsATicketOfTheUsualLength() async throws {
        let folder = try TemporaryFolder()
        let journal = try await Self.opened(folder)
        try await Self.printOne(journal)
        let ticket = try await journal.issue(request())
        _ = try await journal.begin(ticket.sheet())
        _ = try await journal.issue(request())
        try await journal.close()
        let again = try await Self.opened(folder)
        #expect(try await again.settleUnfinished().count == 2)
        #expect(try await again.roll(of: "ticket")?.meter.used == 160_000, "the one that was not begun moved nothing")
    }

    @Test func aPrinterWhoseRollIsNotKeptCountsNothing() async throws {
        let journal = try await openJournal(TemporaryFolder())
        try await Self.printOne(journal)
        #expect(try await journal.roll(of: "ticket") == nil)
        #expect(try await journal.recordRoll(of: "ticket", .init(isLow: true)) == [])
        await #expect(throws: JournalError(.unknownPrinter, "")) { try await journal.newSlip(of: "ticket") }
    }

    @Test func aChangedRollIsUnprovenUntilItsSlipIsReadBack() async throws {
        let folder = try TemporaryFolder()
        let journal = try await Self.opened(folder)
        let old = try await journal.newSlip(of: "ticket")
        try await Self.change(journal)
        #expect(try await journal.roll(of: "ticket")?.isUnproven == true)
        #expect(try await journal.proveRoll(of: "ticket", code: old) == .noSlip, "it was printed on the last roll")
        let code = try await journal.newSlip(of: "ticket")
        #expect(code.count == 6)
        #expect(try await journal.proveRoll(of: "ticket", code: "000000x") == .otherCode)
        try await journal.close()
        let again = try await Self.opened(folder)
        #expect(try await again.proveRoll(of: "ticket", code: code.lowercased()) == .proven)
        #expect(try await again.roll(of: "ticket")?.isUnproven == false)
        try await Self.change(again)
        #expect(try await again.roll(of: "ticket")?.isUnproven == true)
    }

    @Test func theCentreIsToldOfEveryEventAndOfEveryTenth() async throws {
        let journal = try await Self.opened(TemporaryFolder())
        try await Self.printOne(journal)
        var told = try await Self.told(journal)
        #expect(told.map(\.event) == [nil])
        #expect(told.first?.tickets == 990)
        #expect(told.first?.certainty == .atMost)
        for _ in 0..<99 { try await Self.printOne(journal) }
        #expect(try await Self.told(journal).count == 1, "1000 and 900 tickets are within a tenth, in two figures")
        try await Self.printOne(journal)
        #expect(try await Self.told(journal).last?.tickets == 890)
        #expect(try await journal.recordRoll(of: "ticket", .init(isLow: true)) == [.low])
        try await Self.change(journal)
        told = try await Self.told(journal)
        #expect(told.map(\.event) == [nil, nil, "low", "out", "changed"])
        #expect(told.map(\.isLow) == [false, false, true, true, false])
        #expect(told.map(\.left) == [79_920, 71_920, 2000, 0, 80_000])
        #expect(told.last?.certainty == .about)
    }

    @Test func sensorsThatSayNothingNewWriteNothing() async throws {
        let folder = try TemporaryFolder()
        let journal = try await Self.opened(folder)
        for _ in 0..<3 { #expect(try await journal.recordRoll(of: "ticket", .init()) == []) }
        try await journal.close()
        let commits = try await DatabaseQueue(path: folder.database).read { try Int.fetchOne($0, sql: "SELECT commits FROM life") }
        #expect(commits == 1, "only that the roll is kept")
    }

    @Test func aNewRollThatNoSensorSeesIsTold() async throws {
        let journal = try await Self.opened(TemporaryFolder())
        try await Self.printOne(journal)
        try await journal.recordNewRoll(of: "ticket")
        let roll = try #require(try await journal.roll(of: "ticket"))
        #expect(roll.left == .about(80_000_000))
        #expect(roll.isUnproven)
    }

    @Test func aFlickeringSensorChangesNoRollAndDoesNotFillTheJournal() async throws {
        let world = World()
        let journal = try await Self.opened(TemporaryFolder(), world: world)
        try await Self.printOne(journal)
        try await Self.change(journal)
        try await Self.printOne(journal)
        let before = try #require(try await journal.roll(of: "ticket"))
        let told = try await Self.told(journal).count
        for _ in 0..<100 {
            #expect(try await journal.recordRoll(of: "ticket", .init(isOut: true)) == [.out])
            world.wall.withLock { $0 += 500 }
            #expect(try await journal.recordRoll(of: "ticket", .init()) == [])
            world.wall.withLock { $0 += 500 }
        }
        #expect(try await journal.roll(of: "ticket") == before)
        let words = Array(try await Self.told(journal).dropFirst(told))
        #expect(words.count == 18, "20 in an hour, and the change took two")
        #expect(words.map(\.event) == (0..<9).flatMap { _ in ["out", nil] })
        #expect(words.last?.left == 79_920)
        try await Self.printOne(journal)
        #expect(try await Self.told(journal).last?.left == 79_840, "the next print tells what was not told")
        world.wall.withLock { $0 += 3_600_000 }
        try await Self.change(journal)
        #expect(try await Self.told(journal).suffix(2).map(\.event) == ["out", "changed"])
    }

    @Test func theRoomOfOutcomesIsNotForSensors() async throws {
        let world = World()
        let journal = try await Self.opened(TemporaryFolder(), world: world)
        world.free.withLock { $0 = 0 }
        try await Self.change(journal)
        #expect(try await Self.told(journal) == [])
        #expect(try await journal.roll(of: "ticket")?.isUnproven == true)
    }

    @Test func aMeterThatCannotBeReadHindersNeitherOutcomesNorTheStart() async throws {
        let folder = try TemporaryFolder()
        let journal = try await Self.opened(folder)
        let (ticket, cut) = (try await journal.issue(request()), try await journal.issue(request()))
        try await Self.printOne(journal)
        _ = try await journal.begin(cut.sheet())
        try await journal.close()
        try folder.tamper("UPDATE rolls SET meter = '{\"used\":'")
        let again = try await openJournal(folder)
        #expect(try await again.roll(of: "ticket")?.meter == RollMeter())
        #expect(try await again.settleUnfinished()[cut.sheet()]?.outcome == .unknown)
        let copy = try await again.requestCopy(of: ticket.id)
        _ = try await again.begin(copy.printID)
        #expect(try await again.settle(copy.printID, PrintResult(.printed), paper: Self.paper).outcome == .printed)
        #expect(try await again.roll(of: "ticket")?.meter.used == 80_000, "counted from nothing")
        #expect(try await Self.told(again).map(\.event).contains("unreadable"))
        try await again.close()
        try folder.tamper("UPDATE rolls SET meter = '{\"of\":\"another version\"}'")
        let third = try await openJournal(folder)
        let fault = try await third.keepRoll(of: "ticket", Self.assumed)
        #expect(fault?.contains("the roll of ticket") == true)
        #expect(try await third.keepRoll(of: "ticket", Self.assumed) == nil, "it is sound again")
    }

    @Test func aPrinterOfAnotherNameLeavesNoRollBehind() async throws {
        let folder = try TemporaryFolder()
        let journal = try await Self.opened(folder)
        try await journal.keepRoll(of: "karcis", Self.assumed)
        #expect(try await journal.roll(of: "ticket") == nil)
        let ticket = try await journal.issue(request())
        _ = try await journal.begin(ticket.sheet())
        _ = try await journal.settle(ticket.sheet(), PrintResult(.printed), paper: PaperUse(printer: "karcis", micrometres: 90_000))
        _ = try await journal.begin(journal.issue(request()).sheet())
        try await journal.close()
        let again = try await openJournal(folder)
        _ = try await again.settleUnfinished()
        #expect(try await again.roll(of: "karcis")?.meter.used == 180_000, "the interrupted one is counted")
    }

    /// What an earlier version left: the tables of its second step.
    @Test func aJournalOfTheSecondSchemaGoesOnWithAllItHas() async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        let ticket = try await journal.issue(request())
        try await journal.close()
        try folder.tamper("DROP TABLE rolls; DELETE FROM grdb_migrations WHERE identifier = '3'")
        let again = try await Self.opened(folder)
        #expect(try await again.tickets(today).map(\.ticket.id) == [ticket.id])
        _ = try await again.begin(ticket.sheet())
        #expect(try await again.roll(of: "ticket")?.meter.used == 0)
    }
}
