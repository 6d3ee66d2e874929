/// Why an emulated device could not start.
public struct EmulatorError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        /// Another program listens there.
        case portInUse
        /// The address cannot be listened on.
        case addressRefused
        /// The paper page shows what was printed, so it is served on loopback only.
        case notLoopback
        /// The files of the paper page are not where they were looked for.
        case pageMissing
        /// A device file for the host cannot be made.
        case wireRefused
        /// It ended before it listened.
        case stopped
    }
    public var code: Code
    /// What was wrong, where, and what to do next.
    public var detail: String
    public init(_ code: Code, _ detail: String) {
        self.code = code
        self.detail = detail
    }
    public static func == (lhs: Self, rhs: Self) -> Bool { lhs.code == rhs.code }
    public func hash(into hasher: inout Hasher) { hasher.combine(code) }
    public var description: String { detail }
}
