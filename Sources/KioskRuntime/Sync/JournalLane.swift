public import Journal
public import SyncProtocol
public import SyncTransport

/// A lane of the journal as the sync sees it.
public struct JournalLane: ShippedChain {
    private let journal: Journal
    private let lane: Lane

    public init(journal: Journal, lane: Lane) {
        self.journal = journal
        self.lane = lane
    }

    public var name: ChainName { journal.chain(lane) }
    public func head() async throws -> ChainPosition { try await journal.head(of: lane) }
    public func acknowledged() async throws -> ChainPosition { try await journal.acknowledged(lane) }
    public func safe() async throws -> ChainPosition { try await journal.safe(lane) }
    public func batch(after position: ChainPosition, limit: Int) async throws -> Batch {
        try await journal.batch(after: position, lane: lane, limit: limit)
    }
    public func waiting() async throws -> Duration? { try await journal.waiting(lane) }
    public func acknowledge(_ position: ChainPosition) async throws { try await journal.acknowledge(position, lane: lane) }
    public func markSafe(_ position: ChainPosition) async throws { try await journal.markSafe(position, lane: lane) }
    public func goOn(behind ends: [SeriesEnd]) async throws { try await journal.goOn(behind: ends) }
    public func changes() -> AsyncStream<Void> { journal.changes() }

    public func hashes(of sequences: Set<UInt64>) async throws -> [UInt64: EntryHash] {
        var hashes: [UInt64: EntryHash] = [:]
        for sequence in sequences { hashes[sequence] = try await journal.hash(of: sequence, lane: lane) }
        return hashes
    }
}
