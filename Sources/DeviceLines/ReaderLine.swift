/// A way to one card reader (USB CCID): makes one connection after another and reports what happens on each.
///
/// Whoever uses it decides when to connect; a line decides nothing. Its blocking calls are on threads of its own.
public protocol ReaderLine: Sendable {
    /// Which reader it leads to, and where that is plugged in now.
    var place: ReaderPlace { get }

    /// Makes a connection after `delay`, or sooner where the line knows that the reader has just come.
    ///
    /// `report` gets ``ReaderNews/connected(_:)`` and what follows on that connection, in order, and at the end of each connection
    /// or attempt one ``ReaderNews/disconnected(_:)``. It is called on a thread of the line, never from within a call of this
    /// protocol's or of ``OpenReader``'s methods, and must not block.
    func connect(after delay: Duration, report: @escaping @Sendable (ReaderNews) -> Void)

    /// Ends every connection and every attempt, with `disconnected`; afterwards none is made any more.
    func end()
}

/// One reader, and where it is.
public struct ReaderPlace: Hashable, Sendable {
    /// What it is called for ever: its serial number, else the path of the port that it is plugged into.
    public var name: String
    /// Where it is plugged in, for technicians: `usb 1-2.3`.
    public var address: String
    /// Maker and product as it says them itself.
    public var model: String
    /// idVendor and idProduct; nil where it is no USB device.
    public var vendor: UInt16?
    public var product: UInt16?
    /// Which of the device's CCID interfaces, from 0.
    public var interface: Int

    public init(name: String, address: String, model: String, vendor: UInt16? = nil, product: UInt16? = nil, interface: Int = 0) {
        self.name = name
        self.address = address
        self.model = model
        self.vendor = vendor
        self.product = product
        self.interface = interface
    }
}

/// What happens on a connection to a reader.
public enum ReaderNews: Sendable {
    case connected(any OpenReader)
    /// A message from bulk-IN. Transfers without octets are passed over.
    case message([UInt8])
    /// What came on the interrupt endpoint.
    case notice([UInt8])
    /// An endpoint stood still and was set going again: the reader says nothing to what it got last.
    case stalled
    /// It ended, or could not be made.
    case disconnected(LineError)
}

/// One connection to a reader that stands. Its methods return at once and have no effect after its end.
public protocol OpenReader: Sendable {
    /// The CCID class descriptor, as it came.
    var classDescriptor: [UInt8] { get }
    /// Whether there is an interrupt endpoint; without one the reader must be asked for its cards.
    var hasNotices: Bool { get }

    /// Sends a message on bulk-OUT.
    func send(_ message: [UInt8])

    /// Sends the control request ABORT (USB CCID 1.10, 5.3.1) before any message that is sent behind it.
    func abort(slot: UInt8, sequence: UInt8)

    /// Ends the connection by a reset of the whole device.
    func reset()

    /// Ends the connection.
    func close()
}

/// Where readers are plugged in.
public protocol ReaderPorts: Sendable {
    /// Tells of each reader once, when it is first seen; its line then leads to it wherever it is plugged in again.
    ///
    /// `report` is called on a thread of its own and must not block. Once only.
    func watch(_ report: @escaping @Sendable (Result<any ReaderLine, LineError>) -> Void)

    /// Tells of none any more.
    func end()
}
