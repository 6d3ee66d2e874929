import KioskRuntime
import SyncProtocol

/// What the kiosk says of itself, read in one go.
struct KioskAccount: Hashable, Sendable {
    var status: KioskStatus
    var tickets: [TicketStatus]
    /// The journal stood still while the tickets were read, so that they are all tickets up to the head that `status` names.
    var isWhole: Bool

    /// Where the chain of transactions stands; nil for a journal that does not name it.
    var lane: KioskStatus.LaneState? { status.lane }
}

extension KioskStatus {
    /// The chain that holds the tickets.
    var lane: LaneState? {
        journal.lanes.first { $0.lane == Lane.transactions.description }
    }
}
