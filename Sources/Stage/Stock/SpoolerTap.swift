import Foundation
import Glibc
public import Logging
import LoopbackWeb
import NIOCore
public import ServiceLifecycle
import Synchronization

/// A socket before cupsd's that passes everything on unchanged, and hands a copy of each Print-Job for one queue to the ``StockLane``.
///
/// So both lanes get the same bytes at the same moment, and no program that is shown knows of it.
public struct SpoolerTap: ServiceLifecycle.Service {
    private let path: String
    private let spooler: String
    private let queue: String
    private let lane: StockLane
    private let logger: Logger
    private let onListening: @Sendable () -> Void

    /// - Parameters:
    ///   - path: the unix socket to listen on; a leftover of that name is replaced.
    ///   - spooler: cupsd's own unix socket.
    ///   - queue: whose jobs are copied.
    ///   - onListening: called once, when programs can connect.
    public init(
        listeningOn path: String, spooler: String, queue: String, lane: StockLane, logger: Logger,
        onListening: @escaping @Sendable () -> Void = {}
    ) {
        self.path = path
        self.spooler = spooler
        self.queue = queue
        self.lane = lane
        self.logger = logger
        self.onListening = onListening
    }

    /// Passes on until cancelled or gracefully shut down.
    public func run() async throws {
        let server = try await RelayLine.listen(onSocket: path)
        onListening()
        try await RelayLine.serveAll(of: server) { await self.serve($0) }
    }

    private func serve(_ near: RelayLine.End) async {
        let tap = Mutex(PrintJobTap(queue: queue))
        await withDiscardingTaskGroup { group in
            let (jobs, job) = AsyncStream.makeStream(of: SubmittedJob.self)
            group.addTask { for await next in jobs { await lane.take(next) } }
            do {
                try await near.executeThenClose { input, output in
                    let far = try await RelayLine.connect(toSocket: spooler)
                    let side = RelayLine.Side(channel: near.channel, input: input, output: output)
                    try await far.executeThenClose { farInput, farOutput in
                        let line = RelayLine(near: side, far: RelayLine.Side(channel: far.channel, input: farInput, output: farOutput))
                        try await line.run { bytes in
                            for found in tap.withLock({ $0.feed(bytes.readableBytesView) }) { job.yield(found) }
                        }
                    }
                }
            } catch {
                // A scheduler that is away: the client's connection ends, as it would without this.
                logger.debug("a connection to the spooler ended", metadata: ["error": "\(error)"])
            }
            job.finish()
        }
    }
}
