public import CUPSPrinting
import DeviceSocket
public import Logging
import Synchronization

/// The other way to print: the same jobs, at the same moment, on a raw queue with CUPS's own `socket` backend,
/// as most kiosks do it. It keeps what CUPS says of them.
public final class StockLane: Sendable, StockVoice {
    private struct State {
        /// Jobs that CUPS took, by name, in the order of their coming.
        var handed: [String] = []
        /// Jobs that CUPS did not take, and that nobody asked for again.
        var refused: [String] = []
    }

    private let spooler: Spooler
    /// Asked in parallel, so that a question never holds up a job.
    private let enquiries: Spooler
    private let logger: Logger
    private let state = Mutex(State())

    /// - Parameter spooler: the raw queue.
    public init(_ spooler: Spooler, logger: Logger) {
        self.spooler = spooler
        enquiries = Spooler(spooler.address, queue: spooler.queue)
        self.logger = logger
    }

    /// Hands a job over once, as a program does that trusts its spooler: what CUPS has taken is not asked for again.
    func take(_ job: SubmittedJob) async {
        let isNew = state.withLock { state in
            guard !state.handed.contains(job.name) else { return false }
            state.handed.append(job.name)
            state.refused.removeAll { $0 == job.name }
            return true
        }
        guard isNew, let id = PrintID(job.name) else { return }
        do {
            _ = try await spooler.submit(id, job.document)
        } catch {
            logger.info("the stock queue did not take a job", metadata: ["job": "\(job.name)", "error": "\(error)"])
            state.withLock { state in
                state.handed.removeAll { $0 == job.name }
                state.refused.append(job.name)
            }
        }
    }

    /// What was handed over, and what CUPS says of it now.
    @concurrent func account() async throws -> StockAccount {
        let known = state.withLock { ($0.handed, $0.refused) }
        let jobs = try await enquiries.jobs()
        return StockAccount(handed: known.0, refused: known.1, jobs: jobs.map { StockAccount.Job(name: $0.name, state: $0.state) })
    }
}

/// What CUPS says of the stock lane.
protocol StockVoice: Sendable {
    @concurrent func account() async throws -> StockAccount
}

/// What CUPS says of the jobs of the stock lane.
struct StockAccount: Hashable, Sendable {
    struct Job: Hashable, Sendable {
        var name: String
        var state: SpoolerJob.State
    }

    /// The names of the jobs that CUPS took, in the order of their coming, each once.
    var handed: [String]
    var refused: [String]
    /// What CUPS remembers, oldest first.
    var jobs: [Job]
}
