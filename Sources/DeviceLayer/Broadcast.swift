import Synchronization

/// Hands values to any number of listeners, each with a stream of its own.
final class Broadcast<Value: Sendable>: Sendable {
    private struct State {
        var listeners: [Int: AsyncStream<Value>.Continuation] = [:]
        var next = 0
        var latest: Value?
        var isFinished = false
    }

    private let state = Mutex(State())
    private let isLevel: Bool

    /// - Parameter isLevel: a listener gets the current value first, and only the newest of those it is too slow for;
    ///   otherwise it gets every value from now on.
    init(isLevel: Bool) { self.isLevel = isLevel }

    func stream() -> AsyncStream<Value> {
        let (stream, continuation) = AsyncStream.makeStream(of: Value.self, bufferingPolicy: isLevel ? .bufferingNewest(1) : .unbounded)
        let number = state.withLock { state -> Int? in
            if isLevel, let latest = state.latest { continuation.yield(latest) }
            guard !state.isFinished else { return nil }
            state.next += 1
            state.listeners[state.next] = continuation
            return state.next
        }
        guard let number else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            // Released outside the lock: the last reference to a continuation may call back in here.
            let gone = self?.state.withLock { $0.listeners.removeValue(forKey: number) }
            _ = gone
        }
        return stream
    }

    func send(_ value: Value) {
        let listeners = state.withLock { state in
            state.latest = value
            return Array(state.listeners.values)
        }
        for listener in listeners { listener.yield(value) }
    }

    func finish() {
        let listeners = state.withLock { state in
            state.isFinished = true
            return Array(state.listeners.values)
        }
        for listener in listeners { listener.finish() }
    }
}
