import Conditions
import KioskRuntime
import SyncProtocol

/// The kiosk's tickets held against the sheets that really came out.
struct PaperFindings: Hashable, Sendable {
    /// Something that there is more than once.
    struct Repeated: Hashable, Sendable {
        var name: String
        var count: Int
    }

    /// Numbers of tickets that the kiosk calls printed and of which no whole sheet came out.
    private(set) var missing: [String] = []
    /// Print ids with more than one whole sheet, and how many there are.
    private(set) var repeated: [Repeated] = []
    /// Numbers that were given to more than one ticket of the day, and how many have it.
    private(set) var sameNumber: [Repeated] = []
    /// Numbers of tickets that count as not printed, and are whole on the paper.
    private(set) var denied: [String] = []
    /// Print ids on whole sheets of which the journal knows nothing.
    private(set) var unjournaled: [String] = []
    /// Tickets that are older than everything the emulator remembers: the kiosk's word stands alone.
    private(set) var unchecked = 0

    init(_ tickets: [TicketStatus], _ accounts: StageAccounts) {
        sameNumber = Self.repeated(tickets.map(\.number))
        guard let paper = accounts.paper else { return }
        let whole = paper.sheets.filter(\.isWholeTicket)
        let sheets = Set(whole.compactMap(\.printID))
        repeated = Self.repeated(whole.compactMap(\.printID))
        for ticket in tickets {
            guard let since = accounts.sheetsKnownSince, ticket.issuedAt >= since else {
                unchecked += 1
                continue
            }
            if accounts.paperIsCurrent, Self.lacksSheet(ticket, sheets) { missing.append(ticket.number) }
            if Self.isDenied(ticket, sheets) { denied.append(ticket.number) }
        }
        unjournaled = Self.unknownSheets(whole, tickets)
    }

    private static func repeated(_ names: [String]) -> [Repeated] {
        Dictionary(grouping: names) { $0 }.filter { $0.value.count > 1 }.map {
            Repeated(name: $0.key, count: $0.value.count)
        }
        .sorted { $0.name < $1.name }
    }

    /// Only *printed* promises a sheet: *processed* and *sent* say less.
    private static func lacksSheet(_ ticket: TicketStatus, _ sheets: Set<String>) -> Bool {
        ticket.prints.contains { $0.outcome == .printed && !sheets.contains($0.id) }
    }

    /// A print that failed came out whole, or a ticket that nobody has seen did.
    private static func isDenied(_ ticket: TicketStatus, _ sheets: Set<String>) -> Bool {
        ticket.prints.contains { print in
            guard sheets.contains(print.id), let outcome = print.outcome else { return false }
            return outcome == .failed || ticket.column == .void
        }
    }

    /// Sheets between the first and the last known ticket, so that theirs would have to be among the tickets.
    private static func unknownSheets(_ sheets: [PaperAccount.Sheet], _ tickets: [TicketStatus])
        -> [String]
    {
        guard let first = tickets.first, let last = tickets.last else { return [] }
        let known = Set(tickets.map(\.ticket))
        return sheets.compactMap { sheet in
            guard let id = sheet.printID, let end = sheet.finishedAt, sheet.startedAt > first.issuedAt,
                end < last.issuedAt,
                !known.contains(String(id.prefix { $0 != "." }))
            else { return nil }
            return id
        }
    }
}
