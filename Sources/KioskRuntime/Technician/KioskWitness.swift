import Conditions
import DeviceSocket
import Foundation
import Journal
import KioskCore
import SyncProtocol

/// Looks at a running kiosk and says how it is; changes nothing.
struct KioskWitness: Sendable {
    let site: Site
    let kiosk: Kiosk
    let printerName: String
    let centreURL: String?
    let journal: Journal
    let troubles: TroubleBoard
    let centre: CentreBoard
    let notices: NoticeDesk
    let startedAt: WallTime

    private var today: ServiceDay { ServiceDay(.now, in: site.timeZone) }

    func status() async throws -> KioskStatus {
        let stats = try await journal.stats()
        let refusal = await journal.refusal()
        var counts = TicketCounts()
        for (ticket, prints) in try await journal.ticketsWithPrints(today) { counts.add(TicketFate(ticket, prints).column) }
        return KioskStatus(
            site: site.id.rawValue, kiosk: kiosk.id.rawValue, day: today.description, processID: Int(getpid()),
            startedAt: startedAt.iso, printer: try await printer(),
            journal: KioskStatus.JournalState(stats, refusal, await journal.clockDoubt()), centre: centre.status(url: centreURL),
            notices: notices.status, tickets: counts)
    }

    private func printer() async throws -> KioskStatus.Printer {
        var printer = troubles.printerStatus(named: printerName)
        printer.roll = try await journal.roll(of: printerName).map(KioskStatus.Roll.init)
        return printer
    }

    func tickets() async throws -> [TicketStatus] {
        try await journal.ticketsWithPrints(today).map { ticket, prints in TicketStatus(ticket, prints) }
    }

    /// Walks both chains and commits once, as a ticket would.
    func verify() async -> JournalVerification {
        var result = JournalVerification(entries: 0, fault: nil, synchronous: 0, journalMode: "", commitMilliseconds: 0)
        do throws(JournalError) {
            let durability = try await journal.durability()
            result.synchronous = durability.synchronous
            result.journalMode = durability.mode
            result.commitMilliseconds = durability.commit / .milliseconds(1)
            result.entries = UInt64(try await journal.verify().entries)
        } catch {
            result.fault = "\(error)"
        }
        return result
    }
}

extension KioskStatus.JournalState {
    init(_ stats: JournalStats, _ refusal: JournalError?, _ clock: ClockDoubt?) {
        let lanes = Lane.allCases.map { lane in
            let head = stats.heads[lane] ?? .start
            let acknowledged = stats.acknowledged[lane]?.sequence ?? 0
            return KioskStatus.LaneState(
                lane: lane.description, sequence: head.sequence, hash: head.hash, acknowledged: acknowledged,
                waiting: head.sequence > acknowledged ? head.sequence - acknowledged : 0)
        }
        self.init(
            epoch: stats.epoch, run: stats.run, size: stats.size, capacity: stats.capacity, freeSpace: stats.freeSpace,
            openPrints: stats.openPrints, refusal: refusal.map { .init(condition: $0.condition, detail: $0.detail) },
            clock: clock?.description, lanes: lanes)
    }
}

extension TicketStatus {
    init(_ record: TicketRecord, _ prints: [PrintRecord]) {
        self.init(
            ticket: record.ticket.id.rawValue, number: record.ticket.number.description,
            agency: record.ticket.service.agency.rawValue, service: record.ticket.service.service.rawValue,
            issuedAt: record.ticket.issuedAt.iso, column: TicketFate(record, prints).column,
            prints: prints.map { Print(id: $0.id.rawValue, outcome: $0.outcome) })
    }
}

extension TicketFate {
    /// As the journal's tables know it; the centre works it out from the entries.
    init(_ record: TicketRecord, _ prints: [PrintRecord]) {
        self.init()
        switch record.state {
        case .issued: break
        case .delivered: isDelivered = true
        case .void: isVoid = true
        }
        for print in prints {
            requested()
            if let outcome = print.outcome { settled(outcome.rawValue) }
        }
    }
}

extension PrintRecord {
    var outcome: PrintOutcome? {
        if case .settled(let result) = state { result.outcome } else { nil }
    }
}

extension WallTime {
    /// ISO 8601 in UTC with milliseconds.
    var iso: String {
        Date(timeIntervalSince1970: Double(milliseconds) / 1000).formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
