/// Where a CUPS scheduler listens.
public enum SpoolerAddress: Hashable, Sendable, CustomStringConvertible {
    /// A unix socket; its path has at most 107 octets.
    case socket(path: String)
    /// A name or an address, and the port (631 by custom).
    case host(String, port: Int)

    public var description: String {
        switch self {
        case .socket(let path): path
        case .host(let host, let port): "\(host):\(port)"
        }
    }
}

/// Why the scheduler did not do what it was asked.
public struct SpoolerError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        /// Nobody listens: nothing was asked of it.
        case unreachable
        /// The connection ended in the middle: it may have done what it was asked, or not.
        case interrupted
        /// It answered no.
        case refused
        /// The request cannot even be written down.
        case invalid
    }
    public var code: Code
    /// What was wrong, where, and what to do next; not part of equality.
    public var detail: String

    public init(_ code: Code, _ detail: String) {
        self.code = code
        self.detail = detail
    }
    public static func == (lhs: Self, rhs: Self) -> Bool { lhs.code == rhs.code }
    public func hash(into hasher: inout Hasher) { hasher.combine(code) }
    public var description: String { detail }
}
