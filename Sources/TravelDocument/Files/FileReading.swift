import Secrets
import SmartCard

/// One file, from SELECT to its last octet (Doc 9303 part 10, 3.6): what a card says of lengths is believed only within the file's limit, and
/// each answer must bring the reading on.
struct FileReading: Sendable {
    enum Step: Sendable {
        case send(CommandAPDU)
        case finish(Secret)
        /// The file cannot be selected.
        case absent(StatusWord)
    }

    let file: ElementaryFile
    /// The most octets that one answer is asked for.
    private let portion: Int
    private var isSelected = false
    private var parts: [Secret] = []
    private var count = 0
    /// Octets of the file as its own first object says it.
    private var total: Int?
    /// How many answers may yet come.
    private var patience = 16
    /// The most octets of the file that the answer may bring.
    private var asked = 0

    init(_ file: ElementaryFile, portion: Int) { (self.file, self.portion) = (file, portion) }

    /// SELECT by file identifier; no description of the file is wanted.
    var first: CommandAPDU {
        CommandAPDU(0x00, 0xA4, 0x02, 0x0C, data: [UInt8(file.identifier >> 8), UInt8(file.identifier & 0xFF)])
    }

    mutating func take(_ answer: Secret, _ status: StatusWord) throws(Refusal) -> Step {
        guard isSelected else {
            guard status == .done else { return .absent(status) }
            isSelected = true
            return .send(next())
        }
        // 6282: the file ends before as many octets as were asked for.
        guard status == .done || status.rawValue == 0x6282 else {
            let isLocked = status.rawValue == 0x6982
            throw Refusal(isLocked ? .fileMissing : .fileMalformed, "reading \(file) at octet \(count) ended with \(status)")
        }
        try keep(try unwrapped(answer))
        if let total, count >= total { return .finish(Secret(joining: parts)[0..<total]) }
        patience -= 1
        guard patience > 0 else { throw Refusal(.fileMalformed, "\(file) comes in too many pieces: \(count) octets so far") }
        return .send(next())
    }

    private mutating func keep(_ part: Secret) throws(Refusal) {
        guard part.count > 0 else {
            throw Refusal(.fileMalformed, "\(file) is cut off behind \(count) of \(total.map { "\($0)" } ?? "unknown") octets")
        }
        guard part.count <= asked else { throw Refusal(.fileMalformed, "the chip gave more of \(file) than it was asked for") }
        parts.append(part)
        count += part.count
        guard total == nil else { return }
        guard let head = try head() else { return }
        let whole = head.length + head.valueLength
        guard whole <= file.limit else {
            throw Refusal(.fileTooLarge, "\(file) claims \(whole) octets; none of its kind has more than \(file.limit)")
        }
        total = whole
        // Four times as many answers as a card needs that gives what it is asked for.
        patience = 16 + whole / portion * 4
    }

    private func head() throws(Refusal) -> (length: Int, valueLength: Int)? {
        do throws(FileError) {
            guard let head = try ObjectReader(Secret(joining: parts)).head() else { return nil }
            guard head.tag == file.tag else { throw FileError("it begins with another tag", at: 0) }
            return (head.length, head.valueLength)
        } catch {
            throw Refusal(.fileMalformed, "\(file) is not as it should be: \(error)")
        }
    }

    /// READ BINARY; behind 32,767 octets the one with an odd code, that has the offset in its data (3.6.4.2).
    private mutating func next() -> CommandAPDU {
        let left = total.map { $0 - count } ?? 4
        guard count > 0x7FFF else {
            asked = min(portion, left)
            return CommandAPDU(0x00, 0xB0, UInt8(count >> 8), UInt8(count & 0xFF), expected: asked)
        }
        // The answer has room for tag and length, too.
        asked = min(portion - 4, left)
        let offset = [UInt8(count >> 16), UInt8(count >> 8 & 0xFF), UInt8(count & 0xFF)].drop { $0 == 0 }
        let head = asked < 0x80 ? 2 : asked < 0x100 ? 3 : 4
        return CommandAPDU(0x00, 0xB1, 0x00, 0x00, data: DataObject(0x54, Array(offset)).octets, expected: asked + head)
    }

    /// Of the command with the odd code, what is in data object 53.
    private func unwrapped(_ answer: Secret) throws(Refusal) -> Secret {
        guard count > 0x7FFF, answer.count > 0 else { return answer }
        var reader = ObjectReader(answer)
        do throws(FileError) {
            let value = try reader.next(0x53)
            return answer[value]
        } catch {
            throw Refusal(.fileMalformed, "an answer with a part of \(file) is not as it should be: \(error)")
        }
    }
}
