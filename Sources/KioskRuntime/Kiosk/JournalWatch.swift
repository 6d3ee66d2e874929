import Conditions
import Journal
import KioskCore
import Logging
import ServiceLifecycle

/// Looks at the journal's disk now and then, so that the kiosk closes before it accepts what it cannot keep, and keeps the journal small.
struct JournalWatch: ServiceLifecycle.Service {
    let journal: Journal
    let centre: CentreBoard
    let inbox: AsyncStream<SessionMachine.Event>.Continuation
    let logger: Logger

    /// A disk fills by others too, and nobody tells; this is how late the kiosk may notice while nobody uses it.
    static let interval = Duration.seconds(5)
    /// Looks between two times of pruning.
    static let prunedEvery = 12

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var last = Seen()
            var looks = 0
            while !Task.isCancelled {
                if looks % Self.prunedEvery == 0 { await prune() }
                looks += 1
                await look(&last)
                do {
                    try await ContinuousClock().sleep(for: Self.interval)
                } catch {
                    return
                }
            }
        }
    }

    /// What was said last, so that it is said once.
    private struct Seen {
        var refusal: ConditionCode?
        var clockIsDoubted = false
    }

    private func look(_ last: inout Seen) async {
        let refusal = await journal.refusal()
        if refusal?.condition != last.refusal, let refusal {
            logger.error("the journal accepts nothing", metadata: ["why": "\(refusal)"])
        }
        last.refusal = refusal?.condition
        inbox.yield(.journal(last.refusal))
        let doubt = await doubt()
        if let doubt, !last.clockIsDoubted {
            logger.error("the clock has leapt; is it right? Then say so: anjungan journal clock --right", metadata: ["why": "\(doubt)"])
        }
        last.clockIsDoubted = doubt != nil
    }

    /// Why the clock is not believed, after the centre was asked.
    private func doubt() async -> ClockDoubt? {
        guard let doubt = await journal.clockDoubt() else { return nil }
        guard let clock = centre.clock else { return doubt }
        do {
            return try await journal.confirmClock(centre: clock) ? nil : doubt
        } catch {
            logger.error("that the centre confirms the clock could not be kept", metadata: ["error": "\(error)"])
            return doubt
        }
    }

    private func prune() async {
        do {
            let pruned = try await journal.tend()
            guard !pruned.isEmpty else { return }
            logger.info("pruned what the centre has in a backup", metadata: ["what": "\(pruned)"])
        } catch {
            // What is there stays, and the next time comes in a minute; a journal that fills up says so itself.
            logger.error("the journal could not be pruned", metadata: ["error": "\(error)"])
        }
    }
}
