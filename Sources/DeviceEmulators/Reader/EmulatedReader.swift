public import SmartCard

/// A CCID reader as a value: bulk-OUT messages in, bulk-IN messages and notices out. Around it goes what carries them: a test's own loop, or
/// an emulated USB device.
public struct EmulatedReader: Sendable {
    /// What leaves the reader.
    public enum Output: Hashable, Sendable {
        /// On bulk-IN, after so long.
        case message([UInt8], after: Duration)
        /// On the interrupt endpoint.
        case notice([UInt8])
        /// The endpoint is halted until the host clears it.
        case stall
        /// A transfer of no octets comes before the next message.
        case nothing
        /// The cable is pulled while a transfer is under way.
        case unplugged
    }

    public let description: ReaderDescription
    /// What goes wrong with the next messages, in their order.
    public var faults: [ReaderFault] = []
    private var slots: [EmulatedSlot]
    private var isHanging = false

    public init(_ description: ReaderDescription) {
        self.description = description
        slots = Array(repeating: EmulatedSlot(), count: description.slots)
    }

    // MARK: What people do

    /// Puts a card in; the notice that the reader sends.
    public mutating func insert(_ card: any EmulatedCard, slot: Int = 0) -> [Output] {
        slots[slot].line = CardLine(card)
        slots[slot].isActive = false
        return change(slot)
    }

    /// Takes the card away.
    public mutating func remove(slot: Int = 0) -> [Output] {
        slots[slot] = EmulatedSlot()
        return change(slot)
    }

    public func hasCard(slot: Int = 0) -> Bool { slots[slot].line != nil }

    /// How often the card in a slot asks for time before each answer at T=1.
    public mutating func setWaitingTimes(_ count: Int, slot: Int = 0) { slots[slot].line?.waitingTimes = count }

    private func change(_ changed: Int) -> [Output] {
        let notice = ReaderNotice.slots(
            slots.enumerated().map { ReaderNotice.Slot(isPresent: $1.line != nil, hasChanged: $0 == changed) })
        return [.notice(notice.octets)]
    }

    // MARK: What the host does

    /// A message on bulk-OUT.
    public mutating func receive(_ message: [UInt8]) -> [Output] {
        if isHanging { return [] }
        guard message.count >= 10 else { return [.stall] }
        let (slot, sequence) = (message[5], message[6])
        guard Int(slot) < slots.count else {
            return say(ReaderAnswer(slot: slot, sequence: sequence, card: .absent, outcome: .failed(ReaderError(rawValue: 5))))
        }
        guard let command = ReaderCommand(decoding: message) else {
            return say(ReaderAnswer(slot: slot, sequence: sequence, card: slots[Int(slot)].presence, outcome: .failed(.unsupported)))
        }
        let answer = slots[Int(slot)].answer(command, description, slot: slot, sequence: sequence)
        return say(answer)
    }

    /// The control request ABORT: the message of the same name follows.
    public mutating func abort() { faults.removeAll { $0 == .silence } }

    /// Power is gone, and with it all that was under way.
    public mutating func loseReader() {
        faults = []
        isHanging = false
        for slot in slots.indices { slots[slot].losePower() }
    }

    private mutating func say(_ answer: ReaderAnswer) -> [Output] {
        guard !faults.isEmpty else { return [.message(answer.octets, after: .zero)] }
        switch faults.removeFirst() {
        case .none: return [.message(answer.octets, after: .zero)]
        case .timeExtension(let times):
            var before = answer
            before.outcome = .moreTime(times)
            before.content = .data([], chain: 0)
            return [.message(before.octets, after: .zero), .message(answer.octets, after: .zero)]
        case .mute:
            var failed = answer
            failed.outcome = .failed(.mute)
            failed.content = .data([], chain: 0)
            return [.message(failed.octets, after: .zero)]
        case .badCheck:
            guard case .data(var octets, let chain) = answer.content, !octets.isEmpty else {
                return [.message(answer.octets, after: .zero)]
            }
            octets[octets.count - 1] ^= 0x55
            var damaged = answer
            damaged.content = .data(octets, chain: chain)
            return [.message(damaged.octets, after: .zero)]
        case .emptyRead: return [.nothing, .message(answer.octets, after: .zero)]
        case .late(let delay): return [.message(answer.octets, after: delay)]
        case .wrongSequence:
            var other = answer
            other.sequence &-= 1
            return [.message(other.octets, after: .zero)]
        case .stall: return [.stall]
        case .silence: return []
        case .hang:
            isHanging = true
            return []
        case .unplug: return [.unplugged]
        }
    }
}

/// What can go wrong with one message of a reader.
public enum ReaderFault: Hashable, Sendable {
    /// Nothing, for once: so that a later one can be hit.
    case none
    /// The card asks for time first.
    case timeExtension(UInt8)
    /// The card says nothing to it.
    case mute
    /// The last octet is another one.
    case badCheck
    /// A transfer without octets comes first.
    case emptyRead
    case late(Duration)
    case wrongSequence
    case stall
    /// The reader says nothing to it, until it is aborted.
    case silence
    /// The reader says nothing to it or to anything else, until the device is reset.
    case hang
    case unplug
}
