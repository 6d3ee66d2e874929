import SmartCard

/// A card at the end of a line: what it says to the octets or blocks that reach it. The card's end of T=0 and T=1, written for itself from
/// ISO/IEC 7816-3, so that both ends of this project do not share a mistake.
struct CardLine: Sendable {
    var card: any EmulatedCard
    private var check: BlockCheck
    /// IFSC.
    private var ownFieldSize: Int
    /// How often the card asks for time before it answers at T=1.
    var waitingTimes = 0

    /// IFSD as the card knows it.
    private var readerFieldSize = 32
    private var next: UInt8 = 0
    private var expected: UInt8 = 0
    private var command: [UInt8] = []
    private var answer: [UInt8]?
    /// What goes again when the reader says that it did not arrive.
    private var last: [UInt8] = []
    private var isWaiting = false
    private var timesLeft = 0
    /// What GET RESPONSE fetches at T=0.
    private var pending: ResponseAPDU?

    init(_ card: any EmulatedCard) {
        self.card = card
        let parsed = try? AnswerToReset(decoding: card.answerToReset)
        check = parsed?.block.check ?? .lrc
        ownFieldSize = parsed?.block.fieldSize ?? 32
    }

    /// Power comes (again); what the card says.
    mutating func reset() -> [UInt8] {
        let waits = waitingTimes
        card.reset()
        self = CardLine(card)
        waitingTimes = waits
        last = T1Block.ready(number: 0, fault: .other).octets(check)
        return card.answerToReset
    }

    /// A whole command, as a reader that takes APDUs brings it.
    mutating func execute(_ octets: [UInt8]) -> [UInt8] {
        guard let command = try? CommandAPDU(decoding: octets) else { return ResponseAPDU(status: .wrongLength).octets }
        return card.answer(command).octets
    }

    // MARK: T=0 (clause 10 and 12.2)

    /// One TPDU: five octets, and the data that belongs to them.
    mutating func tpdu(_ octets: [UInt8]) -> [UInt8] {
        guard octets.count >= 5 else { return ResponseAPDU(status: .wrongLength).octets }
        let (length, data) = (Int(octets[4]), Array(octets[5...]))
        if octets[1] == 0xC0 { return fetch(length) }
        pending = nil
        guard data.isEmpty || data.count == length else { return ResponseAPDU(status: .wrongLength).octets }
        // The card cannot see whether P3 is Lc or Le but by the instruction; of those here only READ BINARY answers without data.
        let isAnswering = data.isEmpty && length >= 0 && octets[1] == 0xB0
        let response = card.answer(
            CommandAPDU(octets[0], octets[1], octets[2], octets[3], data: data, expected: isAnswering || !data.isEmpty ? 256 : nil))
        guard isAnswering else {
            guard !response.data.isEmpty else { return response.octets }
            pending = response
            return [0x61, UInt8(response.data.count & 0xFF)]
        }
        let asked = length == 0 ? 256 : length
        guard response.data.count < asked else {
            return ResponseAPDU(data: Array(response.data.prefix(asked)), status: response.status).octets
        }
        return response.data.isEmpty ? response.octets : [0x6C, UInt8(response.data.count)]
    }

    private mutating func fetch(_ length: Int) -> [UInt8] {
        guard let waiting = pending else { return ResponseAPDU(status: .noFileSelected).octets }
        let asked = length == 0 ? 256 : length
        guard asked <= waiting.data.count else { return [0x6C, UInt8(waiting.data.count & 0xFF)] }
        let rest = Array(waiting.data.dropFirst(asked))
        pending = rest.isEmpty ? nil : ResponseAPDU(data: rest, status: waiting.status)
        let status = rest.isEmpty ? waiting.status : StatusWord(0x61, UInt8(min(rest.count, 255)))
        return ResponseAPDU(data: Array(waiting.data.prefix(asked)), status: status).octets
    }

    // MARK: T=1 (clause 11)

    /// One block; what the card says to it.
    mutating func block(_ octets: [UInt8]) -> [UInt8] {
        let block: T1Block
        do throws(T1Block.Fault) {
            block = try T1Block(decoding: octets, check)
        } catch {
            return T1Block.ready(number: expected, fault: error).octets(check)
        }
        switch block {
        case .information(let number, let more, let octets): return take(number, more, octets)
        case .ready(let number, _):
            // Another number than that of the block under way: that has arrived, and the next may come.
            guard let before = answer, !isWaiting, number != next else { return last }
            next ^= 1
            answer = Array(before.dropFirst(readerFieldSize))
            return sendAnswer()
        case .response(.waitingTime): return isWaiting ? askForTimeOrAnswer() : complain(.other)
        case .request(.resynchronise):
            (next, expected, command, answer, isWaiting) = (0, 0, [], nil, false)
            return keep(.response(.resynchronise))
        case .request(.fieldSize(let size)):
            readerFieldSize = Int(size)
            return keep(.response(.fieldSize(size)))
        case .request, .response: return complain(.other)
        }
    }

    private mutating func take(_ number: UInt8, _ more: Bool, _ octets: [UInt8]) -> [UInt8] {
        guard number == expected, octets.count <= ownFieldSize else { return complain(.other) }
        expected ^= 1
        command += octets
        guard !more else { return keep(.ready(number: expected, fault: nil)) }
        answer = execute(command)
        command = []
        timesLeft = waitingTimes
        return askForTimeOrAnswer()
    }

    private mutating func askForTimeOrAnswer() -> [UInt8] {
        isWaiting = timesLeft > 0
        guard isWaiting else { return sendAnswer() }
        timesLeft -= 1
        return keep(.request(.waitingTime(2)))
    }

    private mutating func sendAnswer() -> [UInt8] {
        guard let answer else { return last }
        let more = answer.count > readerFieldSize
        let block = T1Block.information(number: next, more: more, Array(answer.prefix(readerFieldSize)))
        if !more {
            // The reader acknowledges the last block only by its next one.
            next ^= 1
            self.answer = nil
        }
        return keep(block)
    }

    private func complain(_ fault: T1Block.Fault) -> [UInt8] { T1Block.ready(number: expected, fault: fault).octets(check) }

    private mutating func keep(_ block: T1Block) -> [UInt8] {
        last = block.octets(check)
        return last
    }
}
