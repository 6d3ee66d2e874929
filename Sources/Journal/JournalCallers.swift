import Dispatch
import LocalFiles
import Synchronization

/// The journal's thread for what its callers do between two calls. Those who are answered together go on together.
final class JournalCallers: TaskExecutor {
    private let queue: DispatchQueue
    private let ready = Mutex<[UnownedJob]>([])

    init(_ executor: DiskExecutor) { queue = executor.queue }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isFirst = ready.withLock {
            $0.append(job)
            return $0.count == 1
        }
        if isFirst { queue.async { self.runReady() } }
    }

    private func runReady() {
        let jobs = ready.withLock { ready in
            defer { ready = [] }
            return ready
        }
        for job in jobs { job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
}
