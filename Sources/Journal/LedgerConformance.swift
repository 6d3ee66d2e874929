public import Conditions
public import DeviceLayer
public import DeviceSocket
import GRDB
import KioskCore
import SyncProtocol

// The sentences of `PrintLedger`, each one durable transaction.
extension Journal: PrintLedger {
    /// ``LedgerAnswer/begun`` once for each intent of this run; an intent of an earlier run is abandoned here at the latest.
    ///
    /// An id that is neither an intent nor `foreign:` is settled as failed (`print-not-journaled`): promise 1.
    public func begin(_ id: PrintID) async throws(JournalError) -> LedgerAnswer {
        // Other programs' jobs must not use up the room that is kept for the outcomes of tickets.
        if try read({ try LedgerLine(id, in: $0) }) == nil { try requireRoom() }
        let clock = environment.clock()
        return try await write { [self] database in
            guard let line = try LedgerLine(id, in: database) else {
                guard id.isForeign else {
                    let refusal = PrintResult(
                        .failed, reason: .printNotJournaled, detail: "this journal has no intent to print it; nothing was sent")
                    return .settled(try settle(id, nil, refusal, clock, in: database))
                }
                try database.run(
                    "INSERT INTO prints (id, state, requested, begun, run) VALUES (?, 'begun', ?, ?, ?)",
                    [id.rawValue, clock.wall.milliseconds, clock.wall.milliseconds, writer.life.run])
                return .begun
            }
            switch line.state {
            case .settled(let result):
                return .settled(result)
            case .intent where line.run == writer.life.run:
                try database.run(
                    "UPDATE prints SET state = 'begun', begun = ? WHERE id = ?", [clock.wall.milliseconds, id.rawValue])
                return .begun
            case .begun where line.run == writer.life.run:
                return .underWay
            case .intent, .begun:
                return .settled(try settle(id, line, line.interruption, clock, in: database))
            }
        }
    }

    /// Records the outcome and entry `print.settled`; the first one recorded stands.
    public func settle(_ id: PrintID, _ result: PrintResult) async throws(JournalError) -> PrintResult {
        try await record(id, result, nil)
    }

    /// As ``settle(_:_:)``, and counts the paper of the first outcome that is recorded, in the same transaction.
    ///
    /// Async, because callers that may wait would else be given the protocol's own, which counts nothing.
    public func settle(_ id: PrintID, _ result: PrintResult, paper: PaperUse?) async throws(JournalError) -> PrintResult {
        try await record(id, result, paper)
    }

    private func record(_ id: PrintID, _ result: PrintResult, _ paper: PaperUse?) async throws(JournalError) -> PrintResult {
        let clock = environment.clock()
        return try await write { [self] database in
            let line = try LedgerLine(id, in: database)
            if case .settled(let standing) = line?.state { return standing }
            if let paper { try count(paper, clock, in: database) }
            return try settle(id, line, result, clock, in: database)
        }
    }

    /// The settled result of `id`; `nil` while it has none.
    public func result(of id: PrintID) throws(JournalError) -> PrintResult? {
        try read { database in
            guard case .settled(let result) = try LedgerLine(id, in: database)?.state else { return nil }
            return result
        }
    }

    /// Settles everything that is open: what was not begun as failed (`print-abandoned`), what was as unknown (`print-interrupted`).
    /// Call it once at start, before anything is issued or printed.
    public func settleUnfinished() async throws(JournalError) -> [PrintID: PrintResult] {
        let clock = environment.clock()
        return try await write { [self] database in
            var settled: [PrintID: PrintResult] = [:]
            for line in try database.rows("SELECT * FROM prints WHERE state <> 'settled' ORDER BY id").map(LedgerLine.init) {
                if case .begun = line.state { try countInterruptedPrint(clock, in: database) }
                settled[line.id] = try settle(line.id, line, line.interruption, clock, in: database)
            }
            return settled
        }
    }

    /// Whether the print that was begun last is not known to have come out whole: half of it may still hang in the printer.
    public func lastPrintMayHang() throws(JournalError) -> Bool {
        let whole: [PrintOutcome] = [.printed, .processed, .sent]
        return try read { database in
            let last = try database.rows("SELECT * FROM prints WHERE begun IS NOT NULL ORDER BY run DESC, begun DESC LIMIT 1").first
            guard let last else { return false }
            guard case .settled(let result) = try LedgerLine(last).state else { return true }
            return !whole.contains(result.outcome)
        }
    }

    private func settle(
        _ id: PrintID, _ line: LedgerLine?, _ result: PrintResult, _ clock: ClockReading, in database: Database
    ) throws -> PrintResult {
        try database.run(
            """
            INSERT INTO prints (id, state, outcome, reason, detail, requested, settled, run) VALUES (?, 'settled', ?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET state = 'settled', outcome = excluded.outcome, reason = excluded.reason,
                detail = excluded.detail, settled = excluded.settled
            """,
            [
                id.rawValue, result.outcome.rawValue, result.reason?.rawValue, result.detail, clock.wall.milliseconds,
                clock.wall.milliseconds, writer.life.run,
            ])
        let body = PrintSettled(
            print: id.rawValue, ticket: line?.copy?.ticket.rawValue, copy: line?.copy?.number, outcome: result.outcome.rawValue,
            reason: result.reason?.rawValue, detail: result.detail)
        if let copy = line?.copy {
            try writer.append(body, day: ticket(copy.ticket, in: database).ticket.day, clock: clock, in: database)
        } else {
            // Not a ticket's: of interest to technicians, and no transaction of the mall.
            try writer.note(body, day: ServiceDay(clock.wall, in: zone), clock: clock, in: database)
        }
        return result
    }
}

/// One row of `prints`.
struct LedgerLine {
    var id: PrintID
    var copy: PrintCopy?
    var state: PrintRecord.State
    var run: Int
    var requestedAt: WallTime

    var record: PrintRecord { PrintRecord(id: id, copy: copy, state: state, requestedAt: requestedAt) }

    init?(_ id: PrintID, in database: Database) throws {
        guard let row = try database.row("SELECT * FROM prints WHERE id = ?", [id.rawValue]) else { return nil }
        try self.init(row)
    }

    init(_ row: Row) throws {
        guard let id = PrintID(row["id"]) else { throw Self.unreadable(row, "id") }
        self.id = id
        if let ticket = row["ticket"] as String? {
            guard let ticket = TicketID(ticket) else { throw Self.unreadable(row, "ticket") }
            copy = PrintCopy(ticket, number: row["copy"])
        }
        switch row["state"] as String {
        case "intent": state = .intent
        case "begun": state = .begun
        default:
            guard let outcome = PrintOutcome(rawValue: row["outcome"]) else { throw Self.unreadable(row, "outcome") }
            let reason = row["reason"] as String?
            let code = reason.flatMap(ConditionCode.init(rawValue:))
            guard (reason == nil) == (code == nil) else { throw Self.unreadable(row, "reason") }
            state = .settled(PrintResult(outcome, reason: code, detail: row["detail"]))
        }
        run = row["run"]
        requestedAt = WallTime(milliseconds: row["requested"])
    }

    /// How a print ends whose program died: a started one may have come out, one that was not started has not.
    var interruption: PrintResult {
        switch state {
        case .intent:
            PrintResult(.failed, reason: .printAbandoned, detail: "the program ended before this print was begun; nothing was sent")
        case .begun:
            PrintResult(.unknown, reason: .printInterrupted, detail: "the program ended while this print was under way")
        case .settled(let result):
            result
        }
    }

    private static func unreadable(_ row: Row, _ column: String) -> JournalError {
        JournalError(
            .corrupted,
            "print \(row["id"] as String): its \(column) cannot be read; keep a copy of the folder, and restore the journal or start a new one"
        )
    }
}
