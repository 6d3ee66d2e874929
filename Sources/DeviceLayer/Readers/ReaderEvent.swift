public import Conditions
public import SmartCard

/// What one reader tells.
public enum ReaderEvent: Sendable {
    case status(ReaderStatus)
    /// A card can be used.
    case card(CardSight)
    /// The card that was told of last is gone, or of no use any more.
    case removed(reader: String, slot: Int)
}

/// How a reader is.
public struct ReaderStatus: Hashable, Sendable {
    /// What it is called for ever: its serial number, else the path of the port that it is plugged into.
    public var name: String
    /// Where it is plugged in, for technicians: `usb 1-2.3`.
    public var address: String
    /// Maker and product as it says them itself.
    public var model: String
    /// idVendor and idProduct; nil where it is no USB device.
    public var vendor: UInt16?
    public var product: UInt16?
    /// What is wrong; nil while it is ready.
    public var condition: ConditionCode?
    /// What is wrong, where, and what to do next, for technicians; empty while all is well.
    public var detail: String
    /// What each slot holds; empty while the reader is not open.
    public var slots: [SlotState]

    public init(
        name: String, address: String, model: String, vendor: UInt16? = nil, product: UInt16? = nil, condition: ConditionCode? = nil,
        detail: String = "", slots: [SlotState] = []
    ) {
        self.name = name
        self.address = address
        self.model = model
        self.vendor = vendor
        self.product = product
        self.condition = condition
        self.detail = detail
        self.slots = slots
    }
}

/// A card that somebody put into a slot or a field.
public struct CardSight: Hashable, Sendable {
    /// The reader's name.
    public var reader: String
    /// From 0.
    public var slot: Int
    public var answerToReset: AnswerToReset
    /// What a card in a field calls itself: a pointer that may have been enrolled, never a proof; nil for a card with contacts.
    public var pointer: CardPointer?
    /// The historical bytes of the ATS of a card in a field that has one.
    public var answerToSelect: [UInt8]?
    /// Whether the reader named it without contacts.
    public var isContactless: Bool { pointer != nil }

    public init(
        reader: String, slot: Int, answerToReset: AnswerToReset, pointer: CardPointer? = nil, answerToSelect: [UInt8]? = nil
    ) {
        self.reader = reader
        self.slot = slot
        self.answerToReset = answerToReset
        self.pointer = pointer
        self.answerToSelect = answerToSelect
    }
}

/// Why a reader did not do what it was asked. Equal by code.
public struct ReaderFailure: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// The reader is not there or not ready.
        case notReady = "not-ready"
        case noSlot = "no-slot"
        case noCard = "no-card"
        /// The card was taken away in the middle.
        case removed
        /// No answer in time.
        case timedOut = "timed-out"
        /// The card cannot be used: it does not answer, or has no protocol in common with the reader.
        case unusableCard = "unusable-card"
        /// What was asked is no command, or longer than the reader takes.
        case invalidCommand = "invalid-command"
        /// The reader or the card answered with an error, or with what belongs to no question.
        case failed
        /// The task that asked was cancelled.
        case cancelled
    }

    public var code: Code
    /// What, where, and what to do next; for technicians. Not part of equality.
    public var detail: String

    public init(_ code: Code, _ detail: String) {
        self.code = code
        self.detail = detail
    }

    init(_ failure: RequestFailure) {
        switch failure {
        case .noReader(let detail): self.init(.notReady, detail)
        case .noSlot(let count): self.init(.noSlot, "the reader has \(count) slots, counted from 0")
        case .withdrawn: self.init(.cancelled, "it is not wanted any more")
        case .slot(let failure): self.init(Self.code(failure), "\(failure)")
        }
    }

    private static func code(_ failure: SlotFailure) -> Code {
        switch failure {
        case .noCard: .noCard
        case .removed: .removed
        case .timedOut: .timedOut
        case .mute, .badAnswer, .unsupportedCard, .badSelection: .unusableCard
        case .tooLong, .notAnAPDU: .invalidCommand
        case .busy, .blocks, .reader, .nonsense: .failed
        case .readerHangs, .readerReset: .notReady
        }
    }

    public var description: String { "\(code.rawValue): \(detail)" }
    public static func == (left: Self, right: Self) -> Bool { left.code == right.code }
    public func hash(into hasher: inout Hasher) { hasher.combine(code) }
}
