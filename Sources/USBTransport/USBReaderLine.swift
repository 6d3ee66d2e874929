import DeviceLines
import Dispatch
import Synchronization

/// The way to one USB card reader, wherever it is plugged in.
final class USBReaderLine: ReaderLine {
    private struct State {
        var place: ReaderPlace
        var device: (USBDevice, ReaderInterface)?
        /// It has come since it was last opened.
        var isNew = false
        var connection: USBReaderConnection?
        /// The attempt that waits for its time or for the reader.
        var attempt: (number: Int, report: @Sendable (ReaderNews) -> Void)?
        var attempts = 0
        var hasEnded = false
    }

    private let state: Mutex<State>
    /// Opens and closes, one after the other.
    private let thread: DispatchQueue

    init(_ place: ReaderPlace) {
        state = Mutex(State(place: place))
        thread = DispatchQueue(label: "reader \(place.name)")
    }

    var place: ReaderPlace { state.withLock { $0.place } }
    var isPlugged: Bool { state.withLock { $0.device != nil } }

    // MARK: For the ports

    func arrive(_ device: USBDevice, _ interface: ReaderInterface, at place: ReaderPlace) {
        let attempt = state.withLock { state in
            state.place = place
            state.device = (device, interface)
            state.isNew = true
            return state.attempt?.number
        }
        if let attempt { thread.async { self.open(attempt) } }
    }

    func leave() {
        let connection = state.withLock { state in
            state.device = nil
            return state.connection
        }
        connection?.leave()
    }

    // MARK: For the reader's user

    func connect(after delay: Duration, report: @escaping @Sendable (ReaderNews) -> Void) {
        let (number, isDue) = state.withLock { state in
            state.attempts += 1
            state.attempt = (state.attempts, report)
            return (state.attempts, delay <= .zero || state.isNew || state.hasEnded)
        }
        if isDue {
            thread.async { self.open(number) }
        } else {
            let parts = delay.components
            let time = Int(parts.seconds) * 1_000_000_000 + Int(parts.attoseconds / 1_000_000_000)
            thread.asyncAfter(deadline: .now() + .nanoseconds(time)) { self.open(number) }
        }
    }

    func end() {
        let (attempt, connection) = state.withLock { state in
            state.hasEnded = true
            return (state.attempt?.number, state.connection)
        }
        connection?.close()
        if let attempt { thread.async { self.open(attempt) } }
    }

    /// On the thread. An attempt that was begun already is not begun again.
    private func open(_ number: Int) {
        let (attempt, device, place, hasEnded) = state.withLock { state in
            guard state.attempt?.number == number else {
                return (nil as (number: Int, report: @Sendable (ReaderNews) -> Void)?, state.device, state.place, false)
            }
            defer { state.attempt = nil }
            state.isNew = false
            return (state.attempt, state.device, state.place, state.hasEnded)
        }
        guard let report = attempt?.report else { return }
        if hasEnded { return report(.disconnected(LineError(.closed, "closed by this program"))) }
        guard let (device, interface) = device else {
            return report(.disconnected(LineError(.notThere, "no reader \(place.name); is it plugged in? `lsusb` shows what is")))
        }
        let connection: USBReaderConnection
        do throws(LineError) {
            let opened = try USBReaderDevice(device, interface, place.address)
            connection = USBReaderConnection(opened, place.address, thread: thread) { [weak self] news in
                if case .disconnected = news { self?.state.withLock { $0.connection = nil } }
                report(news)
            }
        } catch {
            return report(.disconnected(error))
        }
        let isWanted = state.withLock { state in
            state.connection = connection
            return !state.hasEnded && state.device?.0 === device
        }
        report(.connected(connection))
        connection.start()
        if !isWanted { connection.close(LineError(.notThere, "\(place.address) was unplugged")) }
    }
}
