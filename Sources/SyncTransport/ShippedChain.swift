public import SyncProtocol

/// A chain on its way to a centre: a lane of a kiosk's journal, or a centre's copy on its way further up.
public protocol ShippedChain: Sendable {
    var name: ChainName { get }
    /// The last entry.
    func head() async throws -> ChainPosition
    /// The last entry that the centre is known to have; the start when none is.
    func acknowledged() async throws -> ChainPosition
    /// The last entry that a backup of the centre is known to have; the start when none is. It may be pruned.
    func safe() async throws -> ChainPosition
    /// The chain hashes of its own entries at these places, as far as there are any.
    func hashes(of sequences: Set<UInt64>) async throws -> [UInt64: EntryHash]
    /// Entries behind `position` as stored, at most `limit` and at most as many as a batch holds, and the chain's head.
    func batch(after position: ChainPosition, limit: Int) async throws -> Batch
    /// For how long the oldest entry that the centre does not have has been waiting; `nil` when it has all.
    func waiting() async throws -> Duration?
    /// Remembers durably that the centre has this entry.
    func acknowledge(_ position: ChainPosition) async throws
    /// Remembers durably that a backup of the centre has this entry.
    func markSafe(_ position: ChainPosition) async throws
    /// Gives no number again that the centre has seen.
    func goOn(behind ends: [SeriesEnd]) async throws
    /// A value at once, and after each change; whoever is slow misses values, never the latest.
    func changes() -> AsyncStream<Void>
}

extension ShippedChain {
    /// Who gives no numbers has nothing to do.
    public func goOn(behind ends: [SeriesEnd]) async throws {}
}
