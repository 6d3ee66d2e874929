import Glibc
import Synchronization

/// One open device file: a thread waits for it and for what there is to send.
final class FileConnection: OpenLine {
    private struct State {
        var outbox = Outbox<@Sendable () -> Void>()
        var isClosed = false
        var wantsSignals = false
    }

    /// Out and in at once, in bytes.
    private static let pieceSize = 4096
    /// How long a device is left alone that says it is ready and is not, or that must be asked whether it has finished.
    private static let pause: CInt = 20

    private let file: DeviceFile
    private let state = Mutex(State())
    private let bell: Bell

    init(_ file: consuming DeviceFile) throws(LineError) {
        bell = try Bell()
        self.file = file
    }

    func send(_ bytes: [UInt8]) { change { $0.outbox.append(bytes) } }
    func whenWritten(_ done: @escaping @Sendable () -> Void) { change { $0.outbox.append(mark: done) } }
    func askSignals() { change { $0.wantsSignals = true } }
    func close() { change { $0.isClosed = true } }

    private func change(_ body: (inout State) -> Void) {
        state.withLock { body(&$0) }
        bell.ring()
    }

    // MARK: On the thread

    /// Which of its sides the device is asked about.
    private struct Sides {
        var canRead = true
        /// Not before the next pause is over.
        var restsReading = false
        var restsWriting = false
    }

    /// Serves the connection until it ends, and says why it did.
    func serve(_ report: (LineNews) -> Void) -> LineError {
        var sides = Sides()
        var lines = ModemLines()
        while true {
            let (isClosed, wantsToWrite) = state.withLock { ($0.isClosed, $0.outbox.count > 0 || $0.outbox.hasDueMarks) }
            if isClosed { return LineError(.closed, "closed by this program") }
            if let told = signals(&lines) { report(.signals(told)) }
            let events = wait(sides, wantsToWrite)
            (sides.restsReading, sides.restsWriting) = (false, false)
            if events & POLLIN != 0, let why = read(&sides, events, report) { return why }
            if events & POLLOUT != 0, let why = write(&sides) { return why }
            if events & (POLLIN | POLLOUT) == 0, events & (POLLHUP | POLLERR | POLLNVAL) != 0 { return lost("it was unplugged") }
        }
    }

    /// What the device is ready for. Returns also when there is news in ``state``.
    private func wait(_ sides: Sides, _ wantsToWrite: Bool) -> CInt {
        var wanted: CInt = 0
        if sides.canRead, !sides.restsReading { wanted |= POLLIN }
        if wantsToWrite, !sides.restsWriting { wanted |= POLLOUT }
        var places = [
            pollfd(fd: file.descriptor, events: Int16(wanted), revents: 0), pollfd(fd: bell.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        guard poll(&places, 2, sides.restsReading || sides.restsWriting ? Self.pause : -1) > 0 else { return 0 }
        if places[1].revents != 0 { bell.silence() }
        return CInt(places[0].revents)
    }

    private func read(_ sides: inout Sides, _ events: CInt, _ report: (LineNews) -> Void) -> LineError? {
        var outcome = DeviceFile.Outcome.later
        let bytes = [UInt8](unsafeUninitializedCapacity: Self.pieceSize) { buffer, count in
            outcome = file.read(into: UnsafeMutableRawBufferPointer(buffer))
            if case .bytes(let number) = outcome { count = number }
        }
        switch outcome {
        // Some printers send nothing, as a packet; it ends nothing unless the device is gone.
        case .bytes(0):
            if events & (POLLHUP | POLLERR) != 0 { return lost("it was unplugged") }
            sides.restsReading = true
        case .bytes: report(.received(bytes))
        case .later: sides.restsReading = true
        case .never: sides.canRead = false
        case .lost(let code): return lost(DeviceFile.words(code))
        }
        return nil
    }

    private func write(_ sides: inout Sides) -> LineError? {
        let next = state.withLock { $0.outbox.next(Self.pieceSize) }
        guard !next.isEmpty else {
            // Asked again until a serial line has sent what the kernel holds: nothing tells when.
            if file.holdsOutput {
                sides.restsWriting = true
            } else {
                for done in state.withLock({ $0.outbox.takeDueMarks() }) { done() }
            }
            return nil
        }
        switch file.write(next) {
        case .bytes(let number): state.withLock { $0.outbox.take(number) }
        case .later, .never: sides.restsWriting = true
        case .lost(let code): return lost(DeviceFile.words(code))
        }
        return nil
    }

    /// Nil where nobody asked, or where there are no such lines.
    private func signals(_ lines: inout ModemLines) -> LineSignals? {
        let (isWanted, waiting) = state.withLock { state in
            defer { state.wantsSignals = false }
            return (state.wantsSignals, state.outbox.count)
        }
        guard isWanted, let reading = file.modemLines else { return nil }
        return lines.take(reading, waiting: waiting + file.outputHeld, at: .now)
    }

    private func lost(_ why: String) -> LineError { LineError(.lost, "\(file.path): \(why)") }
}
