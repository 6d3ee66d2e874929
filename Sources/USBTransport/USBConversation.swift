import CLibUSB
import DeviceLines

/// Both directions of one connection, on the thread of its line.
struct USBConversation: ~Copyable {
    private let printer: USBPrinter
    private let connection: USBConnection
    private let context: USBContext
    private let output: USBTransfer
    private let input: USBTransfer?
    private var status: PortStatus
    /// Nothing is asked of the printer before this time.
    private var readsAgain: ContinuousClock.Instant?
    /// Stalls in a row without a byte between them.
    private var stalls = 0
    /// A part of something may be in the printer.
    private(set) var needsReset = false

    /// A printer that goes on stalling has something that a cleared stall does not cure.
    private static let mostStalls = 3
    /// Between two questions to a printer that answers with nothing.
    private static let pause = Duration.milliseconds(20)
    /// A piece that a small printer takes in at once, so that what comes behind it is not held up for long.
    private static let pieceSize = 4096

    init(_ printer: consuming USBPrinter, _ connection: USBConnection, _ context: USBContext, _ status: PortStatus) {
        self.status = status
        self.connection = connection
        self.context = context
        output = USBTransfer(printer.handle, endpoint: printer.interface.output.address, capacity: Self.pieceSize)
        // Whole packets: else a longer one than there is room for is an error.
        input = printer.interface.input.map {
            USBTransfer(
                printer.handle, endpoint: $0.address, capacity: max($0.packetSize, Self.pieceSize / max($0.packetSize, 1) * $0.packetSize))
        }
        self.printer = printer
    }

    /// Serves the connection until it ends, and says why it did.
    mutating func serve(_ hotplug: USBHotplug, _ report: (LineNews) -> Void) -> LineError {
        var end: LineError?
        while true {
            end = connection.isClosed ? LineError(.closed, "closed by this program") : nil
            if hotplug.takeLeaving(of: printer.device) { end = end ?? LineError(.lost, "the printer was unplugged or switched off") }
            end = end ?? read(report) ?? write()
            if let end {
                stop()
                return end
            }
            if connection.takesQuestion(), status.isAnswered {
                report(.signals(status.take(printer.portStatus())))
                // While it waited for the answer, libusb may have ended a transfer or taken an interruption in.
                continue
            }
            context.handleEvents(for: readsAgain.map { $0 - .now } ?? .seconds(60))
        }
    }

    /// Leaves with no transfer running.
    private mutating func stop() {
        if output.isRunning { needsReset = true }
        output.cancel()
        input?.cancel()
        while output.isRunning || input?.isRunning == true { context.handleEvents(for: .seconds(1)) }
        if let result = output.takeResult() { connection.take(result.count) }
    }

    private mutating func read(_ report: (LineNews) -> Void) -> LineError? {
        guard let input else { return nil }
        if let result = input.takeResult() {
            if let why = judge(result, input) { return why }
            if result.count > 0 { report(.received(input.received(result.count))) }
            // Some printers send nothing, as a packet, again and again.
            if result.count == 0 { readsAgain = .now + Self.pause }
        }
        if let time = readsAgain, time > .now { return nil }
        readsAgain = nil
        return input.isRunning ? nil : submit { () throws(USBFailure) in try input.submit() }
    }

    private mutating func write() -> LineError? {
        if let result = output.takeResult() {
            if result.count > 0 { stalls = 0 }
            connection.take(result.count)
            if let why = judge(result, output) { return why }
        }
        if output.isRunning { return nil }
        let next = connection.next(Self.pieceSize)
        guard !next.isEmpty else {
            connection.take(0)
            return nil
        }
        return submit { () throws(USBFailure) in try output.submit(next) }
    }

    /// Nil when the transfer may go on.
    private mutating func judge(_ result: USBTransfer.Result, _ transfer: USBTransfer) -> LineError? {
        switch result.status {
        case LIBUSB_TRANSFER_COMPLETED: return nil
        case LIBUSB_TRANSFER_STALL:
            stalls += 1
            needsReset = needsReset || stalls > 1
            guard stalls <= Self.mostStalls, libusb_clear_halt(printer.handle.pointer, transfer.endpoint) == 0 else {
                needsReset = true
                return LineError(.lost, "the printer refuses all data (USB stall); switch it off and on")
            }
            return nil
        case LIBUSB_TRANSFER_NO_DEVICE: return LineError(.lost, "the printer was unplugged or switched off")
        case let other:
            needsReset = true
            return LineError(.lost, "a USB transfer failed (status \(other.rawValue)); try another cable or port")
        }
    }

    private func submit(_ body: () throws(USBFailure) -> Void) -> LineError? {
        do throws(USBFailure) {
            try body()
            return nil
        } catch {
            return LineError(.lost, error.is(LIBUSB_ERROR_NO_DEVICE) ? "the printer was unplugged or switched off" : error.words)
        }
    }
}
