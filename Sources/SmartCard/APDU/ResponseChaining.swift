/// One command and all of its answer, where the card gives it in portions: 61xx asks to be fetched, 6Cxx names the right length
/// (ISO/IEC 7816-3, 12.2; ISO/IEC 7816-4, 5.3.4). At T=0 always needed, at T=1 by some cards.
public struct ResponseChaining: Hashable, Sendable {
    public enum Step: Hashable, Sendable {
        case send(CommandAPDU)
        case finish(ResponseAPDU)
    }

    private let command: CommandAPDU
    private let transmission: TransmissionProtocol
    private var sent: CommandAPDU
    private var collected: [UInt8] = []
    private var hasCorrected = false

    public init(_ command: CommandAPDU, _ transmission: TransmissionProtocol) {
        self.command = command
        self.transmission = transmission
        sent = command
    }

    /// What goes first.
    public var first: CommandAPDU { command }

    /// What follows from an answer.
    public mutating func take(_ answer: ResponseAPDU) -> Step {
        switch answer.status.first {
        case 0x6C where answer.data.isEmpty && !hasCorrected:
            hasCorrected = true
            sent.expected = answer.status.second == 0 ? 256 : Int(answer.status.second)
            return .send(sent)
        case 0x61:
            collected += answer.data
            guard collected.count < 0x1_0000 else { return .finish(ResponseAPDU(data: collected, status: answer.status)) }
            return fetch(answer.status.second == 0 ? 256 : Int(answer.status.second))
        case 0x90 where transmission == .t0 && answer.data.isEmpty && collected.isEmpty && wantsMore:
            // Case 4: the data went without Le, and what answers it waits to be fetched (12.2.1.4).
            return fetch(min(command.expected ?? 256, 256))
        case _: return .finish(ResponseAPDU(data: collected + answer.data, status: answer.status))
        }
    }

    private var wantsMore: Bool { !command.data.isEmpty && command.expected != nil && sent == command }

    private mutating func fetch(_ count: Int) -> Step {
        hasCorrected = false
        // GET RESPONSE on the channel of the command, without secure messaging or chaining.
        let channel = command.instructionClass & 0x40 == 0 ? command.instructionClass & 0x03 : command.instructionClass & 0x4F
        sent = CommandAPDU(channel, 0xC0, 0, 0, expected: count)
        return .send(sent)
    }
}
