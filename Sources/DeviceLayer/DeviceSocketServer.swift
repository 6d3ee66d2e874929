public import Glibc
public import Logging
import NIOCore
import NIOPosix
public import ServiceLifecycle

/// The unix socket through which the backend `escpos` and technician commands reach the printers.
///
/// A lock file beside the socket keeps a second device layer out; a socket file that a killed one left is replaced.
public struct DeviceSocketServer: Service {
    public let path: String
    /// Permission bits of the socket: whoever may write may print.
    public let mode: mode_t
    /// Name of the group that the socket is given to; nil leaves it.
    public let group: String?
    let devices: [String: PrinterDevice]
    let logger: Logger
    let onListening: @Sendable () -> Void

    /// - Parameters:
    ///   - path: at most 107 octets; its directory is made if it is missing.
    ///   - mode: nil: 0660 for the group, 0600 without one.
    ///   - group: nil: `lp` when this runs as root, because cupsd then runs backends as `lp`; none otherwise.
    ///   - onListening: called once, when clients can connect.
    public init(
        path: String, mode: mode_t? = nil, group: String? = nil, devices: [String: PrinterDevice], logger: Logger,
        onListening: @escaping @Sendable () -> Void = {}
    ) {
        self.path = path
        self.group = group ?? (geteuid() == 0 ? "lp" : nil)
        self.mode = mode ?? (self.group == nil ? 0o600 : 0o660)
        self.devices = devices
        self.logger = logger
        self.onListening = onListening
    }

    /// Serves until shut down. Clients that wait then lose their connection, and ask again when they find a new one.
    public func run() async throws {
        try await SocketPlace.serve(path, mode: mode, group: group, onListening: onListening) { await serve($0) }
    }

    private func serve(_ channel: any Channel) async {
        do {
            let client = try await channel.eventLoop.submit {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }.get()
            try await client.executeThenClose { inbound, outbound in
                try await channel.setOption(.autoRead, value: true).get()
                try await DeviceClient(devices: devices, logger: logger, outbound: outbound).serve(inbound)
            }
        } catch is CancellationError {
            logger.debug("a client was let go at shutdown")
        } catch {
            logger.info("a client of the device socket was lost", metadata: ["error": "\(error)"])
        }
    }
}
