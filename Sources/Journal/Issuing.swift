import GRDB
public import KioskCore
import SQLiteAccess
import SyncProtocol

extension Journal {
    /// Issues a number of the series, the leased one or its next: counter, ticket, entry `ticket.issued` and the intent to print copy 1,
    /// in one durable transaction. What is personal, if anything is, is sealed before anything reaches the disk.
    ///
    /// A number is issued once, whatever happens afterwards.
    public nonisolated func issue(_ request: TicketRequest) async throws(JournalError) -> Ticket {
        let clock = environment.clock()
        let id = TicketID(environment.identity(clock.wall))
        // 50 random bits as 10 characters of Crockford's base 32.
        let claim = Base32.encode(environment.random(7), characters: 10)
        return try await write(isNew: true) { journal, database in
            let number = TicketNumber(series: request.series, ordinal: try journal.ordinal(for: request, in: database))
            let ticket = Ticket(
                id: id, number: number, service: request.service, day: request.day, issuedAt: clock.wall, claimCode: claim)
            try journal.issue(ticket, request, clock, in: database)
            return ticket
        }
    }

    private func issue(_ ticket: Ticket, _ request: TicketRequest, _ clock: ClockReading, in database: Database) throws {
        let number = ticket.number
        let entry = try writer.append(
            TicketIssued(
                ticket: ticket.id.rawValue, number: number.description, series: number.series, ordinal: number.ordinal,
                agency: ticket.service.agency.rawValue, service: ticket.service.service.rawValue, channel: request.channel.rawValue,
                claim: ticket.claimCode, sealed: Sealer.names(of: request.particulars),
                method: request.particulars.identity?.method.rawValue),
            day: ticket.day, clock: clock, sealing: request.particulars, in: database)
        try statements.ticket(in: database).quickly {
            $0.put(ticket.id.rawValue)
            $0.put(number.series)
            $0.put(number.ordinal)
            $0.put(ticket.day.number)
            $0.put(ticket.service.agency.rawValue)
            $0.put(ticket.service.service.rawValue)
            $0.put(request.channel.rawValue)
            $0.put(clock.wall.milliseconds)
            $0.put(ticket.claimCode)
            $0.put(writer.life.run)
            $0.put(writer.life.number(.transactions).rawValue)
            $0.put(entry.sequence)
        }
        try intend(PrintCopy(ticket.id, number: 1), at: clock.wall, in: database)
    }

    /// The leased number, unless this journal has issued it before (``JournalError/Code/numberTaken``); else the next of its own.
    private func ordinal(for request: TicketRequest, in database: Database) throws -> Int {
        guard let leased = request.leased else {
            var last = 0
            try statements.lastNumber(in: database).quickly {
                $0.put(request.series)
                $0.put(request.day.number)
            } row: {
                last = Int($0.integer(0))
            }
            try statements.number(in: database).quickly {
                $0.put(request.series)
                $0.put(request.day.number)
                $0.put(last + 1)
            }
            return last + 1
        }
        let key: StatementArguments = [request.day.number, request.series, leased]
        if let old = try database.row("SELECT id FROM tickets WHERE day = ? AND series = ? AND ordinal = ?", key) {
            throw JournalError(
                .numberTaken,
                "\(request.series)-\(leased) of \(request.day) is the number of ticket \(old["id"] as String); the centre leased it twice")
        }
        return leased
    }

    /// Orders a further sheet of a ticket, which bears "SALINAN": entry `print.requested` and the print's intent.
    ///
    /// Refused while another sheet of it is under way (``JournalError/Code/printUnfinished``),
    /// and for a void ticket (``JournalError/Code/alreadyVoid``).
    public func requestCopy(of id: TicketID) async throws(JournalError) -> PrintCopy {
        try requireRoom()
        let clock = environment.clock()
        return try await write { [self] database in
            let record = try ticket(id, in: database)
            if case .void(let reason) = record.state {
                throw JournalError(.alreadyVoid, "ticket \(id) is void (\(reason.rawValue)); issue a new one")
            }
            try requirePrintsEnded(of: id, in: database)
            let last = try database.number("SELECT max(copy) FROM prints WHERE ticket = ?", [id.rawValue])
            let copy = PrintCopy(id, number: last + 1)
            try intend(copy, at: clock.wall, in: database)
            try writer.append(
                PrintRequested(print: copy.description, ticket: id.rawValue, copy: copy.number), day: record.ticket.day, clock: clock,
                in: database)
            return copy
        }
    }

    private func intend(_ copy: PrintCopy, at time: WallTime, in database: Database) throws {
        try statements.print(in: database).quickly {
            $0.put(copy.description)
            $0.put(copy.ticket.rawValue)
            $0.put(copy.number)
            $0.put(time.milliseconds)
            $0.put(writer.life.run)
        }
    }

    func requirePrintsEnded(of id: TicketID, in database: Database) throws {
        if let open = try database.row("SELECT id FROM prints WHERE ticket = ? AND state <> 'settled'", [id.rawValue]) {
            throw JournalError(.printUnfinished, "print \(open["id"] as String) has not ended; cancel it or wait for its outcome first")
        }
    }
}
