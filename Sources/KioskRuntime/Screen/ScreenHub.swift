import KioskCore
import Synchronization

/// Holds the latest screen value and hands it to every connection.
///
/// One kiosk has one session: whoever connects sees the same screen. A slow connection
/// may miss a value, never the latest one.
public final class ScreenHub: Sendable {
    private struct State {
        var latest: ScreenMessage
        var watchers: [Int: AsyncStream<ScreenMessage>.Continuation] = [:]
        var nextWatcher = 0
    }

    private let state: Mutex<State>

    public init(_ first: ScreenMessage) {
        state = Mutex(State(latest: first))
    }

    public var latest: ScreenMessage { state.withLock { $0.latest } }

    func publish(_ message: ScreenMessage) {
        state.withLock { state in
            state.latest = message
            for watcher in state.watchers.values { watcher.yield(message) }
        }
    }

    /// The latest value at once, then each new one.
    public func messages() -> AsyncStream<ScreenMessage> {
        let (stream, continuation) = AsyncStream.makeStream(of: ScreenMessage.self, bufferingPolicy: .bufferingNewest(1))
        let key = state.withLock { state in
            state.nextWatcher += 1
            state.watchers[state.nextWatcher] = continuation
            continuation.yield(state.latest)
            return state.nextWatcher
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.watchers.removeValue(forKey: key) }
        }
        return stream
    }
}
