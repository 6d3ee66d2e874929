import Synchronization

/// Tells everybody who watches that something was recorded.
final class ChangeWatchers: Sendable {
    private struct State {
        var watchers: [Int: AsyncStream<Void>.Continuation] = [:]
        var next = 0
    }

    private let state = Mutex(State())

    func tell() {
        state.withLock { state in
            for watcher in state.watchers.values { watcher.yield() }
        }
    }

    func watch() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let key = state.withLock { state in
            state.next += 1
            state.watchers[state.next] = continuation
            continuation.yield()
            return state.next
        }
        continuation.onTermination = { [weak self] _ in
            // Released outside the lock: the last reference to a continuation calls back in here.
            let gone = self?.state.withLock { $0.watchers.removeValue(forKey: key) }
            _ = gone
        }
        return stream
    }
}
