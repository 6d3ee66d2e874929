import Dispatch

/// The one thread at a time on which the journal touches the disk, so that no blocking call holds up the cooperative pool.
final class JournalExecutor: SerialExecutor {
    let queue = DispatchQueue(label: "journal", qos: .userInitiated)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    func checkIsolated() { dispatchPrecondition(condition: .onQueue(queue)) }
}

/// The same thread for what callers do between two calls of the journal.
final class JournalCallers: TaskExecutor {
    private let queue: DispatchQueue

    init(_ executor: JournalExecutor) { queue = executor.queue }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
