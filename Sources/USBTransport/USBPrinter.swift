import CLibUSB
import DeviceLines

/// An open USB device. It is closed exactly once.
struct USBHandle: ~Copyable {
    let pointer: OpaquePointer
    /// Takes over the duty to close `pointer`.
    init(owning pointer: OpaquePointer) { self.pointer = pointer }
    deinit { libusb_close(pointer) }
}

/// A USB printer whose interface is ours: the kernel's `usblp` has let it go and gets it back at the end.
///
/// Its calls block for as long as the device takes to answer; they belong on the line's thread.
struct USBPrinter: ~Copyable {
    let handle: USBHandle
    let interface: PrinterInterface
    /// Nil: it did not say.
    let deviceID: DeviceID?

    /// How long the device may take to answer a request; it needs milliseconds.
    private static let requestLimit: UInt32 = 2000

    init(_ context: USBContext, _ address: USBPrinterAddress) throws(LineError) {
        let handle = try Self.open(context, address)
        let device = libusb_get_device(handle.pointer)!
        guard let interface = PrinterInterface(among: USBDescriptors.settings(of: device)) else {
            throw LineError(
                .unsuitable,
                "usb:\(address) has no printer interface (USB class 7); set the printer's USB mode to “printer class”, or use its serial device"
            )
        }
        // The kernel's driver is detached by the claim and attached again by the release.
        libusb_set_auto_detach_kernel_driver(handle.pointer, 1)
        do throws(USBFailure) {
            try USBFailure.check(libusb_claim_interface(handle.pointer, CInt(interface.number)))
        } catch {
            throw Self.notOpened(address, device, error)
        }
        if interface.hasAlternates {
            libusb_set_interface_alt_setting(handle.pointer, CInt(interface.number), CInt(interface.alternate))
        }
        deviceID = Self.askDeviceID(handle, interface)
        self.interface = interface
        self.handle = handle
    }

    deinit { libusb_release_interface(handle.pointer, CInt(interface.number)) }

    var device: OpaquePointer { libusb_get_device(handle.pointer)! }

    // MARK: Finding

    private static func open(_ context: USBContext, _ address: USBPrinterAddress) throws(LineError) -> USBHandle {
        var list: UnsafeMutablePointer<OpaquePointer?>?
        let count = libusb_get_device_list(context.pointer, &list)
        defer { libusb_free_device_list(list, 1) }
        var refusal: LineError?
        for device in UnsafeBufferPointer(start: list, count: max(count, 0)).compactMap(\.self) {
            guard USBDescriptors.identity(of: device) == (address.vendor, address.product) else { continue }
            var pointer: OpaquePointer?
            let code = libusb_open(device, &pointer)
            guard code == 0, let pointer else {
                refusal = notOpened(address, device, USBFailure(code: code))
                continue
            }
            let handle = USBHandle(owning: pointer)
            if address.serial == nil || address.serial == USBDescriptors.serial(of: handle) { return handle }
        }
        throw refusal ?? LineError(.notThere, "no usb:\(address); is the printer plugged in and switched on? `lsusb` shows what is")
    }

    private static func notOpened(_ address: USBPrinterAddress, _ device: OpaquePointer, _ failure: USBFailure) -> LineError {
        let node = USBDescriptors.node(of: device)
        if failure.is(LIBUSB_ERROR_ACCESS) {
            return LineError(
                .notAllowed, "this user may not open \(node) (usb:\(address)); install the rules in udev/ and plug it in again")
        }
        if failure.is(LIBUSB_ERROR_BUSY) {
            return LineError(.busy, "usb:\(address) is held by \(DeviceHolder.description(of: node))")
        }
        if failure.is(LIBUSB_ERROR_NO_DEVICE) { return LineError(.notThere, "usb:\(address) was unplugged just now") }
        return LineError(.unsuitable, "usb:\(address) cannot be opened: \(failure.words); plug it out and in again")
    }

    // MARK: Requests of the printer class (USB Device Class Definition for Printing Devices 1.1, clause 4.2)

    private static let fromInterface = UInt8(LIBUSB_ENDPOINT_IN.rawValue) | classRequest
    private static let classRequest = UInt8(LIBUSB_REQUEST_TYPE_CLASS.rawValue) | UInt8(LIBUSB_RECIPIENT_INTERFACE.rawValue)

    private static func askDeviceID(_ handle: borrowing USBHandle, _ interface: PrinterInterface) -> DeviceID? {
        let pointer = handle.pointer
        var count: CInt = 0
        let answer = [UInt8](unsafeUninitializedCapacity: 1024) { buffer, size in
            let index = UInt16(interface.number) << 8 | UInt16(interface.alternate)
            count = libusb_control_transfer(pointer, fromInterface, 0, 0, index, buffer.baseAddress, 1024, requestLimit)
            size = Int(max(count, 0))
        }
        return DeviceID(answer: answer)
    }

    /// GET_PORT_STATUS, the three wires that parallel ports had; nil where the device does not answer.
    ///
    /// Source: USB Device Class Definition for Printing Devices 1.1, clause 4.2.2.
    func portStatus() -> UInt8? {
        var byte: UInt8 = 0
        let count = libusb_control_transfer(
            handle.pointer, Self.fromInterface, 1, 0, UInt16(interface.number), &byte, 1, Self.requestLimit)
        return count == 1 ? byte : nil
    }

    /// SOFT_RESET: the printer forgets what it has received, and both ways begin anew. Old ones want another recipient.
    func softReset() {
        let toOther = UInt8(LIBUSB_REQUEST_TYPE_CLASS.rawValue) | UInt8(LIBUSB_RECIPIENT_OTHER.rawValue)
        for recipient in [Self.classRequest, toOther] {
            let code = libusb_control_transfer(handle.pointer, recipient, 2, 0, UInt16(interface.number), nil, 0, Self.requestLimit)
            if code >= 0 { return }
        }
    }

    /// What it says of itself, for the log.
    func introduction(_ status: UInt8?) -> String {
        let name = [deviceID?.manufacturer, deviceID?.model].compactMap(\.self).joined(separator: " ")
        let ways = interface.input == nil ? "one way" : "both ways"
        let port = status.map { "port status \(String($0, radix: 16))h" } ?? "no port status"
        return "\(name.isEmpty ? "a printer without device id" : name), \(ways), \(port)"
    }
}
