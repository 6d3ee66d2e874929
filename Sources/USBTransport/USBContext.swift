import CLibUSB
import Synchronization

/// A libusb context that one thread uses; the others only interrupt it.
final class USBContext: @unchecked Sendable {
    let pointer: OpaquePointer
    /// Only for the thread.
    private var wanted: USBHotplug?

    init() throws(USBFailure) {
        var context: OpaquePointer?
        try USBFailure.check(libusb_init(&context))
        guard let context else { throw USBFailure(code: CInt(LIBUSB_ERROR_OTHER.rawValue)) }
        pointer = context
    }

    deinit {
        wanted = nil
        libusb_exit(pointer)
    }

    /// Lets the thread return from ``handleEvents(for:)``, or not enter it the next time. From any thread.
    func interrupt() { libusb_interrupt_event_handler(pointer) }

    /// Runs callbacks until something happened, was interrupted, or this long.
    func handleEvents(for limit: Duration) {
        let limit = max(limit, .zero).components
        var time = timeval(tv_sec: Int(limit.seconds), tv_usec: Int(limit.attoseconds / 1_000_000_000_000))
        // An error here is an interrupted system call, or one that the transfers report too.
        libusb_handle_events_timeout_completed(pointer, &time, nil)
    }

    /// Watches the device from now on.
    func watch(vendor: UInt16, product: UInt16) -> USBHotplug {
        if let wanted { return wanted }
        let hotplug = USBHotplug()
        hotplug.start(pointer, vendor: vendor, product: product)
        wanted = hotplug
        return hotplug
    }
}

/// Comings and goings of one kind of device. Only for the context's thread.
final class USBHotplug {
    /// One has come since this was last set to false.
    var hasArrived = false
    /// The devices that went; compared only, never used.
    private var left: Set<OpaquePointer> = []
    private var registration: (context: OpaquePointer, handle: libusb_hotplug_callback_handle)?

    deinit {
        guard let registration else { return }
        libusb_hotplug_deregister_callback(registration.context, registration.handle)
    }

    func start(_ context: OpaquePointer, vendor: UInt16, product: UInt16) {
        guard libusb_has_capability(UInt32(LIBUSB_CAP_HAS_HOTPLUG.rawValue)) != 0 else { return }
        let events = CInt(LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED.rawValue | LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT.rawValue)
        var handle: libusb_hotplug_callback_handle = 0
        // Refused, a printer that comes is found when the wait is over; one that goes ends its transfers anyway.
        guard
            libusb_hotplug_register_callback(
                context, events, 0, CInt(vendor), CInt(product), CInt(LIBUSB_HOTPLUG_MATCH_ANY),
                { _, device, event, user in
                    guard let device, let user else { return 0 }
                    Unmanaged<USBHotplug>.fromOpaque(user).takeUnretainedValue().take(device, event)
                    return 0
                }, Unmanaged.passUnretained(self).toOpaque(), &handle) == 0
        else { return }
        registration = (context, handle)
    }

    /// Whether `device`, which is open, has gone. Forgets those that went before.
    func takeLeaving(of device: OpaquePointer) -> Bool {
        defer { left = [] }
        return left.contains(device)
    }

    private func take(_ device: OpaquePointer, _ event: libusb_hotplug_event) {
        if event == LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED { hasArrived = true } else { left.insert(device) }
    }
}
