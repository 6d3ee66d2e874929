import Dispatch
import LocalFiles

/// The journal's thread for what its callers do between two calls.
final class JournalCallers: TaskExecutor {
    private let queue: DispatchQueue

    init(_ executor: DiskExecutor) { queue = executor.queue }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
