import CardCryptography
import Secrets
import SmartCard

/// The reader's end of a protected conversation (Doc 9303 part 11, 9.8; ISO/IEC 7816-4, clause 10).
///
/// Each command and each answer takes the next value of the send sequence counter. The first thing that does not fit ends it.
struct SecureMessaging: Hashable, Sendable {
    private let suite: MessagingSuite
    private let keys: SessionKeys
    private(set) var counter: [UInt8]
    /// Whether the answer that is due was to an instruction with an odd code.
    private var isOdd = false

    /// - Parameter counter: as the access control leaves it; one block.
    init(_ suite: MessagingSuite, _ keys: SessionKeys, counter: [UInt8]) {
        precondition(counter.count == suite.blockLength, "the send sequence counter has a block's length")
        (self.suite, self.keys, self.counter) = (suite, keys, counter)
    }

    /// What an answer said, once it was proved.
    struct Opened: Hashable, Sendable {
        var data: Secret
        var status: StatusWord
    }

    /// The command as it is sent.
    mutating func protect(_ command: CommandAPDU) throws(CryptographyError) -> CommandAPDU {
        step()
        isOdd = command.instruction & 1 == 1
        let masked = [command.instructionClass | 0x0C, command.instruction, command.parameter1, command.parameter2]
        var objects: [UInt8] = []
        if !command.data.isEmpty {
            let coded = try suite.cipher.encrypt(
                Secret(pad(command.data)), key: keys.encryption, initial: try initialVector())
            objects += (isOdd ? DataObject(0x85, coded) : DataObject(0x87, [0x01] + coded)).octets
        }
        if let expected = command.expected {
            let length = command.isExtended ? [UInt8(expected >> 8 & 0xFF), UInt8(expected & 0xFF)] : [UInt8(expected & 0xFF)]
            objects += DataObject(0x97, length).octets
        }
        objects += DataObject(0x8E, try code(pad(masked) + objects)).octets
        let isLong = command.isExtended || objects.count > 255
        return CommandAPDU(
            masked[0], masked[1], masked[2], masked[3], data: objects, expected: isLong ? 0x1_0000 : 256, prefersExtended: isLong)
    }

    /// Proves an answer, and then reads it.
    mutating func open(_ answer: ResponseAPDU) throws(Refusal) -> Opened {
        step()
        // The chip says that it has lost the conversation, or somebody who has no keys speaks in its place.
        guard !answer.data.isEmpty else { throw Refusal(.messagingBroken, "the chip answered without protection: \(answer.status)") }
        guard let objects = try? DataObject.sequence(answer.data), let mac = objects.last, mac.tag == 0x8E, mac.value.count == 8 else {
            throw Refusal(.messagingBroken, "an answer of the chip bears no authentication code")
        }
        // Its own spelling is what the code covers.
        let covered = Array(answer.data.dropLast(mac.octets.count))
        return try refusing {
            guard try code(covered).isSame(as: mac.value) else {
                throw Refusal(.messagingBroken, "the authentication code of an answer is wrong")
            }
            return try read(Array(objects.dropLast()))
        }
    }

    private func read(_ objects: [DataObject]) throws -> Opened {
        guard let last = objects.last, last.tag == 0x99, last.value.count == 2, objects.count <= 2 else {
            throw Refusal(.messagingBroken, "an answer of the chip has not the parts that it must have")
        }
        let status = StatusWord(last.value[0], last.value[1])
        guard objects.count == 2 else { return Opened(data: Secret([]), status: status) }
        var coded = objects[0].value[...]
        guard objects[0].tag == (isOdd ? 0x85 : 0x87), isOdd || coded.popFirst() == 0x01, !coded.isEmpty,
            coded.count % suite.blockLength == 0
        else { throw Refusal(.messagingBroken, "an answer of the chip has not the parts that it must have") }
        let padded = try suite.cipher.decrypt(Array(coded), key: keys.encryption, initial: try initialVector())
        guard let length = padded.lengthBeforePadding(suite.blockLength) else {
            throw Refusal(.messagingBroken, "the padding of an answer is wrong")
        }
        return Opened(data: padded[0..<length], status: status)
    }

    /// Nothing for 3DES; for AES the counter, encrypted (9.8.6.1 and 9.8.6.2).
    private func initialVector() throws(CryptographyError) -> [UInt8] {
        let zero = [UInt8](repeating: 0, count: suite.blockLength)
        guard suite.cipher == .aes else { return zero }
        return try suite.cipher.encrypt(Secret(counter), key: keys.encryption, initial: zero)
    }

    private func code(_ message: [UInt8]) throws(CryptographyError) -> [UInt8] {
        try suite.authentication.code(pad(counter + message), key: keys.authentication)
    }

    /// ISO/IEC 9797-1, padding method 2: 80, then as many 00 as a block needs.
    private func pad(_ octets: [UInt8]) -> [UInt8] {
        let rest = (octets.count + 1) % suite.blockLength
        return octets + [0x80] + [UInt8](repeating: 0, count: rest == 0 ? 0 : suite.blockLength - rest)
    }

    private mutating func step() {
        for index in counter.indices.reversed() {
            counter[index] &+= 1
            if counter[index] != 0 { return }
        }
    }
}

extension [UInt8] {
    /// Compares in a time that tells nothing of where they differ.
    func isSame(as other: [UInt8]) -> Bool { count == other.count && zip(self, other).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0 }
}

extension Secret {
    /// Where the padding of method 2 begins; nil where there is none in the last block.
    fileprivate func lengthBeforePadding(_ blockLength: Int) -> Int? {
        var end = count
        while end > 0, self[end - 1] == 0 { end -= 1 }
        guard end > 0, self[end - 1] == 0x80, count - end < blockLength else { return nil }
        return end - 1
    }
}
