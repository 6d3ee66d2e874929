import KioskRuntime
import SyncProtocol

/// What became of every ticket of the day, by three witnesses who do not know each other: kiosk, paper, centre.
///
/// A pure value. Nothing is called lost because it has not arrived yet, and nothing is called right that could not be checked.
struct StageLedger: Hashable, Sendable {
    let accounts: StageAccounts
    /// Tickets by the kiosk's columns.
    let counts: TicketCounts
    let paper: PaperFindings
    let centre: CentreFindings
    /// The other lane, for comparison: what it loses is not ours, and changes no verdict on us.
    let stock: StockFindings?

    init(_ accounts: StageAccounts) {
        let tickets = accounts.kiosk?.tickets ?? []
        var counts = TicketCounts()
        for ticket in tickets { counts.add(ticket.column) }
        self.accounts = accounts
        self.counts = counts
        paper = PaperFindings(tickets, accounts)
        centre = CentreFindings(counts, accounts)
        if let account = accounts.stock, let sheets = accounts.stockPaper {
            stock = StockFindings(account, paper: sheets)
        } else {
            stock = nil
        }
    }

    var issued: Int { counts.issued }
    /// Tickets whose whole sheet came out: by the paper where it can tell, else by the kiosk's word.
    var onPaper: Int { counts.printed - paper.missing.count }
    /// Whether every ticket stands in one of the columns that are shown.
    var addsUp: Bool {
        issued == onPaper + counts.screen + counts.void + counts.unknown + counts.open
    }

    /// Tickets that should be somewhere and are not.
    var lost: Int {
        paper.missing.count + (centre.isHome ? max(0, issued - (centre.atCentre ?? 0)) : 0)
    }

    /// Sheets, numbers and tickets that there are more of than there should be.
    var doubled: Int {
        let more = centre.isHome ? max(0, (centre.atCentre ?? 0) - issued) : 0
        return (paper.repeated + paper.sameNumber).map { $0.count - 1 }.reduce(more, +)
    }

    /// Statements of two witnesses that cannot both be true.
    var contradictions: Int {
        let sameTickets = centre.atCentre == issued
        return paper.denied.count + paper.unjournaled.count
            + (sameTickets && !centre.different.isEmpty ? 1 : 0)
            + (centre.isForked ? 1 : 0) + centre.incidents.count
    }

    /// How a line is to be taken.
    enum Mood: String, Hashable, Sendable, Codable {
        /// True and at rest.
        case quiet
        /// True as far as it can be told; something is under way or away.
        case busy
        /// Not true.
        case wrong
    }

    var paperMood: Mood {
        if !addsUp { return .wrong }
        let isSure =
            accounts.kiosk != nil && accounts.kioskAnswers && accounts.paper != nil
            && accounts.paperAnswers
        return isSure && counts.open == 0 && accounts.paperIsCurrent ? .quiet : .busy
    }

    var centreMood: Mood {
        if centre.isForked || centre.isHome && centre.atCentre != issued { return .wrong }
        return centre.isHome && accounts.kioskAnswers && accounts.centreAnswers
            && !accounts.networkIsCut ? .quiet : .busy
    }

    var verdictMood: Mood {
        if lost + doubled + contradictions > 0 { return .wrong }
        return paperMood == .quiet && centreMood == .quiet && !accounts.visitsAreRunning
            ? .quiet : .busy
    }
}
