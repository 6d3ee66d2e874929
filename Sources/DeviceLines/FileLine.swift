import Dispatch
import Synchronization

/// The way to a device that is a file: a serial line, or a character device such as `/dev/usb/lp0`.
///
/// One thread serves one connection after another, so a connection is never opened before the last is closed.
public final class FileLine: DeviceLine {
    private struct State {
        var current: FileConnection?
        var hasEnded = false
    }

    private let path: String
    private let serial: SerialSettings?
    private let state = Mutex(State())
    private let thread: DispatchQueue

    /// - Parameters:
    ///   - path: the device file; a symbolic link is followed anew for each connection.
    ///   - serial: how to set the serial line; nil for a device that needs no setting.
    public init(path: String, serial: SerialSettings?) {
        self.path = path
        self.serial = serial
        thread = DispatchQueue(label: "line \(path)")
    }

    public func connect(after delay: Duration, report: @escaping @Sendable (LineNews) -> Void) {
        thread.asyncAfter(deadline: .now() + .nanoseconds(Int(delay / .nanoseconds(1)))) { [self] in
            let connection: FileConnection
            do throws(LineError) {
                connection = try FileConnection(DeviceFile(path, serial: serial))
            } catch {
                return report(.disconnected(error))
            }
            guard
                state.withLock({ state in
                    state.current = state.hasEnded ? nil : connection
                    return !state.hasEnded
                })
            else { return }
            report(.connected(connection))
            let why = connection.serve(report)
            state.withLock { $0.current = nil }
            report(.disconnected(why))
        }
    }

    public func end() {
        let last = state.withLock { state in
            state.hasEnded = true
            return state.current
        }
        last?.close()
    }
}
