import GRDB
public import KioskCore
import SyncProtocol

extension Journal {
    /// Issues the next number of the series: counter, ticket, entry `ticket.issued` and the intent to print copy 1,
    /// in one durable transaction. The NIK, if there is one, is sealed before anything reaches the disk.
    ///
    /// A number is issued once, whatever happens afterwards.
    public func issue(_ request: TicketRequest) async throws(JournalError) -> Ticket {
        try requireRoom()
        let clock = environment.clock()
        return try await write { [self] database in
            let ordinal = try database.number(
                """
                INSERT INTO counters (series, day, last) VALUES (?, ?, 1)
                ON CONFLICT (series, day) DO UPDATE SET last = last + 1 RETURNING last
                """, [request.series, request.day.number])
            let ticket = Ticket(
                id: TicketID(writer.identity(clock.wall)), number: TicketNumber(series: request.series, ordinal: ordinal),
                service: request.service, day: request.day, issuedAt: clock.wall, claimCode: claimCode())
            let entry = try writer.append(
                TicketIssued(
                    ticket: ticket.id.rawValue, number: ticket.number.description, series: ticket.number.series, ordinal: ordinal,
                    agency: ticket.service.agency.rawValue, service: ticket.service.service.rawValue, channel: request.channel.rawValue,
                    claim: ticket.claimCode, sealed: request.nik == nil ? [] : ["nik"]),
                day: ticket.day, clock: clock, nik: request.nik, in: database)
            try database.run(
                """
                INSERT INTO tickets (id, series, ordinal, day, agency, service, channel, issued, claim, run, chain, entry, state)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'issued')
                """,
                [
                    ticket.id.rawValue, ticket.number.series, ordinal, ticket.day.number, ticket.service.agency.rawValue,
                    ticket.service.service.rawValue, request.channel.rawValue, clock.wall.milliseconds, ticket.claimCode, writer.life.run,
                    writer.life.number(.transactions).rawValue, Int64(entry.sequence),
                ])
            try intend(PrintCopy(ticket.id, number: 1), at: clock.wall, in: database)
            return ticket
        }
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
        try database.run(
            "INSERT INTO prints (id, ticket, copy, state, requested, run) VALUES (?, ?, ?, 'intent', ?, ?)",
            [copy.description, copy.ticket.rawValue, copy.number, time.milliseconds, writer.life.run])
    }

    /// 50 random bits as 10 characters of Crockford's base 32.
    private func claimCode() -> String { String(Base32.encode(environment.random(10)).suffix(10)) }

    func requirePrintsEnded(of id: TicketID, in database: Database) throws {
        if let open = try database.row("SELECT id FROM prints WHERE ticket = ? AND state <> 'settled'", [id.rawValue]) {
            throw JournalError(.printUnfinished, "print \(open["id"] as String) has not ended; cancel it or wait for its outcome first")
        }
    }
}
