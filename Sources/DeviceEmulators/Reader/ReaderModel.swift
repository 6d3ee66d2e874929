public import DeviceLines
import Dispatch
public import SmartCard
import Synchronization

/// An emulated reader with its cable, in this process: a line to it, and what people do with it.
public final class ReaderModel: Sendable {
    private struct State {
        var reader: EmulatedReader
        var isPlugged: Bool
        /// The one connection, or the attempt that waits for the cable.
        var connection: ReaderModelConnection?
        var attempt: (number: Int, report: @Sendable (ReaderNews) -> Void)?
        var attempts = 0
        var hasEnded = false
    }

    public let place: ReaderPlace
    /// Whether it tells of its cards by itself.
    public let hasNotices: Bool
    private let state: Mutex<State>
    private let thread: DispatchQueue

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

    /// The reader says something of its own accord.
    public func say(_ output: EmulatedReader.Output) { act { _ in [output] } }

    /// Pulls the cable.
    public func unplug() { act { _ in [.unplugged] } }

    /// Puts the cable in again; what the cards had begun is forgotten.
    public func plug() {
        let attempt = state.withLock { state in
            state.isPlugged = true
            return state.attempt?.number
        }
        if let attempt { begin(attempt) }
    }

    private func act(_ body: @Sendable @escaping (inout EmulatedReader) -> [EmulatedReader.Output]) {
        state.withLock { deliver(body(&$0.reader), &$0) }
    }

    // MARK: What the host does

    fileprivate func connect(after delay: Duration, _ report: @escaping @Sendable (ReaderNews) -> Void) {
        let (number, isPlugged) = state.withLock { state in
            state.attempts += 1
            state.attempt = (state.attempts, report)
            return (state.attempts, state.isPlugged || state.hasEnded)
        }
        if isPlugged && delay == .zero {
            begin(number)
        } else {
            thread.asyncAfter(deadline: .now() + delay.dispatched) { self.open(number) }
        }
    }

    private func begin(_ attempt: Int) { thread.async { self.open(attempt) } }

    private func open(_ number: Int) {
        let news: (@Sendable (ReaderNews) -> Void, ReaderNews)? = state.withLock { state in
            guard let attempt = state.attempt, attempt.number == number else { return nil }
            state.attempt = nil
            if state.hasEnded { return (attempt.report, .disconnected(LineError(.closed, "closed by this program"))) }
            guard state.isPlugged else {
                return (attempt.report, .disconnected(LineError(.notThere, "\(place.address) is not plugged in")))
            }
            let connection = ReaderModelConnection(self, descriptor: state.reader.description.octets, report: attempt.report)
            state.connection = connection
            return (attempt.report, .connected(connection))
        }
        if let (report, news) = news { report(news) }
    }

    public func end() {
        let attempt = state.withLock { state in
            state.hasEnded = true
            close(&state, LineError(.closed, "closed by this program"))
            return state.attempt?.number
        }
        if let attempt { begin(attempt) }
    }

    fileprivate func receive(_ message: [UInt8], _ connection: ReaderModelConnection) {
        change(connection) { state in deliver(state.reader.receive(message), &state) }
    }

    fileprivate func abort(_ connection: ReaderModelConnection) { change(connection) { $0.reader.abort() } }

    fileprivate func close(_ connection: ReaderModelConnection, _ why: LineError) { change(connection) { close(&$0, why) } }

    private func change(_ connection: ReaderModelConnection, _ body: (inout State) -> Void) {
        state.withLock { state in
            guard state.connection === connection else { return }
            body(&state)
        }
    }

    private func close(_ state: inout State, _ why: LineError) {
        guard let connection = state.connection else { return }
        state.connection = nil
        thread.async { connection.report(.disconnected(why)) }
    }

    private func deliver(_ outputs: [EmulatedReader.Output], _ state: inout State) {
        for output in outputs {
            switch output {
            case .message(let octets, let delay): later(delay, .message(octets), state.connection)
            case .notice(let octets): if hasNotices { later(.zero, .notice(octets), state.connection) }
            case .stall: later(.zero, .stalled, state.connection)
            // A line passes it over.
            case .nothing: break
            case .unplugged:
                state.isPlugged = false
                state.reader.loseReader()
                close(&state, LineError(.lost, "the reader was unplugged"))
            }
        }
    }

    private func later(_ delay: Duration, _ news: ReaderNews, _ connection: ReaderModelConnection?) {
        guard let connection else { return }
        let work: @Sendable () -> Void = { [self] in
            if state.withLock({ $0.connection === connection }) { connection.report(news) }
        }
        if delay == .zero { thread.async(execute: work) } else { thread.asyncAfter(deadline: .now() + delay.dispatched, execute: work) }
    }
}

extension ReaderModel: ReaderLine, ReaderPorts {
    public func connect(after delay: Duration, report: @escaping @Sendable (ReaderNews) -> Void) { connect(after: delay, report) }
    public func watch(_ report: @escaping @Sendable (Result<any ReaderLine, LineError>) -> Void) { thread.async { report(.success(self)) } }
}

/// One connection to an emulated reader.
private final class ReaderModelConnection: OpenReader {
    let classDescriptor: [UInt8]
    let hasNotices: Bool
    let report: @Sendable (ReaderNews) -> Void
    private let model: ReaderModel

    init(_ model: ReaderModel, descriptor: [UInt8], report: @escaping @Sendable (ReaderNews) -> Void) {
        self.model = model
        classDescriptor = descriptor
        hasNotices = model.hasNotices
        self.report = report
    }

    func send(_ message: [UInt8]) { model.receive(message, self) }
    func abort(slot: UInt8, sequence: UInt8) { model.abort(self) }
    func reset() { model.close(self, LineError(.closed, "the reader was reset")) }
    func close() { model.close(self, LineError(.closed, "closed by this program")) }
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
