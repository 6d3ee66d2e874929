import Conditions
import GRDB
public import KioskCore
import SyncProtocol

extension Journal {
    /// Records that the number was shown to its citizen, so that the ticket counts: entry `ticket.delivered`.
    ///
    /// Once: the first delivery stands and is returned. A void ticket throws ``JournalError/Code/alreadyVoid``.
    @discardableResult
    public func recordDelivery(of id: TicketID, by delivery: Delivery) async throws(JournalError) -> Delivery {
        let clock = environment.clock()
        return try await write { [self] database in
            let record = try ticket(id, in: database)
            switch record.state {
            case .issued: return try deliver(record.ticket, by: delivery, clock, in: database)
            case .delivered(let standing): return standing
            case .void(let reason):
                throw JournalError(.alreadyVoid, "ticket \(id) is void (\(reason.rawValue)) and cannot count; issue a new one")
            }
        }
    }

    /// Records that the number counts no more: entry `ticket.void`. It is not issued again.
    ///
    /// Once: the first reason stands and is returned. A delivered ticket throws ``JournalError/Code/alreadyDelivered``,
    /// one whose print has not ended ``JournalError/Code/printUnfinished``.
    @discardableResult
    public func void(_ id: TicketID, _ reason: VoidReason) async throws(JournalError) -> VoidReason {
        let clock = environment.clock()
        return try await write { [self] database in
            let record = try ticket(id, in: database)
            switch record.state {
            case .issued:
                try requirePrintsEnded(of: id, in: database)
                return try void(record.ticket, reason, clock, in: database)
            case .void(let standing): return standing
            case .delivered(let by):
                throw JournalError(.alreadyDelivered, "ticket \(id) was delivered by \(by.rawValue); it counts and stays valid")
            }
        }
    }

    /// Decides, at start, the visits that the last run left open: tickets neither delivered nor void whose prints have all ended.
    ///
    /// Call it after `settleUnfinished()`. A sheet that came out delivers by paper; a print of unknown end delivers
    /// as `unknown`; a failed one voids the ticket, as its citizen has seen neither paper nor the last screen.
    public func recoverVisits() async throws(JournalError) -> [TicketID: TicketState] {
        let clock = environment.clock()
        return try await write { [self] database in
            let open = try database.rows(
                """
                SELECT * FROM tickets WHERE state = 'issued' AND run < ? AND NOT EXISTS
                    (SELECT 1 FROM prints WHERE prints.ticket = tickets.id AND prints.state <> 'settled')
                ORDER BY id
                """, [writer.life.run]
            ).map(TicketRecord.init)
            var decided: [TicketID: TicketState] = [:]
            for ticket in open.map(\.ticket) {
                switch try bestOutcome(of: ticket.id, in: database) {
                case .printed, .processed, .sent:
                    decided[ticket.id] = .delivered(try deliver(ticket, by: .paper, clock, in: database))
                case .unknown:
                    decided[ticket.id] = .delivered(try deliver(ticket, by: .unknown, clock, in: database))
                case .failed:
                    decided[ticket.id] = .void(try void(ticket, .printFailed, clock, in: database))
                }
            }
            return decided
        }
    }

    /// The outcome that says most for the citizen having paper.
    private func bestOutcome(of id: TicketID, in database: Database) throws -> PrintOutcome {
        let outcomes = try database.rows("SELECT * FROM prints WHERE ticket = ?", [id.rawValue]).map { row -> PrintOutcome in
            guard case .settled(let result) = try LedgerLine(row).state else { return .unknown }
            return result.outcome
        }
        return [.printed, .processed, .sent, .unknown].first(where: outcomes.contains) ?? .failed
    }

    private func deliver(_ ticket: Ticket, by delivery: Delivery, _ clock: ClockReading, in database: Database) throws -> Delivery {
        try database.run("UPDATE tickets SET state = 'delivered', delivery = ? WHERE id = ?", [delivery.rawValue, ticket.id.rawValue])
        try writer.append(
            TicketDelivered(ticket: ticket.id.rawValue, number: ticket.number.description, by: delivery.rawValue), day: ticket.day,
            clock: clock, in: database)
        return delivery
    }

    private func void(_ ticket: Ticket, _ reason: VoidReason, _ clock: ClockReading, in database: Database) throws -> VoidReason {
        try database.run("UPDATE tickets SET state = 'void', void = ? WHERE id = ?", [reason.rawValue, ticket.id.rawValue])
        try writer.append(
            TicketVoid(ticket: ticket.id.rawValue, number: ticket.number.description, reason: reason.rawValue), day: ticket.day,
            clock: clock, in: database)
        return reason
    }
}
