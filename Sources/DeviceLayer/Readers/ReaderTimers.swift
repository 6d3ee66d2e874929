import NIOCore
import NIOPosix
import SmartCard
import Synchronization

/// The timers of one reader. Most are stopped long before they are due, so at most one of them is ever given to the event loop: a command
/// and its answer wake no other thread.
final class ReaderTimers: Sendable {
    private struct State {
        var due: [ReaderMachine.Timer: ContinuousClock.Instant] = [:]
        /// When the event loop calls next.
        var alarm: ContinuousClock.Instant?
        var onDue: @Sendable (ReaderMachine.Timer) -> Void = { _ in }
    }

    private let state = Mutex(State())
    private let eventLoop: any EventLoop = MultiThreadedEventLoopGroup.singleton.any()

    /// Called on the event loop, for each timer once.
    var onDue: @Sendable (ReaderMachine.Timer) -> Void {
        get { state.withLock { $0.onDue } }
        set { state.withLock { $0.onDue = newValue } }
    }

    func start(_ timer: ReaderMachine.Timer, _ time: Duration) {
        let now = ContinuousClock.now
        let isFirst = state.withLock { state in
            state.due[timer] = now + time
            guard state.alarm.map({ $0 > now + time }) ?? true else { return false }
            state.alarm = now + time
            return true
        }
        if isFirst { schedule(now + time, in: time) }
    }

    func stop(_ timer: ReaderMachine.Timer) { state.withLock { _ = $0.due.removeValue(forKey: timer) } }

    private func schedule(_ alarm: ContinuousClock.Instant, in time: Duration) {
        eventLoop.scheduleTask(in: TimeAmount(time)) { [weak self] in self?.ring(alarm) }
    }

    private func ring(_ alarm: ContinuousClock.Instant) {
        let now = ContinuousClock.now
        let (over, next, onDue) = state.withLock {
            state -> ([ReaderMachine.Timer], ContinuousClock.Instant?, @Sendable (ReaderMachine.Timer) -> Void) in
            // An earlier alarm was set after this one.
            guard state.alarm == alarm else { return ([], nil, state.onDue) }
            let over = state.due.filter { $0.value <= now }.sorted { $0.value < $1.value }.map(\.key)
            for timer in over { state.due[timer] = nil }
            state.alarm = state.due.values.min()
            return (over, state.alarm, state.onDue)
        }
        if let next { schedule(next, in: next - now) }
        for timer in over { onDue(timer) }
    }
}
