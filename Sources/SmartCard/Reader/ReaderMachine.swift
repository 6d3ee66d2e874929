public import Conditions

/// One reader with all its slots: opens it, serves it, and gets it back from every trouble without a restart.
///
/// A value without clock or transport. absent → opening → open → lost → a pause → opening; a reader that hangs or babbles is reset
/// in between. It shares out the reader's messages among its ``SlotMachine``s, of which at most bMaxCCIDBusySlots have a command under way
/// (USB CCID 1.10, 5.1), asks each card in a field for its identifier, and keeps what users ask of a slot in order.
public struct ReaderMachine: Hashable, Sendable {
    public enum Event: Hashable, Sendable {
        case started
        /// The connection stands: the class descriptor, and whether there is an interrupt endpoint.
        case opened(classDescriptor: [UInt8], hasNotices: Bool)
        /// The connection ended, or could not be made. `detail`: what, where, what next, for technicians.
        case closed(Loss, detail: String)
        case message([UInt8])
        case notice([UInt8])
        /// An endpoint stood still: the reader says nothing to what it got.
        case stalled
        case due(Timer)
        case request(ReaderRequest, id: Int, slot: Int)
        /// Whoever asked does not want the answer any more.
        case withdrawn(id: Int)
        case shutDown
    }

    /// Why there is no connection.
    public enum Loss: Hashable, Sendable { case absent, notAllowed, busy, unusable, lost, closed }

    public enum Timer: Hashable, Sendable {
        /// The patience with the command of a slot.
        case answer(slot: Int)
        /// The next question to a reader without an interrupt endpoint.
        case poll
        /// What answers nothing is counted from one of these to the next.
        case calm
        /// A reader that went well for so long has no past.
        case trust
    }

    public enum Effect: Hashable, Sendable {
        case connect(after: Duration)
        case disconnect
        /// Ends the connection by a reset of the device; ``Event/closed(_:detail:)`` follows.
        case resetDevice
        case send([UInt8])
        case abort(slot: UInt8, sequence: UInt8)
        /// Starts a timer, or starts it again.
        case start(Timer, Duration)
        case stop(Timer)
        /// Condition, detail or slots are others than before.
        case report
        /// A card can be used.
        case card(ReaderCard, slot: Int)
        /// The card that was told of last is gone, or of no use any more.
        case removed(slot: Int)
        case finish(id: Int, Result<[UInt8], RequestFailure>)
        /// Nothing follows any more.
        case ended
    }

    enum Phase: Hashable, Sendable {
        case idle
        /// A connection is being made, perhaps after a pause.
        case opening
        case open
        /// It is being ended, for this reason.
        case closing(ConditionCode, String)
        /// It is being ended for good.
        case ending
        case ended
    }

    var phase = Phase.idle
    var description = ReaderDescription()
    var desks: [SlotDesk] = []
    /// Slots that have a command under way.
    var busy = 0
    var hasNotices = true
    /// Messages that answer nothing, since ``Timer/calm`` was started.
    var offences = 0
    /// Failures since the reader last went well for long.
    var troubles = 0

    /// What is wrong; nil while the reader is ready.
    public internal(set) var condition: ConditionCode? = .readerAbsent
    /// What is wrong, where, and what to do next, for technicians; empty while all is well.
    public internal(set) var detail = "the reader has not been opened yet"

    /// Every waiting time is so many times as long.
    let patience: Double

    private let quirks: ReaderQuirks

    /// - Parameter patience: 1 for real readers; a test's is smaller.
    public init(quirks: ReaderQuirks = [], patience: Double = 1) {
        self.quirks = quirks
        self.patience = patience
    }

    /// What its slots hold; empty while it is not open.
    public var slots: [SlotState] { desks.map(\.machine.slot) }

    /// What each card is that was told of.
    public func card(slot: Int) -> ReaderCard? { desks.indices.contains(slot) ? desks[slot].told : nil }

    /// Goes on by one event; returns what must now be done, in order.
    public mutating func handle(_ event: Event) -> [Effect] {
        switch event {
        case .started:
            guard case .idle = phase else { return [] }
            phase = .opening
            return [.connect(after: .zero)]
        case .opened(let descriptor, let notices): return open(descriptor, notices)
        case .closed(let loss, let detail): return close(loss, detail)
        case .message(let octets): return phase == .open ? receive(octets) + serve() : []
        case .notice(let octets): return phase == .open ? notice(octets) + serve() : []
        case .stalled: return phase == .open ? stalled() + serve() : []
        case .due(let timer): return phase == .open ? due(timer) + serve() : []
        case .request(let request, let id, let slot): return ask(request, id, slot)
        case .withdrawn(let id): return withdraw(id) + serve()
        case .shutDown: return shutDown()
        }
    }

    // MARK: Coming and going

    private mutating func open(_ descriptor: [UInt8], _ notices: Bool) -> [Effect] {
        guard case .opening = phase else { return [.disconnect] }
        do throws(ReaderDescriptionError) {
            description = try ReaderDescription(decoding: descriptor).corrected(by: quirks)
        } catch {
            return giveUp(.readerUnusable, "\(error); another reader is needed", resets: false)
        }
        guard description.level != nil else {
            return giveUp(.readerUnusable, "the reader takes single characters only; another reader is needed", resets: false)
        }
        phase = .open
        hasNotices = notices && !quirks.contains(.noInterrupts)
        busy = 0
        offences = 0
        desks = (0..<description.slots).map { _ in SlotDesk(description) }
        var effects: [Effect] = [.start(.trust, .seconds(10))]
        if !hasNotices { effects.append(.start(.poll, Self.pollingTime)) }
        for slot in desks.indices { effects += carry(slot, desks[slot].machine.handle(.start)) }
        return effects
    }

    /// Half a second: 2 Hz, and only where nothing tells.
    static let pollingTime = Duration.milliseconds(500)

    private mutating func close(_ loss: Loss, _ why: String) -> [Effect] {
        var effects = closeDesks(.noReader(why))
        let pause: Duration
        switch (phase, loss) {
        case (.idle, _), (.ended, _): return effects
        case (.ending, _):
            phase = .ended
            return effects + [.ended]
        case (.closing(let code, let reason), _):
            (condition, detail) = (code, reason)
            pause = growingPause()
        // The line connects at once when it comes.
        case (_, .absent): (condition, detail, pause) = (.readerAbsent, why, .seconds(60))
        case (_, .notAllowed): (condition, detail, pause) = (.readerNotAllowed, why, .seconds(2))
        case (_, .busy): (condition, detail, pause) = (.readerBusy, why, .seconds(2))
        case (_, .unusable): (condition, detail, pause) = (.readerUnusable, why, .seconds(10))
        case (_, .lost), (_, .closed): (condition, detail, pause) = (.readerAbsent, why, growingPause())
        }
        phase = .opening
        effects += [.report, .connect(after: pause * patience)]
        return effects
    }

    /// A quarter of a second, and twice as long each time that it did not help.
    private mutating func growingPause() -> Duration {
        defer { troubles += 1 }
        return min(.milliseconds(250 << min(troubles, 7)), .seconds(30))
    }

    /// Ends the connection because of what the reader does.
    mutating func giveUp(_ code: ConditionCode, _ why: String, resets: Bool) -> [Effect] {
        phase = .closing(code, why)
        (condition, detail) = (code, why)
        return closeDesks(.noReader(why)) + [.report, resets ? .resetDevice : .disconnect]
    }

    /// Whoever waits is told, and every card is gone.
    private mutating func closeDesks(_ failure: RequestFailure) -> [Effect] {
        guard !desks.isEmpty else { return [] }
        var effects: [Effect] = [.stop(.poll), .stop(.calm), .stop(.trust)]
        for (slot, desk) in desks.enumerated() {
            effects += [.stop(.answer(slot: slot))]
            effects += ([desk.current].compactMap(\.self) + desk.queue).compactMap(\.id).map { .finish(id: $0, .failure(failure)) }
            if desk.told != nil { effects.append(.removed(slot: slot)) }
        }
        desks = []
        busy = 0
        return effects
    }

    private mutating func shutDown() -> [Effect] {
        let effects = closeDesks(.noReader("this program is ending"))
        switch phase {
        case .ended, .ending: return []
        case .idle:
            phase = .ended
            return [.ended]
        case .opening, .open, .closing:
            phase = .ending
            return effects + [.disconnect]
        }
    }

    // MARK: Time

    private mutating func due(_ timer: Timer) -> [Effect] {
        switch timer {
        case .answer(let slot):
            guard desks.indices.contains(slot) else { return [] }
            return carry(slot, desks[slot].machine.handle(.timedOut(sequence: desks[slot].machine.sequence)))
        case .poll:
            var effects: [Effect] = [.start(.poll, Self.pollingTime)]
            for slot in desks.indices where phase == .open { effects += carry(slot, desks[slot].machine.handle(.pollDue)) }
            return effects
        case .calm:
            offences = 0
            return []
        case .trust:
            troubles = 0
            return []
        }
    }
}

/// What a slot holds that can be used.
public struct ReaderCard: Hashable, Sendable {
    public var answerToReset: AnswerToReset
    public var transmission: TransmissionProtocol
    /// What a card in a field calls itself; nil for a card with contacts.
    public var pointer: CardPointer?
    /// The historical bytes of the ATS of a card in a field that has one.
    public var answerToSelect: [UInt8]?

    public init(
        answerToReset: AnswerToReset, transmission: TransmissionProtocol, pointer: CardPointer? = nil, answerToSelect: [UInt8]? = nil
    ) {
        self.answerToReset = answerToReset
        self.transmission = transmission
        self.pointer = pointer
        self.answerToSelect = answerToSelect
    }
}

/// What a reader's user asks of a slot.
public enum ReaderRequest: Hashable, Sendable {
    /// A command and all of its answer: what 61xx and 6Cxx want is done.
    case command(CommandAPDU)
    /// A command as it is spelt, and the answer to that.
    case exchange([UInt8])
    /// Octets for the reader itself.
    case escape([UInt8])
    /// The card loses its power and gets it again; answered by its ATR.
    case reset
}

/// Why a reader did not do what it was asked.
public enum RequestFailure: Error, Hashable, Sendable {
    case slot(SlotFailure)
    /// The reader is not there or not ready: what, where, what next.
    case noReader(String)
    /// The reader has only so many slots.
    case noSlot(of: Int)
    /// Whoever asked did not want the answer any more.
    case withdrawn
}
