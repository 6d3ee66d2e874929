public import Dispatch

/// The one thread at a time on which an actor touches the disk, so that no blocking call holds up the cooperative pool.
public final class DiskExecutor: SerialExecutor {
    public let queue: DispatchQueue

    /// - Parameter name: of the queue, for debuggers.
    public init(_ name: String) { queue = DispatchQueue(label: name, qos: .userInitiated) }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    public func checkIsolated() { dispatchPrecondition(condition: .onQueue(queue)) }
}
