import DeviceLines
import Synchronization

/// The end of a connection that everybody may hold: what is to be sent, and whether it goes on.
final class USBConnection: OpenLine {
    struct State {
        var outbox = Outbox<@Sendable () -> Void>()
        var isClosed = false
        var wantsSignals = false
    }

    let introduction: String
    private let context: USBContext
    private let state = Mutex(State())

    init(_ context: USBContext, introduction: String) {
        self.context = context
        self.introduction = introduction
    }

    func send(_ bytes: [UInt8]) { change { $0.outbox.append(bytes) } }
    func whenWritten(_ done: @escaping @Sendable () -> Void) { change { $0.outbox.append(mark: done) } }
    func askSignals() { change { $0.wantsSignals = true } }
    func close() { change { $0.isClosed = true } }

    private func change(_ body: (inout State) -> Void) {
        state.withLock { body(&$0) }
        context.interrupt()
    }

    // MARK: For the thread

    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Whether somebody asked for the signals since this was last called.
    func takesQuestion() -> Bool {
        state.withLock { state in
            defer { state.wantsSignals = false }
            return state.wantsSignals
        }
    }

    /// The next bytes, at most so many.
    func next(_ limit: Int) -> ArraySlice<UInt8> { state.withLock { $0.outbox.next(limit) } }

    /// So many have left; tells whoever waited for that.
    func take(_ count: Int) {
        let due = state.withLock { state in
            state.outbox.take(count)
            return state.outbox.takeDueMarks()
        }
        for done in due { done() }
    }
}
