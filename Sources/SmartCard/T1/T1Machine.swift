/// The reader's end of T=1 between two resets of the card (ISO/IEC 7816-3, clause 11): commands into blocks, blocks into answers.
///
/// A value. Each block that is sent is answered by exactly one event: a block that came, or ``Event/lost(_:)``.
public struct T1Machine: Hashable, Sendable {
    public enum Event: Hashable, Sendable {
        /// A command, at least one octet.
        case transmit([UInt8])
        /// Octets came in answer to the block that was sent last.
        case received([UInt8])
        /// Nothing came in the time that the card has, or noise did.
        case lost(T1Block.Fault)
    }

    public enum Effect: Hashable, Sendable {
        /// Sends a block; for this once the card has `waiting` times its waiting time (0: once).
        case send([UInt8], waiting: UInt8)
        /// The whole answer.
        case finish([UInt8])
        case fail(T1Failure)
    }

    /// Where the conversation stands.
    enum State: Hashable, Sendable {
        /// Nothing is under way.
        case idle
        /// An S(IFS request) waits for its response; `command` goes after it.
        case tellingSize(command: [UInt8], attempts: Int)
        /// A block of the command waits for its answer.
        case sending(Sending)
        /// The card's answer comes in several blocks.
        case receiving(Receiving)
        /// An S(RESYNCH request) waits for its response; then the command goes again.
        case resynchronising(command: [UInt8], attempts: Int)
        /// The card has to be reset.
        case dead
    }

    struct Sending: Hashable, Sendable {
        var command: [UInt8]
        /// The octets of the command that the card has.
        var acknowledged = 0
        /// The octets in the block that waits.
        var pending: Int
        /// How often something went wrong with this block.
        var faults = 0
        /// Whether the card has ended the chain.
        var isAborted = false
    }

    struct Receiving: Hashable, Sendable {
        var command: [UInt8]
        var answer: [UInt8]
        var faults = 0
    }

    var state: State = .idle
    /// N(S) of the next information block.
    private(set) var sendNumber: UInt8 = 0
    /// N(S) that the card's next information block has.
    private(set) var receiveNumber: UInt8 = 0
    /// Whether the exchange that is under way was begun anew once.
    private(set) var hasRestarted = false
    /// IFSC, which the card may change.
    public private(set) var cardFieldSize: Int
    /// IFSD as the card knows it.
    public private(set) var readerFieldSize: Int
    private var wantedFieldSize: Int
    private let parameters: BlockParameters

    /// - Parameter fieldSize: what the reader takes in one block, 32 to 254.
    /// - Parameter cardKnows: whether the reader itself tells the card so.
    public init(_ parameters: BlockParameters, fieldSize: Int, cardKnows: Bool) {
        self.parameters = parameters
        cardFieldSize = parameters.fieldSize
        wantedFieldSize = fieldSize
        readerFieldSize = cardKnows ? fieldSize : 32
    }

    /// Goes on by one event; returns what must now be done.
    public mutating func handle(_ event: Event) -> [Effect] {
        switch state {
        case .idle: whileIdle(event)
        case .tellingSize(let command, let attempts): whileTellingSize(event, command, attempts)
        case .sending(let sending): whileSending(event, sending)
        case .receiving(let receiving): whileReceiving(event, receiving)
        case .resynchronising(let command, let attempts): whileResynchronising(event, command, attempts)
        case .dead: whileDead(event)
        }
    }

    // MARK: One function for each state

    private mutating func whileIdle(_ event: Event) -> [Effect] {
        switch event {
        case .transmit(let command):
            hasRestarted = false
            guard readerFieldSize != wantedFieldSize else { return start(command) }
            return tellSize(command, attempts: 1)
        // Nothing was sent to which this could be an answer.
        case .received, .lost: return []
        }
    }

    private mutating func whileTellingSize(_ event: Event, _ command: [UInt8], _ attempts: Int) -> [Effect] {
        switch read(event) {
        case .block(.response(.fieldSize(UInt8(wantedFieldSize)))):
            readerFieldSize = wantedFieldSize
            return start(command)
        case .block(.request(let supervision)):
            return answer(supervision) ?? tellSize(command, attempts: attempts + 1)
        case .command: return [.fail(.busy)]
        case .block, .fault:
            guard attempts >= Self.attempts else { return tellSize(command, attempts: attempts + 1) }
            // A card that does not know the request may still speak in blocks of 32 octets.
            wantedFieldSize = readerFieldSize
            return resynchronise(command, attempts: 1)
        }
    }

    private mutating func whileSending(_ event: Event, _ sending: Sending) -> [Effect] {
        let isLast = sending.acknowledged + sending.pending == sending.command.count
        switch read(event) {
        case .block(.information(let number, let more, let octets)) where (isLast || sending.isAborted) && number == receiveNumber:
            sendNumber ^= 1
            receiveNumber ^= 1
            return take(octets, more: more, Receiving(command: sending.command, answer: []))
        case .block(.ready(let number, _)) where sending.isAborted:
            // The card has ended the chain and gives the turn back.
            sendNumber = number
            state = .idle
            return [.fail(.abortedByCard)]
        case .block(.ready(sendNumber, _)):
            return again(sending) { machine in [machine.sendPending(sending)] }
        case .block(.ready) where !isLast:
            // Also where it complains: it has this block and expects the next (scenarios 8 and 9 of annex A).
            sendNumber ^= 1
            return sendNext(Sending(command: sending.command, acknowledged: sending.acknowledged + sending.pending, pending: 0))
        case .block(.request(.abort)):
            var next = sending
            next.isAborted = true
            state = .sending(next)
            return [send(.response(.abort))]
        case .block(.request(let supervision)):
            return answer(supervision) ?? again(sending) { [$0.complain(.other)] }
        case .command: return [.fail(.busy)]
        case .fault(let fault): return again(sending) { [$0.complain(fault)] }
        case .block: return again(sending) { [$0.complain(.other)] }
        }
    }

    private mutating func whileReceiving(_ event: Event, _ receiving: Receiving) -> [Effect] {
        switch read(event) {
        case .block(.information(let number, let more, let octets)) where number == receiveNumber:
            receiveNumber ^= 1
            return take(octets, more: more, receiving)
        case .block(.request(.abort)):
            // The card begins its answer anew, or gives the turn back.
            state = .sending(Sending(command: receiving.command, acknowledged: receiving.command.count, pending: 0, isAborted: true))
            sendNumber ^= 1
            return [send(.response(.abort))]
        case .block(.request(let supervision)):
            return answer(supervision) ?? again(receiving, .other)
        case .command: return [.fail(.busy)]
        case .fault(let fault): return again(receiving, fault)
        // The acknowledgement did not arrive whole: it goes again.
        case .block(.ready): return again(receiving, nil)
        case .block: return again(receiving, .other)
        }
    }

    private mutating func whileResynchronising(_ event: Event, _ command: [UInt8], _ attempts: Int) -> [Effect] {
        switch read(event) {
        case .block(.response(.resynchronise)):
            // Both ends begin as after the reset (rule 6).
            (sendNumber, receiveNumber) = (0, 0)
            cardFieldSize = parameters.fieldSize
            guard !hasRestarted else { return die(.unreliable) }
            hasRestarted = true
            return start(command)
        case .command: return [.fail(.busy)]
        case .block, .fault:
            return attempts < Self.attempts ? resynchronise(command, attempts: attempts + 1) : die(.mute)
        }
    }

    private func whileDead(_ event: Event) -> [Effect] {
        switch event {
        case .transmit: [.fail(.mute)]
        case .received, .lost: []
        }
    }

    // MARK: What the states share

    /// The same is tried so often before the next stronger means (rule 7).
    static let attempts = 3

    private enum Reading {
        case command
        case block(T1Block)
        case fault(T1Block.Fault)
    }

    private func read(_ event: Event) -> Reading {
        switch event {
        case .transmit: return .command
        case .lost(let fault): return .fault(fault)
        case .received(let octets):
            do throws(T1Block.Fault) {
                let block = try T1Block(decoding: octets, parameters.check)
                if case .information(_, _, let information) = block, information.count > readerFieldSize { return .fault(.other) }
                return .block(block)
            } catch {
                return .fault(error)
            }
        }
    }

    private func send(_ block: T1Block, waiting: UInt8 = 0) -> Effect { .send(block.octets(parameters.check), waiting: waiting) }

    private mutating func start(_ command: [UInt8]) -> [Effect] { sendNext(Sending(command: command, pending: 0)) }

    private mutating func sendNext(_ sending: Sending) -> [Effect] {
        var next = sending
        next.pending = min(cardFieldSize, sending.command.count - sending.acknowledged)
        state = .sending(next)
        return [sendPending(next)]
    }

    private func sendPending(_ sending: Sending) -> Effect {
        let end = sending.acknowledged + sending.pending
        return send(
            .information(
                number: sendNumber, more: end < sending.command.count, Array(sending.command[sending.acknowledged..<end])))
    }

    private mutating func tellSize(_ command: [UInt8], attempts: Int) -> [Effect] {
        guard attempts <= Self.attempts else { return resynchronise(command, attempts: 1) }
        state = .tellingSize(command: command, attempts: attempts)
        return [send(.request(.fieldSize(UInt8(wantedFieldSize))))]
    }

    private mutating func take(_ octets: [UInt8], more: Bool, _ receiving: Receiving) -> [Effect] {
        var next = receiving
        next.answer += octets
        next.faults = 0
        guard next.answer.count <= Self.longestAnswer else { return die(.unreliable) }
        if more {
            state = .receiving(next)
            return [send(.ready(number: receiveNumber, fault: nil))]
        }
        state = .idle
        return [.finish(next.answer)]
    }

    /// 65,536 octets and the status word: a card that goes on for ever is not listened to for ever.
    static let longestAnswer = 0x1_0002

    /// The answer to what a card may ask at any time (rules 3 and 4); nil where it may not ask that.
    private mutating func answer(_ supervision: T1Block.Supervision) -> [Effect]? {
        switch supervision {
        case .waitingTime(let times): return [send(.response(supervision), waiting: times)]
        case .fieldSize(let size):
            cardFieldSize = Int(size)
            return [send(.response(supervision))]
        case .abort, .resynchronise: return nil
        }
    }

    private func complain(_ fault: T1Block.Fault) -> Effect { send(.ready(number: receiveNumber, fault: fault)) }

    private mutating func again(_ sending: Sending, _ retry: (inout T1Machine) -> [Effect]) -> [Effect] {
        guard sending.faults + 1 < Self.attempts else { return resynchronise(sending.command, attempts: 1) }
        var next = sending
        next.faults += 1
        state = .sending(next)
        return retry(&self)
    }

    private mutating func again(_ receiving: Receiving, _ fault: T1Block.Fault?) -> [Effect] {
        guard receiving.faults + 1 < Self.attempts else { return resynchronise(receiving.command, attempts: 1) }
        var next = receiving
        next.faults += 1
        state = .receiving(next)
        return [send(.ready(number: receiveNumber, fault: fault))]
    }

    private mutating func resynchronise(_ command: [UInt8], attempts: Int) -> [Effect] {
        state = .resynchronising(command: command, attempts: attempts)
        return [send(.request(.resynchronise))]
    }

    private mutating func die(_ failure: T1Failure) -> [Effect] {
        state = .dead
        return [.fail(failure)]
    }
}

/// Why a command has no answer at T=1.
public enum T1Failure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The card answers nothing any more: reset it.
    case mute
    /// The card's blocks stay wrong although both ends began anew: reset it.
    case unreliable
    /// The card ended the command by S(ABORT).
    case abortedByCard
    /// A command is under way.
    case busy

    /// Whether only a reset of the card helps.
    public var needsReset: Bool { self == .mute || self == .unreliable }

    public var description: String {
        switch self {
        case .mute: "the card does not answer any more"
        case .unreliable: "the card's blocks stay wrong"
        case .abortedByCard: "the card broke the command off"
        case .busy: "another command is under way"
        }
    }
}
