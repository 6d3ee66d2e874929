import Conditions
import SyncProtocol

@testable import KioskRuntime
@testable import Stage

/// A day that kiosk, paper and centre tell alike. Tests then make one of them lie.
struct HonestDay {
    var tickets: [TicketStatus] = []
    var sheets: [PaperAccount.Sheet] = []
    var kiosk = HonestDay.status
    var centre = HonestDay.report(TicketCounts(), upto: 0)
    var change: (inout StageAccounts) -> Void = { _ in }

    init(printed: Int = 0, void: Int = 0, unknown: Int = 0, screen: Int = 0, open: Int = 0) {
        for _ in 0..<printed { issue(.printed, .printed, sheets: 1) }
        for _ in 0..<void { issue(.void, .failed) }
        for _ in 0..<unknown { issue(.unknown, .unknown) }
        for _ in 0..<screen { issue(.screen, .failed) }
        for _ in 0..<open { issue(.open, nil) }
        allArrives()
    }

    static func time(_ second: Int) -> String { "2026-11-22T03:\(two(second / 60)):\(two(second % 60)).000Z" }
    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    /// Each ticket has ten seconds to itself.
    mutating func issue(_ column: TicketFate.Column, _ outcome: PrintOutcome?, sheets count: Int = 0) {
        let place = tickets.count
        let id = "01KAJ5Z8QF7W3M9V2X4T6B8C\(Self.two(place))"
        tickets.append(
            TicketStatus(
                ticket: id, number: "KKA-0\(Self.two(place + 1))", agency: "disdukcapil", service: "kartu-keluarga",
                issuedAt: Self.time(place * 10), column: column, prints: [.init(id: "\(id).1", outcome: outcome)]))
        for _ in 0..<count { putOut("\(id).1", at: place * 10 + 1) }
    }

    mutating func putOut(_ id: String?, at second: Int, isWhole: Bool = true) {
        sheets.append(
            PaperAccount.Sheet(
                number: sheets.count + 1, printID: id, isWholeTicket: isWhole, startedAt: Self.time(second),
                finishedAt: Self.time(second + 1)
            ))
    }

    var counts: TicketCounts {
        var counts = TicketCounts()
        for ticket in tickets { counts.add(ticket.column) }
        return counts
    }

    /// The centre has everything that the kiosk has.
    mutating func allArrives() {
        let head = UInt64(tickets.count * 2)
        kiosk.journal.lanes = [Self.lane(head, acknowledged: head)]
        centre = Self.report(counts, upto: head)
    }

    /// The kiosk has `more` entries that the centre does not have.
    mutating func entriesWait(_ more: UInt64) {
        let here = centre.chains[0].upto
        kiosk.journal.lanes = [Self.lane(here + more, acknowledged: here)]
    }

    var ledger: StageLedger {
        var accounts = StageAccounts(
            kiosk: KioskAccount(status: kiosk, tickets: tickets, isWhole: true),
            paper: PaperAccount(sheets: sheets, printer: .init(state: "ready", faults: [], revision: 9), events: nil), centre: centre,
            sheetsKnownSince: "2026-11-22T02:59:00.000Z")
        change(&accounts)
        return StageLedger(accounts)
    }
}

// MARK: - The witnesses' words

extension HonestDay {
    static let epoch = Epoch(octets: [UInt8](repeating: 7, count: 16))!
    static func hash(_ sequence: UInt64) -> EntryHash {
        EntryHash(octets: [UInt8](repeating: UInt8(truncatingIfNeeded: sequence), count: 32))!
    }

    static func lane(_ sequence: UInt64, acknowledged: UInt64) -> KioskStatus.LaneState {
        KioskStatus.LaneState(
            lane: "transactions", sequence: sequence, hash: hash(sequence), acknowledged: acknowledged, waiting: sequence - acknowledged)
    }

    static var status: KioskStatus {
        KioskStatus(
            site: "pekanbaru", kiosk: "mpp-1", day: "2026-11-22", processID: 7, startedAt: time(0),
            printer: .init(name: "ticket", isReady: true, conditions: [], spooler: nil),
            journal: .init(
                epoch: epoch, run: 1, size: 1, capacity: 2, freeSpace: 3, openPrints: 0, refusal: nil, lanes: [lane(0, acknowledged: 0)]),
            centre: .init(url: nil, condition: nil, detail: nil, answeredAt: nil), tickets: TicketCounts())
    }

    static func chain(_ upto: UInt64, kiosk: String = "mpp-1", hash: EntryHash? = nil) -> DayReport.Chain {
        DayReport.Chain(
            site: "pekanbaru", kiosk: kiosk, epoch: epoch.description, lane: "transactions", upto: upto, hash: hash ?? Self.hash(upto),
            head: upto, contact: time(0))
    }

    static func report(_ counts: TicketCounts, upto: UInt64) -> DayReport {
        let service = DayReport.Service(service: "kartu-keluarga", name: nil, counts: counts)
        return DayReport(
            day: "2026-11-22", made: time(0), agencies: [.init(agency: "disdukcapil", name: nil, services: [service])],
            chains: upto > 0 ? [chain(upto)] : [], incidents: [])
    }
}
