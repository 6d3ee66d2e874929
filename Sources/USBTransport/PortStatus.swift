/// The answer to GET_PORT_STATUS: the three wires that parallel ports had.
///
/// Source: USB Device Class Definition for Printing Devices 1.1, clause 4.2.2. Many receipt printers always answer 18h.
public struct PortStatus: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    /// - Parameter rawValue: the byte as it came.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// There is no error.
    public static let notError = Self(rawValue: 0x08)
    /// It is online.
    public static let selected = Self(rawValue: 0x10)
    /// The paper is out.
    public static let paperEmpty = Self(rawValue: 0x20)
}
