import Dispatch

/// Runs the libcups calls of one spooler, in order, on a thread outside the cooperative pool: they block,
/// and what libcups remembers of the last exchange it keeps per thread.
final class SpoolerQueue: SerialExecutor {
    private let queue = DispatchQueue(label: "spooler")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    func checkIsolated() { dispatchPrecondition(condition: .onQueue(queue)) }
}
