import CLibUSB
import DeviceLines
import Dispatch
import Synchronization

/// One connection to a USB card reader: three endpoints and the control request ABORT.
///
/// Transfers end on the one thread that handles the events of all readers, and what comes is told from there. What blocks (clearing a
/// stalled endpoint, a reset, closing) runs on the line's own thread.
final class USBReaderConnection: OpenReader, @unchecked Sendable {
    private enum Outgoing {
        case message([UInt8])
        case abort(slot: UInt8, sequence: UInt8)
    }

    private struct State {
        var outgoing: [Outgoing] = []
        var isSending = false
        /// Transfers that libusb has.
        var running = 0
        var assembly: MessageAssembly
        /// Set once: why, and whether the device is reset.
        var closing: (why: LineError, resets: Bool)?
    }

    private struct Transfers {
        var output: USBTransfer
        var abort: USBTransfer
        var input: USBTransfer
        var notices: USBTransfer?
    }

    private enum Direction { case output, abort, input, notices }

    let classDescriptor: [UInt8]
    let hasNotices: Bool
    private let address: String
    private let thread: DispatchQueue
    private let report: @Sendable (ReaderNews) -> Void
    private let state: Mutex<State>
    // Only for the line's thread.
    private var device: USBReaderDevice?
    /// There from before the first transfer until behind the last.
    private var transfers: Transfers?
    private let interface: ReaderInterface

    /// On the line's thread. `report` gets all but `connected`.
    init(
        _ device: consuming USBReaderDevice, _ address: String, thread: DispatchQueue, report: @escaping @Sendable (ReaderNews) -> Void
    ) {
        interface = device.interface
        classDescriptor = interface.classDescriptor
        hasNotices = interface.notices != nil
        self.address = address
        self.thread = thread
        self.report = report
        // A header and an extended APDU: no message is longer, whatever the descriptor says.
        let longest = min(max(interface.messageLength, 271), 65_556)
        let assembly = MessageAssembly(packetSize: interface.input.packetSize, longest: longest)
        state = Mutex(State(assembly: assembly))
        // The transfers are kept by this connection, which libusb's callbacks keep by the count of those that run.
        let output = USBTransfer(device.handle, endpoint: interface.output.address, capacity: longest) { [unowned self] in
            ended(.output, $0)
        }
        let abort = USBTransfer(device.handle, .control, endpoint: 0, capacity: 8) { [unowned self] in ended(.abort, $0) }
        let input = USBTransfer(device.handle, endpoint: interface.input.address, capacity: assembly.mostRoom) { [unowned self] in
            ended(.input, $0)
        }
        // Exactly as long as the endpoint's packets: a longer one need not end when a packet comes.
        let notices = interface.notices.map {
            USBTransfer(device.handle, .interrupt, endpoint: $0.address, capacity: $0.packetSize) { [unowned self] in ended(.notices, $0) }
        }
        transfers = Transfers(output: output, abort: abort, input: input, notices: notices)
        self.device = consume device
    }

    /// Begins to listen; on the line's thread.
    func start() {
        receive()
        listen()
    }

    func send(_ message: [UInt8]) { queue(.message(message)) }
    func abort(slot: UInt8, sequence: UInt8) { queue(.abort(slot: slot, sequence: sequence)) }
    func reset() { close(LineError(.closed, "\(address) was reset"), resets: true) }
    func close() { close(LineError(.closed, "closed by this program")) }

    // MARK: Transfers

    private func queue(_ item: Outgoing) {
        let failure = state.withLock { state in
            state.outgoing.append(item)
            return sendNext(&state)
        }
        fail(failure)
    }

    private func sendNext(_ state: inout State) -> USBFailure? {
        guard state.closing == nil, let transfers, !state.isSending, !state.outgoing.isEmpty else { return nil }
        state.isSending = true
        switch state.outgoing.removeFirst() {
        case .message(let octets):
            return submit(&state) { () throws(USBFailure) in try transfers.output.submit(octets.prefix(transfers.output.capacity)) }
        case .abort(let slot, let sequence):
            // bmRequestType 21h, bRequest 1, wValue bSeq and bSlot, wIndex the interface (USB CCID 1.10, 5.3.1).
            let request = [0x21, 1, slot, sequence, interface.number, 0, 0, 0]
            return submit(&state) { () throws(USBFailure) in try transfers.abort.submit(request) }
        }
    }

    private func receive() {
        let failure = state.withLock { state -> USBFailure? in
            guard state.closing == nil, let input = transfers?.input else { return nil }
            let room = state.assembly.room
            return submit(&state) { () throws(USBFailure) in try input.submit(room: room) }
        }
        fail(failure)
    }

    private func listen() {
        let failure = state.withLock { state -> USBFailure? in
            guard state.closing == nil, let notices = transfers?.notices else { return nil }
            return submit(&state) { () throws(USBFailure) in try notices.submit() }
        }
        fail(failure)
    }

    private func submit(_ state: inout State, _ body: () throws(USBFailure) -> Void) -> USBFailure? {
        do throws(USBFailure) {
            try body()
            state.running += 1
            return nil
        } catch {
            return error
        }
    }

    /// On the thread of the events. The transfer counts as running until all is done that follows from it.
    private func ended(_ direction: Direction, _ result: USBTransfer.Result) {
        if state.withLock({ $0.closing == nil }) { judge(direction, result) }
        state.withLock { state in
            state.running -= 1
            if state.closing != nil, state.running == 0 { thread.async { self.finish() } }
        }
    }

    private func judge(_ direction: Direction, _ result: USBTransfer.Result) {
        switch result.status {
        case LIBUSB_TRANSFER_COMPLETED: completed(direction, result.count)
        case LIBUSB_TRANSFER_STALL: stalled(direction)
        case LIBUSB_TRANSFER_NO_DEVICE: close(unplugged)
        // The request ABORT took too long: the message of the same name decides.
        case LIBUSB_TRANSFER_TIMED_OUT where direction == .abort: completed(.abort, 0)
        case let other:
            close(LineError(.lost, "a USB transfer to \(address) failed (status \(other.rawValue)); try another cable or port"))
        }
    }

    private func completed(_ direction: Direction, _ count: Int) {
        guard let transfers else { return }
        switch direction {
        case .output, .abort:
            if direction == .output { transfers.output.wipe(count) }
            let failure = state.withLock { state in
                state.isSending = false
                return sendNext(&state)
            }
            fail(failure)
        case .input:
            let piece = transfers.input.received(count)
            transfers.input.wipe(count)
            let message = state.withLock { $0.assembly.take(piece) }
            // Listens again before it tells: the answer to what is sent next has somewhere to go.
            receive()
            if let message { report(.message(message)) }
        case .notices:
            let octets = transfers.notices?.received(count) ?? []
            listen()
            if !octets.isEmpty { report(.notice(octets)) }
        }
    }

    private func stalled(_ direction: Direction) {
        // Without the request ABORT, the message of the same name decides; a control endpoint goes on by itself.
        if direction == .abort { return completed(.abort, 0) }
        thread.async { [self] in
            guard state.withLock({ $0.closing == nil }) else { return }
            let endpoint =
                direction == .output ? interface.output.address : direction == .input ? interface.input.address : interface.notices?.address
            do throws(USBFailure) {
                if let endpoint { try device?.clearHalt(endpoint) }
            } catch {
                return fail(error)
            }
            report(.stalled)
            switch direction {
            case .output: completed(.output, 0)
            case .input:
                state.withLock { $0.assembly.clear() }
                receive()
            case .notices: listen()
            case .abort: break
            }
        }
    }

    // MARK: The end

    private var unplugged: LineError { LineError(.notThere, "\(address) was unplugged") }

    private func fail(_ failure: USBFailure?) {
        guard let failure else { return }
        close(failure.is(LIBUSB_ERROR_NO_DEVICE) ? unplugged : LineError(.lost, "\(address): \(failure.words); plug it out and in again"))
    }

    /// Ends it once libusb has let go of every transfer.
    func close(_ why: LineError, resets: Bool = false) {
        state.withLock { state in
            guard state.closing == nil else { return }
            state.closing = (why, resets)
            if state.running == 0 { thread.async { self.finish() } }
            for transfer in [transfers?.output, transfers?.abort, transfers?.input, transfers?.notices] { transfer?.cancel() }
        }
    }

    /// The cable was pulled.
    func leave() { close(unplugged) }

    /// On the line's thread.
    private func finish() {
        guard let (why, resets) = state.withLock({ $0.closing }) else { return }
        if resets { device?.reset() }
        // libusb wants the transfers back before the device that they are for.
        transfers = nil
        device = nil
        report(.disconnected(why))
    }
}
