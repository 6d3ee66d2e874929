import Journal
import Logging
import ServiceLifecycle
import SyncProtocol
import SyncTransport

/// Brings what the journal keeps of earlier epochs to the centre, one chain after another, transactions first.
///
/// What the centre has is asked about again now and then, until a backup has it too and the kiosk may let go of it.
/// What the centre has put aside it has, and is told no more before the next start.
struct EarlierChains: ServiceLifecycle.Service {
    let journal: Journal
    let centre: CentreClient
    let timing: SyncTiming
    let logger: Logger
    let onAnswer: @Sendable (Acknowledgement) -> Void

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            var aside: Set<ChainName> = []
            do {
                while true {
                    let epoch = journal.epoch
                    try await finishAll(&aside)
                    try await nextTime(epoch)
                }
            } catch is CancellationError {
                // The regular end. What is not at the centre stays where it is.
            }
        }
    }

    private func finishAll(_ aside: inout Set<ChainName>) async throws {
        let chains: [ChainName]
        do throws(JournalError) {
            chains = try await journal.earlierChains()
        } catch {
            // A disk that fails once must not end this for good.
            logger.error("the chains of earlier epochs cannot be read", metadata: ["detail": "\(error)"])
            return
        }
        for chain in chains where !aside.contains(chain) {
            let metadata: Logger.Metadata = ["epoch": "\(chain.epoch)", "lane": "\(chain.lane)"]
            let sync = ChainSync(
                EarlierChain(journal: journal, name: chain), to: centre, timing: timing, logger: logger, onReport: { _ in },
                onAnswer: onAnswer)
            switch try await sync.finish() {
            case .whole: logger.debug("the centre has a chain of an earlier epoch", metadata: metadata)
            case .aside:
                aside.insert(chain)
                logger.notice("the centre keeps a chain of an earlier epoch apart", metadata: metadata)
            case .refused: logger.warning("the centre does not take a chain of an earlier epoch", metadata: metadata)
            }
        }
    }

    /// Waits until another epoch has begun, or the longest pause is over.
    private func nextTime(_ epoch: Epoch) async throws {
        try await withThrowingTaskGroup { group in
            group.addTask { try await ContinuousClock().sleep(for: timing.cap) }
            group.addTask {
                for await _ in journal.changes() where journal.epoch != epoch { return }
            }
            try await group.next()
            group.cancelAll()
        }
        try Task.checkCancellation()
    }
}

/// A chain of an earlier epoch as the sync sees it: nothing is added to it any more.
struct EarlierChain: ShippedChain {
    let journal: Journal
    let name: ChainName

    func head() async throws -> ChainPosition { try await journal.state(of: name).head }
    func acknowledged() async throws -> ChainPosition { try await journal.state(of: name).acknowledged }
    func safe() async throws -> ChainPosition { try await journal.state(of: name).safe }
    func batch(after position: ChainPosition, limit: Int) async throws -> Batch {
        try await journal.batch(after: position.sequence, of: name, limit: limit)
    }
    func waiting() async throws -> Duration? { try await journal.waiting(of: name) }
    func acknowledge(_ position: ChainPosition) async throws { try await journal.acknowledge(position, of: name) }
    func markSafe(_ position: ChainPosition) async throws { try await journal.markSafe(position, of: name) }
    func changes() -> AsyncStream<Void> { AsyncStream { $0.finish() } }

    func hashes(of sequences: Set<UInt64>) async throws -> [UInt64: EntryHash] {
        var hashes: [UInt64: EntryHash] = [:]
        for sequence in sequences { hashes[sequence] = try await journal.hash(of: sequence, chain: name) }
        return hashes
    }
}
