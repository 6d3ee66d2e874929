import CLibUSB
public import DeviceLines
import Dispatch
import Synchronization

/// The USB card readers of this machine: found by interface class 0Bh, as they come and go.
///
/// One thread handles the events of all of them.
public final class USBReaderPorts: ReaderPorts {
    private struct State {
        var context: USBContext?
        var isWatching = false
        var hasEnded = false
    }

    private let state = Mutex(State())
    private let thread = DispatchQueue(label: "usb readers")

    /// Nothing is opened yet.
    public init() {}

    public func watch(_ report: @escaping @Sendable (Result<any ReaderLine, LineError>) -> Void) {
        thread.async { [self] in
            let context: USBContext
            do throws(USBFailure) {
                context = try USBContext()
            } catch {
                return report(.failure(LineError(.unsuitable, "libusb cannot start: \(error.words)")))
            }
            guard
                state.withLock({ state in
                    state.context = state.hasEnded ? nil : context
                    return !state.hasEnded
                })
            else { return }
            let roll = ReaderRoll(context, report)
            let watch = USBWatch()
            guard watch.start(context, onArrival: { roll.arrived($0) }, onLeaving: { roll.left($0) }) else {
                return report(
                    .failure(LineError(.unsuitable, "libusb does not say when devices come and go; it needs udev and /sys")))
            }
            while state.withLock({ !$0.hasEnded }) { context.handleEvents(for: .seconds(60)) }
        }
    }

    public func end() {
        let context = state.withLock { state in
            state.hasEnded = true
            return state.context
        }
        context?.interrupt()
        // What the thread still does is short.
        thread.sync {}
        state.withLock { $0.context = nil }
    }
}

/// Every reader that was ever seen, by name. Only for the context's thread.
private final class ReaderRoll {
    private let context: USBContext
    private let report: @Sendable (Result<any ReaderLine, LineError>) -> Void
    private var lines: [String: USBReaderLine] = [:]
    /// Who is plugged in, by device.
    private var present: [OpaquePointer: [USBReaderLine]] = [:]

    init(_ context: USBContext, _ report: @escaping @Sendable (Result<any ReaderLine, LineError>) -> Void) {
        self.context = context
        self.report = report
    }

    func arrived(_ pointer: OpaquePointer) {
        guard present[pointer] == nil else { return }
        let interfaces = ReaderInterface.all(among: USBDescriptors.settings(of: pointer))
        guard !interfaces.isEmpty else { return }
        let device = USBDevice(pointer, context)
        let port = USBDescriptors.portPath(of: pointer)
        for (index, interface) in interfaces.enumerated() {
            let place = place(of: pointer, port, index, suffix: index == 0 ? "" : ":\(interface.number)")
            let known = lines[place.name]
            let line = known ?? USBReaderLine(place)
            lines[place.name] = line
            present[pointer, default: []].append(line)
            line.arrive(device, interface, at: place)
            if known == nil { report(.success(line)) }
        }
    }

    func left(_ pointer: OpaquePointer) {
        for line in present.removeValue(forKey: pointer) ?? [] { line.leave() }
    }

    /// By its serial number, unless another of the same number is plugged in; else by its port.
    private func place(of pointer: OpaquePointer, _ port: String, _ interface: Int, suffix: String) -> ReaderPlace {
        let (vendor, product) = USBDescriptors.identity(of: pointer)
        let serial = USBDescriptors.attribute("serial", port: port).map { $0 + suffix }
        let name = serial.flatMap { lines[$0]?.isPlugged == true ? nil : $0 } ?? "usb-\(port)\(suffix)"
        let words = ["manufacturer", "product"].compactMap { USBDescriptors.attribute($0, port: port) }
        let model = words.isEmpty ? "reader \(Self.digits(vendor)):\(Self.digits(product))" : words.joined(separator: " ")
        return ReaderPlace(name: name, address: "usb \(port)", model: model, vendor: vendor, product: product, interface: interface)
    }

    private static func digits(_ number: UInt16) -> String { String(String(0x1_0000 + Int(number), radix: 16).dropFirst()) }
}

/// Comings and goings of all devices, those that are there already first. Only for the context's thread.
private final class USBWatch {
    private var onArrival: (OpaquePointer) -> Void = { _ in }
    private var onLeaving: (OpaquePointer) -> Void = { _ in }
    private var registration: (context: USBContext, handle: libusb_hotplug_callback_handle)?

    deinit {
        guard let registration else { return }
        libusb_hotplug_deregister_callback(registration.context.pointer, registration.handle)
    }

    /// Whether libusb can tell.
    func start(
        _ context: USBContext, onArrival: @escaping (OpaquePointer) -> Void, onLeaving: @escaping (OpaquePointer) -> Void
    ) -> Bool {
        guard libusb_has_capability(UInt32(LIBUSB_CAP_HAS_HOTPLUG.rawValue)) != 0 else { return false }
        self.onArrival = onArrival
        self.onLeaving = onLeaving
        let events = CInt(LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED.rawValue | LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT.rawValue)
        let any = CInt(LIBUSB_HOTPLUG_MATCH_ANY)
        var handle: libusb_hotplug_callback_handle = 0
        let code = libusb_hotplug_register_callback(
            context.pointer, events, CInt(LIBUSB_HOTPLUG_ENUMERATE.rawValue), any, any, any,
            { _, device, event, user in
                guard let device, let user else { return 0 }
                let watch = Unmanaged<USBWatch>.fromOpaque(user).takeUnretainedValue()
                if event == LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED { watch.onArrival(device) } else { watch.onLeaving(device) }
                return 0
            }, Unmanaged.passUnretained(self).toOpaque(), &handle)
        guard code == 0 else { return false }
        registration = (context, handle)
        return true
    }
}
