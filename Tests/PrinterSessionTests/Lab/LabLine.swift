import DeviceEmulators
import ESCPOS

/// The wire between kiosk and printer, which differs in what a broken one looks like from the kiosk.
struct LabLine {
    enum Kind: String, CaseIterable {
        /// Data in flight arrives even after the kiosk has died; a printer without power breaks the connection, or just falls silent.
        case tcp
        /// Unplugging and switching off are noticed at once, and cut a transfer anywhere.
        case usb
        /// Nothing is ever noticed: what is sent to a printer without power or cable vanishes.
        case serial
    }

    let kind: Kind
    let latency: Duration
    let bytesPerSecond: Int
    /// When the last byte that was sent will have arrived, but for the latency.
    var busyUntil = Duration.zero
    /// The connection that is open, as the kiosk sees it.
    var link: Int?
    var isPlugged = true
    /// The printer has forgotten this connection (it was switched off); the first byte that it gets breaks it.
    var isDead = false
    /// Bytes that the printer has not taken in.
    private(set) var pipe: [UInt8] = []
    /// Bytes on the way, for which the pipe was not reached.
    private(set) var head = 0

    init(kind: Kind, latency: Duration, bytesPerSecond: Int) {
        self.kind = kind
        self.latency = latency
        self.bytesPerSecond = bytesPerSecond
    }

    var isEmpty: Bool { head == pipe.count }

    mutating func put(_ bytes: [UInt8]) { pipe += bytes }

    mutating func take(_ most: Int) -> ArraySlice<UInt8> {
        let piece = pipe[head..<min(head + most, pipe.count)]
        head += piece.count
        if isEmpty { drop() }
        return piece
    }

    mutating func drop() {
        pipe = []
        head = 0
    }
}
