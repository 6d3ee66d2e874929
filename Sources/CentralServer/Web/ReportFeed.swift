import Synchronization

/// Tells every onlooker that the report may have changed: a level, so a slow one misses nothing but repetitions.
final class ReportFeed: Sendable {
    private struct State {
        var listeners: [Int: AsyncStream<Void>.Continuation] = [:]
        var next = 0
    }

    private let state = Mutex(State())

    /// A stream that begins with what is now. Whoever finishes the listener ends it.
    func listen() -> (changes: AsyncStream<Void>, listener: AsyncStream<Void>.Continuation) {
        let (stream, listener) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        listener.yield()
        let number = state.withLock { state in
            state.next += 1
            state.listeners[state.next] = listener
            return state.next
        }
        listener.onTermination = { [weak self] _ in self?.state.withLock { _ = $0.listeners.removeValue(forKey: number) } }
        return (stream, listener)
    }

    func send() {
        for listener in state.withLock({ Array($0.listeners.values) }) { listener.yield() }
    }
}
