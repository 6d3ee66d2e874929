import Broadcasting
import Conditions
public import DeviceLines
public import Logging
public import ServiceLifecycle
public import SmartCard
import Synchronization

/// One card reader: keeps its connection, tells of its cards, and carries commands to them.
///
/// The shell around ``ReaderMachine``, which decides; this runs its effects. The machine goes on under a lock and on the thread that
/// brings the news, so that an exchange of many messages wakes nobody but the task that waits for its end.
public final class CardReader: Service {
    private typealias Answer = Result<[UInt8], RequestFailure>
    private typealias Waiter = CheckedContinuation<Answer, Never>

    private struct State {
        var machine: ReaderMachine
        var connection: (any OpenReader)?
        /// Counts connections and attempts, so that news of an old one can be told apart.
        var link = 0
        var waiters: [Int: Waiter] = [:]
        var next = 0
        var status: ReaderStatus
        var hasEnded = false
        /// ``run()``, which waits for the end also when its task is cancelled.
        var runner: CheckedContinuation<Void, Never>?
    }

    private let line: any ReaderLine
    private let logger: Logger
    private let state: Mutex<State>
    private let timers = ReaderTimers()
    private let onlookers = Onlookers<ReaderEvent>(keeping: .every)

    /// - Parameters:
    ///   - quirks: what its model does otherwise than it says.
    ///   - patience: how many times as long as a real reader gets it is waited for; a test's is smaller than 1.
    public init(_ line: any ReaderLine, quirks: ReaderQuirks = [], patience: Double = 1, logger: Logger) {
        self.line = line
        var logger = logger
        logger[metadataKey: "reader"] = "\(line.place.name)"
        self.logger = logger
        let machine = ReaderMachine(quirks: quirks, patience: patience)
        state = Mutex(State(machine: machine, status: ReaderStatus(line.place, machine)))
    }

    public var name: String { line.place.name }

    /// How it is now.
    public var status: ReaderStatus { state.withLock { $0.status } }

    /// Everything that it tells from now on, behind its status and the cards that it holds. One stream for each caller.
    public func events() -> AsyncStream<ReaderEvent> {
        state.withLock { state in
            let (stream, continuation) = onlookers.add()
            Self.tellAll(state, continuation)
            return stream
        }
    }

    /// The same for a stream that shows other readers too.
    func join(_ continuation: AsyncStream<ReaderEvent>.Continuation) {
        state.withLock { state in
            onlookers.join(continuation)
            Self.tellAll(state, continuation)
        }
    }

    private static func tellAll(_ state: borrowing State, _ continuation: AsyncStream<ReaderEvent>.Continuation) {
        continuation.yield(.status(state.status))
        for slot in state.status.slots.indices {
            guard let card = state.machine.card(slot: slot) else { continue }
            continuation.yield(.card(CardSight(reader: state.status.name, slot: slot, card)))
        }
    }

    /// Serves the reader until shut down or cancelled; the device is free again when it returns.
    public func run() async throws {
        timers.onDue = { [weak self] in self?.feed(.due($0)) }
        feed(.started)
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await withCheckedContinuation { runner in
                    let hasEnded = state.withLock { state in
                        state.runner = runner
                        return state.hasEnded
                    }
                    if hasEnded { resumeRunner() }
                }
            } onGracefulShutdown: {
                self.end()
            }
        } onCancel: {
            self.end()
        }
        onlookers.finish()
    }

    private func resumeRunner() {
        let runner = state.withLock { state in
            defer { state.runner = nil }
            return state.runner
        }
        runner?.resume()
    }

    private func end() {
        feed(.shutDown)
        line.end()
    }

    // MARK: What users ask

    /// Sends one command to the card and returns all of its answer: what 61xx and 6Cxx want is done.
    ///
    /// - Throws: `ReaderFailure`; `.cancelled` where the task was, and the card's command is then aborted.
    public func transmit(_ command: CommandAPDU, slot: Int = 0) async throws(ReaderFailure) -> ResponseAPDU {
        let octets = try await ask(.command(command), slot)
        do throws(APDUError) {
            return try ResponseAPDU(decoding: octets)
        } catch {
            throw ReaderFailure(.failed, "\(error)")
        }
    }

    /// Sends octets to the card as they are, and returns its answer as it is.
    ///
    /// - Throws: as ``transmit(_:slot:)``.
    public func exchange(_ octets: [UInt8], slot: Int = 0) async throws(ReaderFailure) -> [UInt8] {
        try await ask(.exchange(octets), slot)
    }

    /// Sends octets to the reader itself (PC_to_RDR_Escape).
    ///
    /// - Throws: as ``transmit(_:slot:)``.
    public func escape(_ octets: [UInt8], slot: Int = 0) async throws(ReaderFailure) -> [UInt8] {
        try await ask(.escape(octets), slot)
    }

    /// Takes the card's power away and gives it back; returns its ATR.
    ///
    /// - Throws: as ``transmit(_:slot:)``.
    @discardableResult
    public func reset(slot: Int = 0) async throws(ReaderFailure) -> AnswerToReset {
        let octets = try await ask(.reset, slot)
        do throws(ATRError) {
            return try AnswerToReset(decoding: octets)
        } catch {
            throw ReaderFailure(.unusableCard, "\(error)")
        }
    }

    private func ask(_ request: ReaderRequest, _ slot: Int) async throws(ReaderFailure) -> [UInt8] {
        let id = state.withLock { state in
            state.next += 1
            return state.next
        }
        let answer = await withTaskCancellationHandler {
            await withCheckedContinuation { (waiter: Waiter) in
                state.withLock { $0.waiters[id] = waiter }
                feed(.request(request, id: id, slot: slot))
                // Cancelled before there was something to withdraw.
                if Task.isCancelled { feed(.withdrawn(id: id)) }
            }
        } onCancel: {
            feed(.withdrawn(id: id))
        }
        do throws(RequestFailure) {
            return try answer.get()
        } catch {
            throw ReaderFailure(error)
        }
    }

    // MARK: The machine and its effects

    private func take(_ news: ReaderNews, link: Int) {
        switch news {
        case .connected(let connection):
            let isCurrent = state.withLock { state in
                guard state.link == link else { return false }
                state.connection = connection
                return true
            }
            guard isCurrent else { return connection.close() }
            feed(.opened(classDescriptor: connection.classDescriptor, hasNotices: connection.hasNotices), link: link)
        case .message(let octets): feed(.message(octets), link: link)
        case .notice(let octets): feed(.notice(octets), link: link)
        case .stalled: feed(.stalled, link: link)
        case .disconnected(let error): feed(.closed(ReaderMachine.Loss(error.code), detail: error.detail), link: link)
        }
    }

    /// Advances the machine and does what it wants. Nothing is resumed under the lock: a task that is being cancelled holds a lock of its
    /// own while it withdraws.
    private func feed(_ event: ReaderMachine.Event, link: Int? = nil) {
        var answers: [(Waiter, Answer)] = []
        var hasEnded = false
        state.withLock { state in
            if let link, link != state.link { return }
            for effect in state.machine.handle(event) {
                switch effect {
                case .finish(let id, let result):
                    if let waiter = state.waiters.removeValue(forKey: id) { answers.append((waiter, result)) }
                case .ended:
                    state.hasEnded = true
                    hasEnded = true
                case .connect, .disconnect, .resetDevice, .send, .abort, .start, .stop, .report, .card, .removed: perform(effect, &state)
                }
            }
        }
        for (waiter, answer) in answers { waiter.resume(returning: answer) }
        if hasEnded { resumeRunner() }
    }

    private func perform(_ effect: ReaderMachine.Effect, _ state: inout State) {
        switch effect {
        case .connect(let delay):
            state.link += 1
            state.connection = nil
            line.connect(after: delay) { [weak self, link = state.link] in self?.take($0, link: link) }
        case .disconnect: state.connection?.close()
        case .resetDevice: state.connection?.reset()
        case .send(let octets): state.connection?.send(octets)
        case .abort(let slot, let sequence): state.connection?.abort(slot: slot, sequence: sequence)
        case .start(let timer, let time): timers.start(timer, time)
        case .stop(let timer): timers.stop(timer)
        case .report: report(&state)
        case .card(let card, let slot):
            onlookers.tell(.card(CardSight(reader: state.status.name, slot: slot, card)))
        case .removed(let slot): onlookers.tell(.removed(reader: state.status.name, slot: slot))
        case .finish, .ended: break
        }
    }

    private func report(_ state: inout State) {
        let status = ReaderStatus(line.place, state.machine)
        guard status != state.status else { return }
        if status.condition != state.status.condition {
            logger.info(
                "reader status",
                metadata: [
                    "condition": "\(status.condition?.rawValue ?? "ready")", "address": "\(status.address)", "why": "\(status.detail)",
                ])
        }
        state.status = status
        onlookers.tell(.status(status))
    }
}

extension ReaderStatus {
    init(_ place: ReaderPlace, _ machine: ReaderMachine) {
        self.init(
            name: place.name, address: place.address, model: place.model, vendor: place.vendor, product: place.product,
            condition: machine.condition, detail: machine.detail, slots: machine.slots)
    }
}

extension CardSight {
    init(reader: String, slot: Int, _ card: ReaderCard) {
        self.init(
            reader: reader, slot: slot, answerToReset: card.answerToReset, pointer: card.pointer, answerToSelect: card.answerToSelect)
    }
}

extension ReaderMachine.Loss {
    init(_ code: LineError.Code) {
        self =
            switch code {
            case .notThere: .absent
            case .notAllowed: .notAllowed
            case .busy: .busy
            case .unsuitable, .exhausted: .unusable
            case .lost: .lost
            case .closed: .closed
            }
    }
}
