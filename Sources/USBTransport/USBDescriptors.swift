import CLibUSB
import Glibc

/// Reads what devices say in their descriptors.
enum USBDescriptors {
    static func identity(of device: OpaquePointer) -> (UInt16, UInt16) {
        var descriptor = libusb_device_descriptor()
        libusb_get_device_descriptor(device, &descriptor)
        return (descriptor.idVendor, descriptor.idProduct)
    }

    static func serial(of handle: borrowing USBHandle) -> String? {
        var descriptor = libusb_device_descriptor()
        libusb_get_device_descriptor(libusb_get_device(handle.pointer), &descriptor)
        return text(descriptor.iSerialNumber, of: handle)
    }

    private static func text(_ index: UInt8, of handle: borrowing USBHandle) -> String? {
        guard index != 0 else { return nil }
        let pointer = handle.pointer
        var count: CInt = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: 256) { buffer, size in
            count = libusb_get_string_descriptor_ascii(pointer, index, buffer.baseAddress, 256)
            size = Int(max(count, 0))
        }
        return count > 0 ? String(decoding: bytes, as: UTF8.self) : nil
    }

    /// Its device file.
    static func node(of device: OpaquePointer) -> String {
        "/dev/bus/usb/\(padded(libusb_get_bus_number(device)))/\(padded(libusb_get_device_address(device)))"
    }

    /// The path of the port that it is plugged into, as the kernel names it: `1-2.3`.
    static func portPath(of device: OpaquePointer) -> String {
        var ports = [UInt8](repeating: 0, count: 7)
        let count = libusb_get_port_numbers(device, &ports, CInt(ports.count))
        let path = ports.prefix(Int(max(count, 0))).map { "\($0)" }.joined(separator: ".")
        return path.isEmpty ? "usb\(libusb_get_bus_number(device))" : "\(libusb_get_bus_number(device))-\(path)"
    }

    /// What the kernel read of a device when it came, such as `serial`: asks nothing of the device, and needs no permission.
    static func attribute(_ name: String, port: String) -> String? {
        let descriptor = open("/sys/bus/usb/devices/\(port)/\(name)", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let bytes = [UInt8](unsafeUninitializedCapacity: 256) { buffer, size in size = max(read(descriptor, buffer.baseAddress, 256), 0) }
        let text = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace || $0 == " " }
        let trimmed = String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        return trimmed.isEmpty ? nil : trimmed
    }

    private static func padded(_ number: UInt8) -> String { String(String(1000 + Int(number)).dropFirst()) }

    /// All settings of the active configuration, in order.
    static func settings(of device: OpaquePointer) -> [AlternateSetting] {
        var pointer: UnsafeMutablePointer<libusb_config_descriptor>?
        guard libusb_get_active_config_descriptor(device, &pointer) == 0 || libusb_get_config_descriptor(device, 0, &pointer) == 0,
            let pointer
        else { return [] }
        defer { libusb_free_config_descriptor(pointer) }
        let configuration = pointer.pointee
        return UnsafeBufferPointer(start: configuration.interface, count: Int(configuration.bNumInterfaces)).flatMap { interface in
            UnsafeBufferPointer(start: interface.altsetting, count: Int(interface.num_altsetting)).map(setting)
        }
    }

    private static func setting(_ descriptor: libusb_interface_descriptor) -> AlternateSetting {
        let endpoints = UnsafeBufferPointer(start: descriptor.endpoint, count: Int(descriptor.bNumEndpoints)).map { endpoint in
            AlternateSetting.Endpoint(
                address: endpoint.bEndpointAddress, isBulk: endpoint.bmAttributes & 3 == 2, isInterrupt: endpoint.bmAttributes & 3 == 3,
                // Bits above are of high-speed endpoints that are neither (USB 2.0, 9.6.6).
                packetSize: Int(endpoint.wMaxPacketSize & 0x7FF))
        }
        let ends = UnsafeBufferPointer(start: descriptor.endpoint, count: Int(descriptor.bNumEndpoints))
        let extra = Array(UnsafeBufferPointer(start: descriptor.extra, count: Int(descriptor.extra_length)))
        return AlternateSetting(
            interface: descriptor.bInterfaceNumber, alternate: descriptor.bAlternateSetting, interfaceClass: descriptor.bInterfaceClass,
            subclass: descriptor.bInterfaceSubClass, interfaceProtocol: descriptor.bInterfaceProtocol, endpoints: endpoints,
            extra: extra + ends.flatMap { UnsafeBufferPointer(start: $0.extra, count: Int($0.extra_length)) })
    }
}
