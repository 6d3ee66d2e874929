/// A way to one device: makes one connection after another and reports what happens on each.
///
/// Whoever uses it decides when to connect; a line decides nothing. It keeps its blocking calls on threads of its own.
public protocol DeviceLine: Sendable {
    /// Makes a connection after `delay`, or sooner where the line knows that the device has just come.
    ///
    /// `report` gets ``LineNews/connected(_:)`` and what follows on that connection, in order, and at the end of each
    /// connection or attempt one ``LineNews/disconnected(_:)``. It is called on a thread of the line and must not block.
    func connect(after delay: Duration, report: @escaping @Sendable (LineNews) -> Void)

    /// Ends every connection, also one that is being made; afterwards none is made any more.
    func end()
}

/// What happens on a connection.
public enum LineNews: Sendable {
    case connected(any OpenLine)
    case received([UInt8])
    /// The answer to ``OpenLine/askSignals()``.
    case signals(LineSignals)
    /// It ended, or could not be made.
    case disconnected(LineError)
}

/// One connection that stands. Its methods return at once and have no effect after its end.
public protocol OpenLine: Sendable {
    /// Hands bytes over; they leave in this order, as fast as the device takes them.
    func send(_ bytes: [UInt8])

    /// Calls `done` once everything sent before has been taken by the device or, where a line cannot know that, has left
    /// this program. Not at all if the connection ends first.
    func whenWritten(_ done: @escaping @Sendable () -> Void)

    /// Ends the connection; what has not left is thrown away.
    func close()

    /// Asks for ``LineNews/signals(_:)``. Answered every time where the line and its device have such wires; else never.
    func askSignals()

    /// What the device says of itself, for the log; empty where there is nobody to ask.
    var introduction: String { get }
}

extension OpenLine {
    public var introduction: String { "" }
    public func askSignals() {}
}

/// Why there is no connection.
public struct LineError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// Nothing answers there, or nothing is plugged in.
        case notThere = "not-there"
        /// This user may not open it.
        case notAllowed = "not-allowed"
        /// Another program has it.
        case busy
        /// What is there is no such device, or cannot do what was asked of it.
        case unsuitable
        /// This program has no file descriptor left.
        case exhausted
        /// It was open and went away.
        case lost
        /// We closed it.
        case closed
    }

    public var code: Code
    /// What, where, and what to do next; for technicians. Not part of equality.
    public var detail: String

    public init(_ code: Code, _ detail: String) {
        self.code = code
        self.detail = detail
    }

    public var description: String { "\(code.rawValue): \(detail)" }
    public static func == (left: Self, right: Self) -> Bool { left.code == right.code }
    public func hash(into hasher: inout Hasher) { hasher.combine(code) }
}
