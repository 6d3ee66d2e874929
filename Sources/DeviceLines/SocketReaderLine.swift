import Dispatch
import Synchronization

/// The line to an emulated reader in another program, over a unix socket.
public final class SocketReaderLine: ReaderLine, ReaderPorts {
    private struct State {
        var connection: Connection?
        var hasEnded = false
    }

    private let path: String
    public let place: ReaderPlace
    private let state = Mutex(State())
    private let thread = DispatchQueue(label: "emulated reader")

    /// - Parameter path: of the socket of `anjungan emulate --devices`.
    public init(path: String) {
        self.path = path
        place = ReaderPlace(name: "emulated", address: path, model: "ANJUNGAN Emulated reader")
    }

    public func watch(_ report: @escaping @Sendable (Result<any ReaderLine, LineError>) -> Void) { thread.async { report(.success(self)) } }

    public func connect(after delay: Duration, report: @escaping @Sendable (ReaderNews) -> Void) {
        let nanoseconds = Int(delay / .nanoseconds(1))
        thread.asyncAfter(deadline: .now() + .nanoseconds(nanoseconds)) { [self] in
            // Its calls block: each connection has a thread.
            DispatchQueue(label: "emulated reader's connection").async { [self] in converse(report) }
        }
    }

    public func end() {
        state.withLock { state in
            state.hasEnded = true
            state.connection?.socket.end()
        }
    }

    private func converse(_ report: @escaping @Sendable (ReaderNews) -> Void) {
        let ended = LineError(.closed, "closed by this program")
        let socket: FramedSocket
        do throws(LineError) {
            guard !state.withLock({ $0.hasEnded }) else { throw ended }
            socket = try FramedSocket(path: path)
        } catch {
            return report(.disconnected(error))
        }
        socket.send(DeviceFrame.reader)
        socket.receive { kind, octets in
            switch kind {
            case DeviceFrame.description:
                let connection = Connection(socket, hasNotices: octets.first == 1, descriptor: Array(octets.dropFirst()))
                let isWanted = state.withLock { state in
                    state.connection = connection
                    return !state.hasEnded
                }
                if isWanted { report(.connected(connection)) } else { socket.end() }
            case DeviceFrame.message: report(.message(octets))
            case DeviceFrame.notice: report(.notice(octets))
            case DeviceFrame.stall: report(.stalled)
            case _: socket.end()
            }
        }
        let hasEnded = state.withLock { state in
            state.connection = nil
            return state.hasEnded
        }
        report(.disconnected(hasEnded ? ended : LineError(.lost, "\(path): the emulated reader is gone")))
    }

    private final class Connection: OpenReader {
        let classDescriptor: [UInt8]
        let hasNotices: Bool
        let socket: FramedSocket

        init(_ socket: FramedSocket, hasNotices: Bool, descriptor: [UInt8]) {
            self.socket = socket
            self.hasNotices = hasNotices
            classDescriptor = descriptor
        }

        func send(_ message: [UInt8]) { socket.send(DeviceFrame.message, message) }
        func abort(slot: UInt8, sequence: UInt8) { socket.send(DeviceFrame.abort, [slot, sequence]) }
        func reset() {
            socket.send(DeviceFrame.reset)
            socket.end()
        }
        func close() { socket.end() }
    }
}
