/// What the wires beside the data say of a device: a USB printer's port status, a serial line's modem lines.
///
/// Only what is wrong is said: the empty set means that nothing is, or that the wires carry nothing.
public struct LineSignals: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let paperOut = Self(rawValue: 1 << 0)
    /// Takes no data for now: not selected, or its ready line has been low for long.
    public static let offline = Self(rawValue: 1 << 1)
    /// An error that is not the paper's.
    public static let error = Self(rawValue: 1 << 2)

    /// The answer to GET_PORT_STATUS: bit 5 paper empty, bit 4 selected, bit 3 no error; the other bits are not looked at.
    ///
    /// Source: USB Device Class Definition for Printing Devices 1.1, clause 4.2.2.
    public init(portStatus byte: UInt8) {
        self = []
        if byte & 0x20 != 0 { insert(.paperOut) }
        if byte & 0x10 == 0 { insert(.offline) }
        // A printer without paper calls that an error too.
        if byte & 0x28 == 0 { insert(.error) }
    }
}
