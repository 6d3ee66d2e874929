public import Logging
public import ServiceLifecycle
public import SyncProtocol

/// The shell around ``SyncMachine`` of one chain: reads the chain, talks to the centre, decides nothing.
public struct ChainSync<Chain: ShippedChain>: ServiceLifecycle.Service {
    private let chain: Chain
    private let centre: CentreClient
    private let timing: SyncTiming
    private let logger: Logger
    private let onReport: @Sendable (SyncMachine.Report) -> Void
    private let onAnswer: @Sendable (Acknowledgement) -> Void

    /// - Parameters:
    ///   - onReport: told how the way to the centre is, again and again.
    ///   - onAnswer: told every answer, before anything of it is believed.
    public init(
        _ chain: Chain, to centre: CentreClient, timing: SyncTiming, logger: Logger,
        onReport: @escaping @Sendable (SyncMachine.Report) -> Void, onAnswer: @escaping @Sendable (Acknowledgement) -> Void = { _ in }
    ) {
        self.chain = chain
        self.centre = centre
        self.timing = timing
        self.logger = logger
        self.onReport = onReport
        self.onAnswer = onAnswer
    }

    public func run() async throws {
        try await cancelWhenGracefulShutdown {
            do {
                // A journal that begins a new epoch goes on under another name.
                while true { _ = try await follow(chain.name, while: { _ in true }) }
            } catch is CancellationError {
                // The regular end. What is not at the centre stays where it is.
            }
        }
    }

    /// Brings a chain to which nothing is added any more to the centre. Returns how that ended, however long it takes.
    public func finish() async throws -> SyncMachine.End {
        let machine = try await follow(chain.name) { $0.end == nil }
        guard let end = machine.end else { preconditionFailure("A chain under its own name for ever is followed until its end") }
        return end
    }

    /// As long as the chain has this name, and `isOn` says so.
    private func follow(_ name: ChainName, while isOn: (SyncMachine) -> Bool) async throws -> SyncMachine {
        try Task.checkCancellation()
        var machine = await lastKnown(name)
        let (events, inbox) = AsyncStream.makeStream(of: SyncMachine.Event.self)
        do {
            try await withThrowingDiscardingTaskGroup { group in
                group.addTask { await watch(name, inbox) }
                for effect in machine.start() { await perform(effect, inbox, &group) }
                for await event in events {
                    for effect in machine.handle(event) { await perform(effect, inbox, &group) }
                    guard isOn(machine) else { break }
                }
                group.cancelAll()
            }
        } catch is CancellationError {
            // That of the pauses.
        }
        try Task.checkCancellation()
        return machine
    }

    /// Where chain and centre stood. Not knowing is no harm: the first answer tells.
    private func lastKnown(_ name: ChainName) async -> SyncMachine {
        do {
            return SyncMachine(
                chain: name, head: try await chain.head(), acknowledged: try await chain.acknowledged(),
                safe: try await chain.safe(), timing: timing)
        } catch {
            complain("where the chain stood cannot be read", error)
            return SyncMachine(chain: name, head: .start, acknowledged: .start, timing: timing)
        }
    }

    /// Says where the chain ends after each change. A disk that fails once must not end the sync of a chain for good.
    private func watch(_ name: ChainName, _ inbox: AsyncStream<SyncMachine.Event>.Continuation) async {
        for await _ in chain.changes() {
            guard chain.name == name else { return inbox.finish() }
            do {
                inbox.yield(.recorded(try await chain.head()))
            } catch {
                complain("the end of the chain cannot be read", error)
            }
        }
    }

    private func perform(
        _ effect: SyncMachine.Effect, _ inbox: AsyncStream<SyncMachine.Event>.Continuation,
        _ group: inout ThrowingDiscardingTaskGroup<any Error>
    ) async {
        switch effect {
        case .send(let position, let limit, let attempt):
            group.addTask { inbox.yield(await send(after: position, limit, attempt)) }
        case .acknowledge(let position):
            await remember("that the centre has entry \(position.sequence)") { try await chain.acknowledge(position) }
        case .markSafe(let position):
            await remember("that a backup has entry \(position.sequence)") { try await chain.markSafe(position) }
        case .startTimer(let timer, let duration):
            group.addTask {
                try await ContinuousClock().sleep(for: duration)
                inbox.yield(.timerFired(timer))
            }
        case .report(let report): onReport(report)
        }
    }

    private func send(after position: ChainPosition, _ limit: Int, _ attempt: SyncMachine.AttemptID) async -> SyncMachine.Event {
        let random = UInt64.random(in: .min ... .max)
        do {
            let batch = try await chain.batch(after: position, limit: limit)
            let told = Told(acknowledged: try await chain.acknowledged().sequence, safe: try await chain.safe().sequence)
            let answer = try await centre.send(batch, waiting: try await chain.waiting(), told: told)
            onAnswer(answer)
            if let numbers = answer.numbers, answer.epoch == batch.chain.epoch {
                await remember("which numbers the centre has seen") { try await chain.goOn(behind: numbers) }
            }
            return .answered(answer, own: try await chain.hashes(of: answer.sequences), attempt, random: random)
        } catch let failure as SyncMachine.Failure {
            return .failed(failure, attempt, random: random)
        } catch {
            return .failed(.unread("\(error)"), attempt, random: random)
        }
    }

    private func remember(_ what: String, _ body: () async throws -> Void) async {
        do {
            try await body()
        } catch {
            // The next answer, or the next start, says it again. A full disk must not end the program.
            complain("could not remember \(what)", error)
        }
    }

    private func complain(_ what: String, _ error: any Error) {
        logger.error(
            "\(what)",
            metadata: ["chain": "\(chain.name.site)/\(chain.name.kiosk)", "lane": "\(chain.name.lane)", "detail": "\(error)"])
    }
}
