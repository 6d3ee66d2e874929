/// One message of the device socket.
///
/// Octets of every frame, both directions, big-endian:
///
///     1  version, always 1
///     1  kind, 01h…7Fh from the client, 81h…FFh from the server
///     4  length of the body, at most ``FrameLimits/body``
///     n  body, by kind; see ``ClientFrame`` and ``ServerFrame``
///
/// A `text` in a body is two octets of length and that many octets of UTF-8.
public protocol Frame: Hashable, Sendable {
    var kind: UInt8 { get }
    var body: [UInt8] { get }
    /// Reads a body; refuses a kind of the other direction and a body with one octet too few or too many.
    init(kind: UInt8, body: [UInt8]) throws(FrameError)
}

/// Sizes that both ends keep to.
public enum FrameLimits {
    /// The octets of the longest body, and so of the longest piece of print data.
    public static let body = 65_536
    static let header = 6
    static let version: UInt8 = 1
}

extension Frame {
    /// The frame as it stands on the wire.
    public var bytes: [UInt8] {
        let body = body
        precondition(body.count <= FrameLimits.body, "a body of \(body.count) octets must be split by its sender")
        return [FrameLimits.version, kind] + (0..<4).map { UInt8(truncatingIfNeeded: body.count >> (24 - 8 * $0)) } + body
    }
}

/// Why octets are not a frame. The connection cannot be used any more: its frames have no other boundary.
public struct FrameError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable { case unsupportedVersion, unknownKind, tooLong, malformed }
    public var code: Code
    /// What stood where; not part of equality.
    public var detail: String

    public init(_ code: Code, _ detail: String) {
        self.code = code
        self.detail = detail
    }
    public static func == (lhs: Self, rhs: Self) -> Bool { lhs.code == rhs.code }
    public func hash(into hasher: inout Hasher) { hasher.combine(code) }
    public var description: String { "device socket: \(detail)" }
}
