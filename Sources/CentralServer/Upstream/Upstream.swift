import KioskCore
public import Logging
public import ServiceLifecycle
public import SyncProtocol
public import SyncTransport
import Synchronization

/// Forwards what a mall's centre has to the centre of the city or the ministry, by the protocol of the kiosks: a machine for each chain.
///
/// The entries go up as their very octets, so that the centre above proves the kiosks' own chains. What is put aside here does not
/// go up; the first history does.
public struct Upstream: ServiceLifecycle.Service {
    private let store: CentralStore
    private let centre: CentreClient
    private let timing: SyncTiming
    private let logger: Logger

    public init(_ store: CentralStore, to centre: CentreClient, timing: SyncTiming = SyncTiming(), logger: Logger) {
        self.store = store
        self.centre = centre
        self.timing = timing
        self.logger = logger
    }

    public func run() async throws {
        try await cancelWhenGracefulShutdown {
            let reports = Mutex<[ChainName: SyncMachine.Report]>([:])
            let clock = Mutex(UpstreamClock())
            try await withThrowingDiscardingTaskGroup { group in
                var followed: Set<ChainName> = []
                for await _ in store.changes() {
                    for name in await chains() where followed.insert(name).inserted {
                        let sync = ChainSync(StoredChain(store: store, name: name), to: centre, timing: timing, logger: logger) { report in
                            if reports.withLock({ $0.updateValue(report, forKey: name) }) != report { log(report, name) }
                        } onAnswer: { answer in
                            guard let shown = answer.clock else { return }
                            let offset = Duration.milliseconds(shown - WallTime.now.milliseconds)
                            if let word = clock.withLock({ $0.heard(offset: offset) }) { log(word) }
                        }
                        group.addTask { try await sync.run() }
                    }
                }
                group.cancelAll()
            }
        }
    }

    private func chains() async -> [ChainName] {
        do {
            return try await store.chains()
        } catch {
            // The next change asks again.
            logger.error("the chains to forward cannot be read: \(error)")
            return []
        }
    }

    private func log(_ word: UpstreamClock.Word) {
        switch word {
        case .differs(let offset):
            logger.error(
                "the clocks of this centre and of the one above differ; set the wrong one, since kiosks go by this one's",
                metadata: ["seconds": "\(offset.components.seconds)"])
        case .agrees: logger.notice("the clocks of this centre and of the one above agree again")
        }
    }

    private func log(_ report: SyncMachine.Report, _ name: ChainName) {
        let metadata: Logger.Metadata = ["chain": "\(name.site)/\(name.kiosk)", "lane": "\(name.lane)"]
        switch report {
        case .well: logger.info("the centre above takes entries", metadata: metadata)
        case .busy(let why): logger.info("the centre above asks for patience: \(why)", metadata: metadata)
        case .away(let why), .refused(let why): logger.warning("the centre above does not take entries: \(why)", metadata: metadata)
        case .unread(let why): logger.error("the store cannot be read for the centre above: \(why)", metadata: metadata)
        case .forked(let why, _):
            logger.error("the centre above knows another history: \(why)", metadata: metadata)
        }
    }
}

/// The centre's copy of one chain on its way up.
private struct StoredChain: ShippedChain {
    let store: CentralStore
    let name: ChainName

    func head() async throws -> ChainPosition { try await store.head(of: name) }
    func acknowledged() async throws -> ChainPosition { try await store.upstream(name) }
    /// Nothing is pruned here.
    func safe() async throws -> ChainPosition { .start }
    func hashes(of sequences: Set<UInt64>) async throws -> [UInt64: EntryHash] { try await store.hashes(of: sequences, name) }
    func batch(after position: ChainPosition, limit: Int) async throws -> Batch {
        try await store.batch(of: name, after: position, limit: limit)
    }
    func waiting() async throws -> Duration? {
        try await store.oldestForwarded(name).map { .milliseconds(max(0, WallTime.now.milliseconds - $0.milliseconds)) }
    }
    func acknowledge(_ position: ChainPosition) async throws { try await store.setUpstream(position, name) }
    /// What the mall's kiosks may prune is for the mall's own backup to say: from the centre above
    /// this one could not be filled up again.
    func markSafe(_: ChainPosition) async throws {}
    func changes() -> AsyncStream<Void> { store.changes() }
}
