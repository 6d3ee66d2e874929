import Broadcasting
public import DeviceLines
import Dispatch
public import SmartCard
import Synchronization

/// An emulated reader with its cable, in this process: a line to it, and what people do with it.
public final class ReaderModel: Sendable {
    private struct State {
        var reader: EmulatedReader
        var isPlugged: Bool
        var attachment: ReaderAttachment?
        /// The attempt that waits for its time or for the cable.
        var attempt: (number: Int, report: @Sendable (ReaderNews) -> Void)?
        var attempts = 0
        /// The cable was put in since the last attempt.
        var isNew = false
        var hasEnded = false
    }

    public let place: ReaderPlace
    /// Whether it tells of its cards by itself.
    public let hasNotices: Bool
    private let state: Mutex<State>
    private let thread: DispatchQueue
    private let faultOnlookers = Onlookers<Int>(keeping: .every)

    /// - Parameters:
    ///   - name: as ``ReaderPlace/name``.
    ///   - isPlugged: whether its cable is in at first.
    public init(
        name: String = "emulated", description: ReaderDescription = .contactless, hasNotices: Bool = true, isPlugged: Bool = true
    ) {
        place = ReaderPlace(name: name, address: "emulated \(name)", model: "ANJUNGAN Emulated reader")
        self.hasNotices = hasNotices
        state = Mutex(State(reader: EmulatedReader(description), isPlugged: isPlugged))
        thread = DispatchQueue(label: "reader \(name)")
    }

    /// What it says it can do.
    public var description: ReaderDescription { state.withLock { $0.reader.description } }

    // MARK: What people do

    /// Puts a card in; one that is there already is replaced.
    public func insert(_ card: any EmulatedCard, slot: Int = 0) { act { $0.insert(card, slot: slot) } }

    /// Takes the card away.
    public func remove(slot: Int = 0) { act { $0.remove(slot: slot) } }

    public func hasCard(slot: Int = 0) -> Bool { state.withLock { $0.reader.hasCard(slot: slot) } }

    /// What goes wrong with the next messages, in their order.
    public func fail(_ faults: [ReaderFault]) {
        act { reader in
            reader.faults = faults
            return []
        }
    }

    /// How many of them are still to come: the number now first, and each that follows.
    public func faultsLeft() -> AsyncStream<Int> { state.withLock { faultOnlookers.add(first: $0.reader.faults.count).stream } }

    /// The reader says something of its own accord.
    public func say(_ output: EmulatedReader.Output) { act { _ in [output] } }

    /// A reset of the device: what was under way is forgotten, and a reader that hung answers again.
    public func restart() {
        act { reader in
            reader.loseReader()
            return []
        }
    }

    /// Pulls the cable.
    public func unplug() { act { _ in [.unplugged] } }

    /// Puts the cable in again; what the cards had begun is forgotten.
    public func plug() {
        let attempt = state.withLock { state in
            state.isPlugged = true
            state.isNew = true
            return state.attempt?.number
        }
        if let attempt { begin(attempt) }
    }

    private func act(_ body: @Sendable @escaping (inout EmulatedReader) -> [EmulatedReader.Output]) {
        state.withLock { deliver(body(&$0.reader), &$0) }
    }

    // MARK: What the host does

    /// Connects a host, in place of any other; nil while the cable is out. `take` gets what leaves the reader, and `closed` once why that
    /// has ended, both on a thread of the reader's own.
    public func attach(
        _ take: @escaping @Sendable (EmulatedReader.Output) -> Void, closed: @escaping @Sendable (LineError) -> Void
    ) -> ReaderAttachment? {
        state.withLock { state in
            guard state.isPlugged, !state.hasEnded else { return nil }
            close(&state, LineError(.busy, "\(place.address) was taken by another program"))
            let attachment = ReaderAttachment(self, descriptor: state.reader.description.octets, take: take, closed: closed)
            state.attachment = attachment
            return attachment
        }
    }

    fileprivate func receive(_ message: [UInt8], _ attachment: ReaderAttachment) {
        change(attachment) { state in
            let before = state.reader.faults.count
            deliver(state.reader.receive(message), &state)
            if state.reader.faults.count != before { faultOnlookers.tell(state.reader.faults.count) }
        }
    }

    fileprivate func abort(_ attachment: ReaderAttachment) { change(attachment) { $0.reader.abort() } }

    fileprivate func close(_ attachment: ReaderAttachment, _ why: LineError) { change(attachment) { close(&$0, why) } }

    private func change(_ attachment: ReaderAttachment, _ body: (inout State) -> Void) {
        state.withLock { state in
            guard state.attachment === attachment else { return }
            body(&state)
        }
    }

    private func close(_ state: inout State, _ why: LineError) {
        guard let attachment = state.attachment else { return }
        state.attachment = nil
        thread.async { attachment.closed(why) }
    }

    private func deliver(_ outputs: [EmulatedReader.Output], _ state: inout State) {
        for output in outputs {
            switch output {
            case .message(_, let delay): later(delay, output, state.attachment)
            case .notice: if hasNotices { later(.zero, output, state.attachment) }
            case .stall, .nothing: later(.zero, output, state.attachment)
            case .unplugged:
                state.isPlugged = false
                state.reader.loseReader()
                close(&state, LineError(.notThere, "\(place.address) was unplugged"))
            }
        }
    }

    private func later(_ delay: Duration, _ output: EmulatedReader.Output, _ attachment: ReaderAttachment?) {
        guard let attachment else { return }
        let work: @Sendable () -> Void = { [self] in
            if state.withLock({ $0.attachment === attachment }) { attachment.take(output) }
        }
        if delay == .zero { thread.async(execute: work) } else { thread.asyncAfter(deadline: .now() + delay.dispatched, execute: work) }
    }
}

/// A host at the other end of an emulated reader's cable.
public final class ReaderAttachment: OpenReader {
    public let classDescriptor: [UInt8]
    public let hasNotices: Bool
    fileprivate let take: @Sendable (EmulatedReader.Output) -> Void
    fileprivate let closed: @Sendable (LineError) -> Void
    private let model: ReaderModel

    fileprivate init(
        _ model: ReaderModel, descriptor: [UInt8], take: @escaping @Sendable (EmulatedReader.Output) -> Void,
        closed: @escaping @Sendable (LineError) -> Void
    ) {
        self.model = model
        classDescriptor = descriptor
        hasNotices = model.hasNotices
        self.take = take
        self.closed = closed
    }

    public func send(_ message: [UInt8]) { model.receive(message, self) }
    public func abort(slot: UInt8, sequence: UInt8) { model.abort(self) }
    public func reset() {
        model.restart()
        model.close(self, LineError(.closed, "the reader was reset"))
    }
    public func close() { model.close(self, LineError(.closed, "closed by this program")) }
}

/// In this process the model is its own line.
extension ReaderModel: ReaderLine, ReaderPorts {
    public func watch(_ report: @escaping @Sendable (Result<any ReaderLine, LineError>) -> Void) {
        thread.async { report(.success(self)) }
    }

    public func connect(after delay: Duration, report: @escaping @Sendable (ReaderNews) -> Void) {
        let (number, isDue) = state.withLock { state in
            state.attempts += 1
            state.attempt = (state.attempts, report)
            return (state.attempts, delay <= .zero || state.isNew || state.hasEnded)
        }
        if isDue { begin(number) } else { thread.asyncAfter(deadline: .now() + delay.dispatched) { self.open(number) } }
    }

    public func end() {
        let attempt = state.withLock { state in
            state.hasEnded = true
            close(&state, LineError(.closed, "closed by this program"))
            return state.attempt?.number
        }
        if let attempt { begin(attempt) }
    }

    private func begin(_ attempt: Int) { thread.async { self.open(attempt) } }

    private func open(_ number: Int) {
        let found = state.withLock { state -> (report: @Sendable (ReaderNews) -> Void, hasEnded: Bool)? in
            guard let attempt = state.attempt, attempt.number == number else { return nil }
            state.attempt = nil
            state.isNew = false
            return (attempt.report, state.hasEnded)
        }
        guard let report = found?.report else { return }
        if found?.hasEnded == true { return report(.disconnected(LineError(.closed, "closed by this program"))) }
        let attachment = attach { output in
            switch output {
            case .message(let octets, _): report(.message(octets))
            case .notice(let octets): report(.notice(octets))
            case .stall: report(.stalled)
            // A line passes it over.
            case .nothing, .unplugged: break
            }
        } closed: {
            report(.disconnected($0))
        }
        guard let attachment else { return report(.disconnected(LineError(.notThere, "\(place.address) is not plugged in"))) }
        report(.connected(attachment))
    }
}

extension Duration {
    fileprivate var dispatched: DispatchTimeInterval {
        .nanoseconds(Int(components.seconds) * 1_000_000_000 + Int(components.attoseconds / 1_000_000_000))
    }
}

extension ReaderDescription {
    /// A reader for cards in its field, such as most on the market: one slot, whole APDUs of any length, negotiates by itself.
    public static let contactless = ReaderDescription(
        features: [.configuresItself, .choosesVoltage, .choosesClock, .choosesRate, .negotiatesParameters, .tellsFieldSize],
        level: .extendedAPDU)
}
