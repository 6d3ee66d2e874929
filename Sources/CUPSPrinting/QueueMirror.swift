public import Conditions
public import Logging
public import ServiceLifecycle
import Synchronization

/// Keeps what a queue says of its printer true while nothing is being printed: without it, `lpstat` shows for ever
/// what the last job left.
///
/// While a job is under way its backend speaks; its last words are corrected as soon as the job has ended.
public struct QueueMirror: Service {
    private let spooler: Spooler
    private let statuses: @Sendable () -> AsyncStream<PrinterStatus>
    private let settlements: @Sendable () -> AsyncStream<Void>
    private let words: @Sendable (PrinterStatus) -> String
    private let logger: Logger
    /// Waits so long between two attempts.
    var rest: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }

    /// What the queue shows once nobody looks at the printer any more; CUPS's own keyword for that.
    static let unattended = "offline-report"
    /// Every reason that is ours to set and to take away; `connecting-to-device` is the backend's.
    static let owned = ConditionCode.printerStateReasons.union([unattended, "connecting-to-device"])

    /// - Parameters:
    ///   - spooler: the printer's queue; a time-out of few seconds, because a stop waits for it.
    ///   - statuses: what the printer can do: the current value first, then every change.
    ///   - settlements: one element for each print that has ended.
    ///   - words: what `lpstat -p` shows below the queue; empty for nothing.
    public init(
        spooler: Spooler, statuses: @escaping @Sendable () -> AsyncStream<PrinterStatus>,
        settlements: @escaping @Sendable () -> AsyncStream<Void>, words: @escaping @Sendable (PrinterStatus) -> String, logger: Logger
    ) {
        self.spooler = spooler
        self.statuses = statuses
        self.settlements = settlements
        self.words = words
        self.logger = logger
    }

    /// Until shut down; then the queue says that nobody looks.
    public func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await mirror() }
        } catch is CancellationError {
            // Stopping was asked for.
        }
        do throws(SpoolerError) {
            _ = try await spooler.show(reasons: [Self.unattended], owned: Self.owned, message: "")
        } catch {
            logger.info("the queue could not be told that nobody looks at the printer", metadata: ["error": "\(error)"])
        }
    }

    /// What the queue should show.
    private final class Truth: Sendable {
        private let state = Mutex<(status: PrinterStatus?, hasSettled: Bool)>((nil, false))

        func set(_ status: PrinterStatus) { state.withLock { $0.status = status } }
        func settle() { state.withLock { $0.hasSettled = true } }

        /// The status, and whether a print has ended since this was last asked.
        func take() -> (status: PrinterStatus?, hasSettled: Bool) {
            state.withLock { state in
                defer { state.hasSettled = false }
                return state
            }
        }
    }

    private func mirror() async throws {
        let (changes, changed) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let truth = Truth()
        let (statuses, settlements) = (statuses(), settlements())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await status in statuses {
                    truth.set(status)
                    changed.yield()
                }
                changed.finish()
            }
            group.addTask {
                for await _ in settlements {
                    truth.settle()
                    changed.yield()
                }
            }
            var trouble = Trouble()
            for await _ in changes {
                let (status, hasSettled) = truth.take()
                if let status, try await !bring(status, waiting: hasSettled, &trouble) { changed.yield() }
            }
            group.cancelAll()
        }
    }

    /// A run of attempts that failed. A queue that was removed, or that wants a password, stays away for days.
    struct Trouble {
        private var last: SpoolerError.Code?
        private var pause = Duration.seconds(1)

        /// - Returns: how long to wait now, twice as long each time up to a minute; and whether this is another trouble than before.
        mutating func meets(_ error: SpoolerError) -> (pause: Duration, isNew: Bool) {
            let isNew = last != error.code
            last = error.code
            pause = min(pause * 2, .seconds(60))
            return (pause, isNew)
        }

        /// - Returns: whether there had been trouble.
        mutating func ends() -> Bool {
            defer { self = Trouble() }
            return last != nil
        }
    }

    /// Brings the queue in line, unless a job is under way: its end is another change.
    ///
    /// CUPS tells nobody when a job has ended, which is some milliseconds after its print has; so after one it is asked again.
    /// - Returns: false when CUPS could not be asked; then some time has passed.
    private func bring(_ status: PrinterStatus, waiting: Bool, _ trouble: inout Trouble) async throws -> Bool {
        let reasons = Set(status.conditions.compactMap(\.printerStateReason))
        let attempts = waiting ? 40 : 1
        do {
            for _ in 0..<attempts {
                let isShown = try await spooler.show(reasons: reasons, owned: Self.owned, message: words(status))
                if trouble.ends() { logger.info("the queue can be told again how its printer is") }
                if isShown { return true }
                if waiting { try await Task.sleep(for: .milliseconds(50)) }
            }
            return true
        } catch let error as SpoolerError {
            let (pause, isNew) = trouble.meets(error)
            if isNew { logger.info("the queue could not be told how its printer is", metadata: ["error": "\(error)"]) }
            try await rest(pause)
            return false
        }
    }
}
