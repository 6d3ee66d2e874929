import SmartCard

/// A way to show a chip that one has seen the document that it is in. BAC is one; PACE is another, with the same end: protected messages.
protocol AccessControl: Sendable {
    /// The first command.
    mutating func start() -> CommandAPDU
    /// What follows from the answer to the command before.
    mutating func take(_ answer: ResponseAPDU) throws(Refusal) -> AccessStep
}

/// How an access control goes on.
enum AccessStep: Hashable, Sendable {
    case send(CommandAPDU)
    /// The chip is open, and says everything that follows under protection.
    case opened(SecureMessaging)
}
