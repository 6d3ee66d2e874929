/// `epoch.begun`, the first of the transactions of every epoch but a journal's first: which history this one follows, and how far that went.
///
/// So the two chains belong together for whoever has both, and whoever has one knows what is missing.
public struct EpochBegun: EntryBody {
    public static let kind = EntryKind.epochBegun
    public static let schema: UInt32 = 1

    /// The epoch before this one.
    public var previous: Epoch
    /// The last entry of its transactions: sequence and chain hash; 0 and zeros without one.
    public var sequence: UInt64
    public var hash: EntryHash
    /// Why, in a technician's words; nothing personal.
    public var reason: String

    public init(previous: Epoch, head: ChainPosition, reason: String) {
        self.previous = previous
        sequence = head.sequence
        hash = head.hash
        self.reason = reason
    }
}
