import CLibUSB
import DeviceLines

/// A USB device that libusb keeps for us, plugged in or not.
final class USBDevice: @unchecked Sendable {
    let pointer: OpaquePointer
    // Must be there until the device is let go.
    private let context: USBContext

    init(_ pointer: OpaquePointer, _ context: USBContext) {
        self.pointer = libusb_ref_device(pointer)
        self.context = context
    }

    deinit { libusb_unref_device(pointer) }

    var node: String { USBDescriptors.node(of: pointer) }
}

/// A card reader whose interface is ours; the kernel's driver, if it had one, gets it back at the end.
///
/// Opening and closing block; they belong on the line's thread.
struct USBReaderDevice: ~Copyable {
    let handle: USBHandle
    let interface: ReaderInterface
    private let device: USBDevice

    init(_ device: USBDevice, _ interface: ReaderInterface, _ address: String) throws(LineError) {
        var pointer: OpaquePointer?
        let code = libusb_open(device.pointer, &pointer)
        guard code == 0, let pointer else { throw Self.notOpened(device, address, USBFailure(code: code)) }
        let handle = USBHandle(owning: pointer)
        libusb_set_auto_detach_kernel_driver(pointer, 1)
        let claimed = libusb_claim_interface(pointer, CInt(interface.number))
        guard claimed == 0 else { throw Self.notOpened(device, address, USBFailure(code: claimed)) }
        self.handle = handle
        self.interface = interface
        self.device = device
    }

    deinit { libusb_release_interface(handle.pointer, CInt(interface.number)) }

    /// Whether the device could be reset; one that could not has gone, or comes back as another.
    func reset() { libusb_reset_device(handle.pointer) }

    func clearHalt(_ endpoint: UInt8) throws(USBFailure) { try USBFailure.check(libusb_clear_halt(handle.pointer, endpoint)) }

    private static func notOpened(_ device: USBDevice, _ address: String, _ failure: USBFailure) -> LineError {
        if failure.is(LIBUSB_ERROR_ACCESS) {
            return LineError(
                .notAllowed, "this user may not open \(device.node) (\(address)); install the rules in udev/ and plug it in again")
        }
        if failure.is(LIBUSB_ERROR_BUSY) {
            return LineError(.busy, "\(address) is held by \(DeviceHolder.description(of: device.node))")
        }
        if failure.is(LIBUSB_ERROR_NO_DEVICE) { return LineError(.notThere, "\(address) was unplugged just now") }
        return LineError(.unsuitable, "\(address) cannot be opened: \(failure.words); plug it out and in again")
    }
}
