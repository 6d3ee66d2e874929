public import Conditions

/// Why the journal refused something. Equal when the codes are.
public struct JournalError: Error, Sendable, CustomStringConvertible {
    /// What kind of refusal it is.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        // Opening.
        /// Another process owns this journal.
        case owned
        /// A newer program has already changed the database.
        case newer
        /// The journal is of another site or kiosk.
        case foreign
        /// The file is damaged, or its chain does not hold.
        case corrupted
        /// The disk would not really hold what is committed.
        case notDurable
        case readOnly

        // Any time.
        /// Too little room to keep what would come of accepting this.
        case full
        /// The disk failed; what was asked for is not stored.
        case inputOutput
        /// The disk failed, and whether it was stored cannot be found out before the next start.
        case indeterminate
        /// The journal was closed, by its owner or by an earlier failure of the disk.
        case closed
        /// The database refused in a way that this program did not expect.
        case failed

        // One request.
        /// Personal data was handed over and there is no public key to seal it to.
        case noRecipient
        /// A key file or a sealed part cannot be read.
        case sealing
        case unknownTicket
        /// A leased number was issued here before.
        case numberTaken
        /// No roll is kept of this printer.
        case unknownPrinter
        case alreadyDelivered
        case alreadyVoid
        /// A print of this ticket has not ended yet.
        case printUnfinished
    }

    public var code: Code
    /// What was wrong, where, and what to do next. Holds no personal data.
    public var detail: String

    public init(_ code: Code, _ detail: String) {
        self.code = code
        self.detail = detail
    }

    public var description: String { "\(code.rawValue): \(detail)" }

    /// What the screen and the technician are told.
    public var condition: ConditionCode { code == .full ? .journalFull : .journalFailed }
}

extension JournalError: Hashable {
    public static func == (lhs: Self, rhs: Self) -> Bool { lhs.code == rhs.code }
    public func hash(into hasher: inout Hasher) { hasher.combine(code) }
}
