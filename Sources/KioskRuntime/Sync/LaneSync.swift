import Journal
import KioskCore
import Logging
import ServiceLifecycle
import SyncProtocol

/// The shell around ``SyncMachine`` of one lane: reads the journal, talks to the centre, decides nothing.
struct LaneSync: ServiceLifecycle.Service {
    let lane: Lane
    let journal: Journal
    let centre: CentreClient
    let timing: SyncTiming
    let board: CentreBoard
    let logger: Logger

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            do {
                try await follow()
            } catch is CancellationError {
                // The regular end. What is not at the centre stays in the journal.
            }
        }
    }

    private func follow() async throws {
        let (head, acknowledged) = await lastKnown()
        var machine = SyncMachine(epoch: journal.epoch, lane: lane, head: head, acknowledged: acknowledged, timing: timing)
        let (events, inbox) = AsyncStream.makeStream(of: SyncMachine.Event.self)
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { await watch(inbox) }
            for effect in machine.start() { await perform(effect, inbox, &group) }
            for await event in events {
                for effect in machine.handle(event) { await perform(effect, inbox, &group) }
            }
            group.cancelAll()
        }
    }

    /// Where chain and centre stood. Not knowing is no harm: the first answer tells.
    private func lastKnown() async -> (head: ChainPosition, acknowledged: ChainPosition) {
        do throws(JournalError) {
            return (try await journal.head(of: lane), try await journal.acknowledged(lane))
        } catch {
            complain("where the lane stood cannot be read", error)
            return (.start, .start)
        }
    }

    /// Says where the chain ends after each transaction. A disk that fails once must not end the sync of a lane for good.
    private func watch(_ inbox: AsyncStream<SyncMachine.Event>.Continuation) async {
        for await _ in journal.changes() {
            do throws(JournalError) {
                inbox.yield(.recorded(try await journal.head(of: lane)))
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
        case .send(let position, let attempt): group.addTask { inbox.yield(await send(after: position, attempt)) }
        case .acknowledge(let position): await acknowledge(position)
        case .startTimer(let timer, let duration):
            group.addTask {
                try await ContinuousClock().sleep(for: duration)
                inbox.yield(.timerFired(timer))
            }
        case .report(let report): board.report(report, of: lane)
        }
    }

    private func send(after position: ChainPosition, _ attempt: SyncMachine.AttemptID) async -> SyncMachine.Event {
        let random = UInt64.random(in: .min ... .max)
        do {
            let answer = try await centre.send(try await journal.batch(after: position, lane: lane))
            return .answered(answer, own: try await journal.hash(of: answer.upto, lane: lane), attempt, random: random)
        } catch let failure as SyncMachine.Failure {
            return .failed(failure, attempt, random: random)
        } catch {
            return .failed(.unread("\(error)"), attempt, random: random)
        }
    }

    private func acknowledge(_ position: ChainPosition) async {
        do throws(JournalError) {
            try await journal.acknowledge(position, lane: lane)
        } catch {
            // The next answer says it again. A full disk must not end the kiosk.
            complain("the journal could not remember that the centre has entry \(position.sequence)", error)
        }
    }

    private func complain(_ what: String, _ error: JournalError) {
        logger.error("\(what)", metadata: ["lane": "\(lane)", "code": "\(error.code)", "detail": "\(error.detail)"])
    }
}
