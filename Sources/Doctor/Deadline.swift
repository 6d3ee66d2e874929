import Dispatch

/// Nothing came within the time that was given.
struct TimedOut: Error, CustomStringConvertible {
    var limit: Duration
    var description: String { "no answer within \(limit.components.seconds) s" }
}

/// What `work` brings, or ``TimedOut``. Never waits for work that goes on after its cancellation: a doctor must not hang.
func within<Value: Sendable>(
    _ limit: Duration, _ work: @escaping @Sendable () async throws -> Value
) async -> Result<Value, any Error> {
    let (results, inbox) = AsyncStream.makeStream(of: Result<Value, any Error>.self, bufferingPolicy: .bufferingOldest(1))
    let worker = Task {
        do { inbox.yield(.success(try await work())) } catch { inbox.yield(.failure(error)) }
    }
    let timer = Task {
        // A timer that is cancelled has nothing to say.
        guard (try? await ContinuousClock().sleep(for: limit)) != nil else { return }
        inbox.yield(.failure(TimedOut(limit: limit)))
    }
    defer {
        worker.cancel()
        timer.cancel()
    }
    for await result in results { return result }
    return .failure(CancellationError())
}

/// Runs what blocks on a thread of its own, off the cooperative pool.
func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(with: Result { try body() }) }
    }
}
