public import Logging
public import ServiceLifecycle
public import SyncProtocol

/// The shell around ``NoticeMachine``: asks a centre, has taken what it says, waits; decides nothing.
public struct NoticeSync: ServiceLifecycle.Service {
    private let timing: SyncTiming
    private let logger: Logger
    private let ask: @Sendable (_ known: String?) async throws(SyncMachine.Failure) -> Notices
    private let take: @Sendable (Notices) async -> Bool

    /// - Parameters:
    ///   - retry: the longest pause before a centre is asked again.
    ///   - ask: asks the centre, which may be silent for a while before it answers.
    ///   - take: does what the centre says; whether all of it holds now, also after a crash.
    public init(
        retry: Duration, logger: Logger, ask: @escaping @Sendable (_ known: String?) async throws(SyncMachine.Failure) -> Notices,
        take: @escaping @Sendable (Notices) async -> Bool
    ) {
        // Asking costs little, and nobody should miss an emergency for a quarter of an hour because the centre was away before.
        timing = SyncTiming(cap: min(retry, .seconds(60)))
        self.logger = logger
        self.ask = ask
        self.take = take
    }

    public func run() async throws {
        let (events, inbox) = AsyncStream.makeStream(of: NoticeMachine.Event.self)
        await withDiscardingTaskGroup { group in
            var machine = NoticeMachine(timing: timing)
            for effect in machine.start() { perform(effect, inbox, &group) }
            for await event in events.cancelOnGracefulShutdown() {
                for effect in machine.handle(event) { perform(effect, inbox, &group) }
            }
            group.cancelAll()
        }
    }

    private func perform(
        _ effect: NoticeMachine.Effect, _ inbox: AsyncStream<NoticeMachine.Event>.Continuation, _ group: inout DiscardingTaskGroup
    ) {
        let random = UInt64.random(in: .min ... .max)
        switch effect {
        case .ask(let known, let attempt):
            group.addTask {
                do throws(SyncMachine.Failure) {
                    inbox.yield(.answered(try await ask(known), attempt, random: random))
                } catch {
                    // What is wrong with the way to the centre, the batches tell.
                    logger.debug("no notices from the centre", metadata: ["reason": "\(error)"])
                    inbox.yield(.failed(attempt, random: random))
                }
            }
        case .take(let notices, let attempt):
            group.addTask { inbox.yield(await take(notices) ? .taken(attempt, random: random) : .notTaken(attempt, random: random)) }
        case .startTimer(let timer, let duration):
            group.addTask {
                do {
                    try await ContinuousClock().sleep(for: duration)
                    inbox.yield(.timerFired(timer))
                } catch {
                    // Cancelled: the program is stopping.
                }
            }
        }
    }
}
