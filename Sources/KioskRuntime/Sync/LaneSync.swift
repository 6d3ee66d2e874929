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
        var machine = SyncMachine(
            epoch: journal.epoch, lane: lane, head: try await journal.head(of: lane), acknowledged: try await journal.acknowledged(lane),
            timing: timing)
        let (events, inbox) = AsyncStream.makeStream(of: SyncMachine.Event.self)
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask {
                for await _ in journal.changes() { inbox.yield(.recorded(try await journal.head(of: lane))) }
            }
            for effect in machine.start() { try await perform(effect, inbox, &group) }
            for await event in events {
                for effect in machine.handle(event) { try await perform(effect, inbox, &group) }
            }
            group.cancelAll()
        }
    }

    private func perform(
        _ effect: SyncMachine.Effect, _ inbox: AsyncStream<SyncMachine.Event>.Continuation,
        _ group: inout ThrowingDiscardingTaskGroup<any Error>
    ) async throws {
        switch effect {
        case .send(let position, let attempt): group.addTask { inbox.yield(await send(after: position, attempt)) }
        case .acknowledge(let position): try await acknowledge(position)
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
            return .failed(.refused("the journal cannot be read: \(error)"), attempt, random: random)
        }
    }

    private func acknowledge(_ position: ChainPosition) async throws {
        do throws(JournalError) {
            try await journal.acknowledge(position, lane: lane)
        } catch {
            // The next answer says it again. A full disk must not end the kiosk.
            logger.error(
                "the journal could not remember what the centre has",
                metadata: ["lane": "\(lane)", "entry": "\(position.sequence)", "code": "\(error.code)", "detail": "\(error.detail)"])
        }
    }
}
