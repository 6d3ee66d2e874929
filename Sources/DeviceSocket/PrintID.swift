/// Names one print for ever: a second request with the same name is the same print.
///
/// The kiosk's own are `ticket id + "." + copy number`; a job of another program is
/// `foreign:` + the job's UUID. 1 to 127 bytes of printable ASCII without spaces.
public struct PrintID: Hashable, Sendable, CustomStringConvertible {
    public let rawValue: String

    public init?(_ rawValue: String) {
        guard (1...127).contains(rawValue.utf8.count), rawValue.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        self.rawValue = rawValue
    }

    /// A job that another program sent to the queue.
    public var isForeign: Bool { rawValue.hasPrefix("foreign:") }
    public var description: String { rawValue }
}
