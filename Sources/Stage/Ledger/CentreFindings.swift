import KioskRuntime
import SyncProtocol

/// The kiosk's tickets held against what the centre has stored.
struct CentreFindings: Hashable, Sendable {
    /// Tickets of the day at the centre; nil when it has not said anything of this day.
    private(set) var atCentre: Int?
    /// Entries of this kiosk that are not at the centre yet.
    private(set) var waiting: UInt64 = 0
    /// The centre has exactly the entries behind the kiosk's tickets, so that the counts must be the same.
    private(set) var isHome = false
    /// The centre ends at the same place in another history.
    private(set) var isForked = false
    /// The centre counts tickets of other kiosks, or of this one's earlier journals, so that counts cannot be compared.
    private(set) var countsOthers = false
    /// The columns that are not the same although everything has arrived.
    private(set) var different: [TicketFate.Column] = []
    /// What did not fit a chain and was not mended, but for gaps, which close by themselves.
    private(set) var incidents: [DayReport.Incident] = []

    init(_ counts: TicketCounts, _ accounts: StageAccounts) {
        guard let kiosk = accounts.kiosk, let lane = kiosk.lane else { return }
        let status = kiosk.status
        waiting = lane.sequence - min(lane.sequence, lane.acknowledged)
        guard let centre = accounts.centre, centre.day == status.day else { return }
        atCentre = centre.counts.issued
        incidents = centre.incidents.filter { $0.resolved == nil && $0.code != .gap }

        let chains = centre.chains.filter { $0.lane == Lane.transactions.description }
        let isOwn = { (chain: DayReport.Chain) in
            chain.site == status.site && chain.kiosk == status.kiosk
                && chain.epoch == status.journal.epoch.description
        }
        countsOthers = chains.contains { !isOwn($0) }
        let (upto, hash) = chains.first(where: isOwn).map { ($0.upto, $0.hash) } ?? (0, EntryHash.none)
        waiting = lane.sequence - min(lane.sequence, max(upto, lane.acknowledged))
        isForked = upto > 0 && upto == lane.sequence && hash != lane.hash
        isHome = kiosk.isWhole && !countsOthers && upto == lane.sequence && !isForked
        guard isHome else { return }
        different = TicketFate.Column.allCases.filter { counts[$0] != centre.counts[$0] }
    }
}
