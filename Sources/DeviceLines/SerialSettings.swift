/// How a serial line is set: eight data bits, no parity, one stop bit, and these.
public struct SerialSettings: Hashable, Sendable {
    /// Bits a second. The rates that receipt printers have.
    public enum Baud: Int, Hashable, Sendable, CaseIterable {
        case b9600 = 9600
        case b19200 = 19_200
        case b38400 = 38_400
        case b57600 = 57_600
        case b115200 = 115_200
    }

    /// How the printer makes the host wait when its buffer is full.
    public enum FlowControl: String, Hashable, Sendable, CaseIterable {
        /// By the wire CTS; what printers call DTR/DSR reaches it through the usual cable.
        case rts
        /// By the bytes 13h and 11h. Ours to the printer are never stopped or changed.
        case xonxoff
        /// Not at all: what it cannot take is lost.
        case none
    }

    public var baud: Baud
    public var flow: FlowControl

    /// - Parameters:
    ///   - baud: as the printer's own switches say; its self-test slip shows it.
    ///   - flow: the same.
    public init(baud: Baud = .b9600, flow: FlowControl = .rts) {
        self.baud = baud
        self.flow = flow
    }
}
