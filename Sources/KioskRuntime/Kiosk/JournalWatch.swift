import Conditions
import Journal
import KioskCore
import Logging
import ServiceLifecycle

/// Looks at the journal's disk now and then, so that the kiosk closes before it accepts what it cannot keep.
struct JournalWatch: ServiceLifecycle.Service {
    let journal: Journal
    let inbox: AsyncStream<SessionMachine.Event>.Continuation
    let logger: Logger

    /// A disk fills by others too, and nobody tells; this is how late the kiosk may notice while nobody uses it.
    static let interval = Duration.seconds(5)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var last: ConditionCode?
            while !Task.isCancelled {
                let refusal = await journal.refusal()
                if refusal?.condition != last {
                    last = refusal?.condition
                    if let refusal { logger.error("the journal accepts nothing", metadata: ["why": "\(refusal)"]) }
                }
                inbox.yield(.journal(last))
                do {
                    try await ContinuousClock().sleep(for: Self.interval)
                } catch {
                    return
                }
            }
        }
    }
}
