public import DeviceLines
import Dispatch
import Synchronization

/// The way to a USB printer, through libusb.
///
/// One thread serves one connection after another and handles libusb's events; a connection is never opened before the
/// last is closed. A printer that is plugged in is connected at once, whatever the delay.
public final class USBPrinterLine: DeviceLine {
    private struct State {
        var context: USBContext?
        var current: USBConnection?
        var hasEnded = false
    }

    private let address: USBPrinterAddress
    private let thread: DispatchQueue
    private let state = Mutex(State())
    /// The last connection may have left a part of something in the printer.
    private let needsReset = Atomic(false)

    /// Nothing is opened yet.
    public init(_ address: USBPrinterAddress) {
        self.address = address
        thread = DispatchQueue(label: "usb \(address)")
    }

    public func connect(after delay: Duration, report: @escaping @Sendable (LineNews) -> Void) {
        thread.async { [self] in
            do throws(LineError) {
                try serve(after: delay, report)
            } catch {
                report(.disconnected(error))
            }
        }
    }

    public func end() {
        let (connection, context) = state.withLock { state in
            state.hasEnded = true
            return (state.current, state.context)
        }
        connection?.close()
        context?.interrupt()
    }

    private var hasEnded: Bool { state.withLock { $0.hasEnded } }

    // MARK: On the thread

    private func serve(after delay: Duration, _ report: @Sendable (LineNews) -> Void) throws(LineError) {
        let context = try context()
        let hotplug = context.watch(vendor: address.vendor, product: address.product)
        wait(delay, context, hotplug)
        if hasEnded { return }
        let printer = try USBPrinter(context, address)
        if needsReset.exchange(false, ordering: .relaxed) { printer.softReset() }
        let status = printer.portStatus()
        let connection = USBConnection(context, introduction: printer.introduction(status))
        guard
            state.withLock({ state in
                state.current = state.hasEnded ? nil : connection
                return !state.hasEnded
            })
        else { return }
        report(.connected(connection))
        var conversation = USBConversation(printer, connection, context, PortStatus(first: status))
        let why = conversation.serve(hotplug, report)
        needsReset.store(conversation.needsReset, ordering: .relaxed)
        state.withLock { $0.current = nil }
        throw why
    }

    /// Until the delay is over, the printer comes, or the line ends.
    private func wait(_ delay: Duration, _ context: USBContext, _ hotplug: USBHotplug) {
        let deadline = ContinuousClock.now + delay
        // At least once: events may have been waiting since the last connection.
        repeat {
            context.handleEvents(for: deadline - .now)
        } while !hotplug.hasArrived && !hasEnded && deadline > .now
        hotplug.hasArrived = false
    }

    private func context() throws(LineError) -> USBContext {
        if let context = state.withLock({ $0.context }) { return context }
        let context: USBContext
        do throws(USBFailure) {
            context = try USBContext()
        } catch {
            throw LineError(.unsuitable, "libusb cannot start: \(error.words)")
        }
        state.withLock { $0.context = context }
        return context
    }
}
