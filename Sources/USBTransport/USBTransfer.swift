import CLibUSB
import Synchronization

/// One transfer that is used again and again.
///
/// It owns its buffer, because libusb uses that until the callback has run. Submitted by one thread at a time; it ends on the thread that
/// handles the context's events.
final class USBTransfer: @unchecked Sendable {
    struct Result {
        var status: libusb_transfer_status
        var count: Int
    }

    enum Kind { case bulk, interrupt, control }

    let endpoint: UInt8
    let capacity: Int
    private let pointer: UnsafeMutablePointer<libusb_transfer>
    private let buffer: UnsafeMutableBufferPointer<UInt8>
    private let running = Atomic(false)
    private var result: Result?
    private let onEnd: (@Sendable (Result) -> Void)?

    /// - Parameter onEnd: called instead of keeping the result for ``takeResult()``, on the thread that handles the events.
    init(
        _ handle: borrowing USBHandle, _ kind: Kind = .bulk, endpoint: UInt8, capacity: Int, onEnd: (@Sendable (Result) -> Void)? = nil
    ) {
        self.endpoint = endpoint
        self.capacity = capacity
        self.onEnd = onEnd
        buffer = .allocate(capacity: capacity)
        buffer.initialize(repeating: 0)
        pointer = libusb_alloc_transfer(0)
        let callback: libusb_transfer_cb_fn = { transfer in
            guard let transfer, let user = transfer.pointee.user_data else { return }
            Unmanaged<USBTransfer>.fromOpaque(user).takeUnretainedValue().end()
        }
        let user = Unmanaged.passUnretained(self).toOpaque()
        switch kind {
        case .bulk:
            libusb_fill_bulk_transfer(pointer, handle.pointer, endpoint, buffer.baseAddress, CInt(capacity), callback, user, 0)
        case .interrupt:
            libusb_fill_interrupt_transfer(pointer, handle.pointer, endpoint, buffer.baseAddress, CInt(capacity), callback, user, 0)
        case .control:
            libusb_fill_control_transfer(pointer, handle.pointer, buffer.baseAddress, callback, user, Self.controlLimit)
        }
    }

    /// Milliseconds that a device may take to answer a request; it needs a few.
    private static let controlLimit: UInt32 = 2000

    deinit {
        precondition(!isRunning, "libusb still uses this transfer")
        libusb_free_transfer(pointer)
        wipe(buffer.count)
        buffer.deallocate()
    }

    var isRunning: Bool { running.load(ordering: .acquiring) }

    /// Sends these bytes, at most as many as it has room for.
    func submit(_ bytes: some Collection<UInt8>) throws(USBFailure) {
        pointer.pointee.length = CInt(bytes.count)
        _ = buffer.update(fromContentsOf: bytes)
        try submit()
    }

    /// Starts to receive, as much as it has room for or at most so much.
    func submit(room: Int? = nil) throws(USBFailure) {
        if let room { pointer.pointee.length = CInt(room) }
        // Before libusb knows it: it may end on another thread at once.
        running.store(true, ordering: .releasing)
        do throws(USBFailure) {
            try USBFailure.check(libusb_submit_transfer(pointer))
        } catch {
            running.store(false, ordering: .releasing)
            throw error
        }
    }

    /// Ends soon, with what has been transferred.
    func cancel() { if isRunning { libusb_cancel_transfer(pointer) } }

    /// How it ended, once.
    func takeResult() -> Result? {
        defer { result = nil }
        return result
    }

    /// The first bytes of what was received.
    func received(_ count: Int) -> [UInt8] { Array(buffer.prefix(count)) }

    /// Overwrites what was transferred: it may have been personal.
    func wipe(_ count: Int) {
        for index in 0..<min(count, buffer.count) { buffer[index] = 0 }
    }

    private func end() {
        let result = Result(status: pointer.pointee.status, count: Int(pointer.pointee.actual_length))
        if onEnd == nil { self.result = result }
        running.store(false, ordering: .releasing)
        onEnd?(result)
    }
}
