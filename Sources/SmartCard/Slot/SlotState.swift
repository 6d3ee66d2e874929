/// What a slot holds.
public enum SlotState: Hashable, Sendable {
    case empty
    /// A card is there and gets its power.
    case activating
    case ready(CardInformation)
    /// A card is there that cannot be used, or the reader cannot.
    case failed(SlotFailure)
}

/// A card that is ready for commands.
public struct CardInformation: Hashable, Sendable {
    public var answer: AnswerToReset
    public var transmission: TransmissionProtocol
}

/// The same with all that the slot must know of it.
struct ActiveCard: Hashable, Sendable {
    var answer: AnswerToReset
    var parameters: CardParameters
    /// The conversation at T=1, where the host leads it.
    var blocks: T1Machine?

    var information: CardInformation { CardInformation(answer: answer, transmission: parameters.transmission) }
}

/// Why a slot cannot do what it was asked, or a card is of no use.
public enum SlotFailure: Error, Hashable, Sendable, CustomStringConvertible {
    case noCard
    case removed
    case busy
    case timedOut
    /// No card speaks, at any voltage that the reader has: it lies the wrong way, or is none.
    case mute
    case badAnswer(ATRError)
    /// It speaks no protocol that the reader and this program both do.
    case unsupportedCard
    case badSelection(PPSError)
    case blocks(T1Failure)
    case reader(ReaderError)
    /// The command is longer than the reader takes, or no APDU.
    case tooLong
    case notAnAPDU(APDUError)
    /// The reader's answer is of another kind than the question.
    case nonsense
    /// The reader answers nothing any more and is reset.
    case readerHangs
    case readerReset

    public var description: String {
        switch self {
        case .noCard: "there is no card"
        case .removed: "the card was taken away"
        case .busy: "the slot is busy"
        case .timedOut: "no answer in time"
        case .mute: "the card does not answer; turn it over, or clean its contacts"
        case .badAnswer(let error): "\(error)"
        case .unsupportedCard: "the card and the reader have no protocol in common"
        case .badSelection(let error): "\(error)"
        case .blocks(let failure): "\(failure)"
        case .reader(let error): "\(error)"
        case .tooLong: "the command is longer than the reader takes"
        case .notAnAPDU(let error): "\(error)"
        case .nonsense: "the reader's answer does not belong to the question"
        case .readerHangs: "the reader does not answer any more"
        case .readerReset: "the reader was reset"
        }
    }
}
