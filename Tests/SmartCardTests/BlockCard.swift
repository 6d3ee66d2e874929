import SmartCard

/// The card's end of T=1, written for itself from ISO/IEC 7816-3, clause 11: what a command says comes back reversed, and 9000.
struct BlockCard {
    /// IFSC and IFSD as the card has them.
    var ownFieldSize: Int
    var readerFieldSize = 32
    let check: BlockCheck
    /// Whether it asks for time before each answer.
    var needsTime = false
    /// Commands that were carried out.
    private(set) var executed: [[UInt8]] = []

    private var next: UInt8 = 0
    private var expected: UInt8 = 0
    private var command: [UInt8] = []
    private var answer: [UInt8]?
    /// What goes again when the reader says that it did not arrive.
    private var last: [UInt8]
    private var waits = false

    init(ownFieldSize: Int, check: BlockCheck, needsTime: Bool = false) {
        (self.ownFieldSize, self.check, self.needsTime) = (ownFieldSize, check, needsTime)
        last = T1Block.ready(number: 0, fault: .other).octets(check)
    }

    static func answer(to command: [UInt8]) -> [UInt8] { command.reversed() + [0x90, 0x00] }

    /// What the card says to a block; an information block that was sent stays the last until the reader has shown that it has it.
    mutating func say(to octets: [UInt8]) -> [UInt8] {
        let block: T1Block
        do throws(T1Block.Fault) {
            block = try T1Block(decoding: octets, check)
        } catch {
            return T1Block.ready(number: expected, fault: error).octets(check)
        }
        switch block {
        case .information(let number, let more, let octets):
            guard number == expected, octets.count <= ownFieldSize else {
                return T1Block.ready(number: expected, fault: .other).octets(check)
            }
            expected ^= 1
            command += octets
            guard !more else { return keep(.ready(number: expected, fault: nil)) }
            executed.append(command)
            answer = Self.answer(to: command)
            command = []
            guard needsTime else { return sendAnswer() }
            waits = true
            return keep(.request(.waitingTime(3)))
        case .ready(let number, _):
            // Another number than that of the block on the way: it has arrived, and the next may come.
            guard let before = answer, !waits, number != next else { return last }
            next ^= 1
            answer = Array(before.dropFirst(readerFieldSize))
            return sendAnswer()
        case .response(.waitingTime):
            guard waits else { return T1Block.ready(number: expected, fault: .other).octets(check) }
            waits = false
            return sendAnswer()
        case .request(.resynchronise):
            (next, expected, command, answer, waits) = (0, 0, [], nil, false)
            return keep(.response(.resynchronise))
        case .request(.fieldSize(let size)):
            readerFieldSize = Int(size)
            return keep(.response(.fieldSize(size)))
        case .request, .response: return T1Block.ready(number: expected, fault: .other).octets(check)
        }
    }

    /// The block under way; its number moves on when the reader shows that it has it, at the latest with the next command.
    private mutating func sendAnswer() -> [UInt8] {
        guard let answer else { return last }
        let more = answer.count > readerFieldSize
        let block = T1Block.information(number: next, more: more, Array(answer.prefix(readerFieldSize)))
        if !more {
            // The reader never acknowledges the last block but by its next one.
            next ^= 1
            self.answer = nil
        }
        return keep(block)
    }

    private mutating func keep(_ block: T1Block) -> [UInt8] {
        last = block.octets(check)
        return last
    }
}
