import CLibUSB

/// One bulk transfer that is used again and again. Only for the context's thread.
///
/// It owns its buffer, because libusb uses that until the callback has run.
final class USBTransfer {
    struct Result {
        var status: libusb_transfer_status
        var count: Int
    }

    let endpoint: UInt8
    private let pointer: UnsafeMutablePointer<libusb_transfer>
    private let buffer: UnsafeMutableBufferPointer<UInt8>
    private(set) var isRunning = false
    private var result: Result?

    init(_ handle: borrowing USBHandle, endpoint: UInt8, capacity: Int) {
        self.endpoint = endpoint
        buffer = .allocate(capacity: capacity)
        buffer.initialize(repeating: 0)
        pointer = libusb_alloc_transfer(0)
        libusb_fill_bulk_transfer(
            pointer, handle.pointer, endpoint, buffer.baseAddress, CInt(capacity),
            { transfer in
                guard let transfer, let user = transfer.pointee.user_data else { return }
                Unmanaged<USBTransfer>.fromOpaque(user).takeUnretainedValue().end()
            }, nil, 0)
        pointer.pointee.user_data = Unmanaged.passUnretained(self).toOpaque()
    }

    deinit {
        precondition(!isRunning, "libusb still uses this transfer")
        libusb_free_transfer(pointer)
        buffer.deallocate()
    }

    /// Sends these bytes, at most as many as it has room for.
    func submit(_ bytes: ArraySlice<UInt8>) throws(USBFailure) {
        pointer.pointee.length = CInt(bytes.count)
        _ = buffer.update(fromContentsOf: bytes)
        try submit()
    }

    /// Starts to receive.
    func submit() throws(USBFailure) {
        try USBFailure.check(libusb_submit_transfer(pointer))
        isRunning = true
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

    private func end() {
        isRunning = false
        result = Result(status: pointer.pointee.status, count: Int(pointer.pointee.actual_length))
    }
}
