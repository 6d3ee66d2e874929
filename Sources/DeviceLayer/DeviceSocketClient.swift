public import Conditions
public import DeviceSocket
import Glibc
import NIOCore
import NIOPosix

/// Asks the device layer of a running kiosk, over its socket.
public struct DeviceSocketClient: Sendable {
    public let path: String
    /// How long the device layer may say nothing when it is asked something.
    public let patience: Duration

    public init(path: String, patience: Duration = .seconds(10)) {
        self.path = path
        self.patience = patience
    }

    /// Why the device layer did not do what it was asked.
    public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        public enum Code: Hashable, Sendable {
            /// Nobody listens.
            case away
            /// Somebody listens, and we may not connect.
            case notPermitted
            /// The connection ended before the answer.
            case interrupted
            /// Somebody took the connection and then said nothing for too long.
            case silent
            /// It answered no, or what nobody understands.
            case refused
        }
        public var code: Code
        /// What was wrong, where, and what to do next; not part of equality.
        public var detail: String

        public init(_ code: Code, _ detail: String) {
            self.code = code
            self.detail = detail
        }
        public static func == (lhs: Self, rhs: Self) -> Bool { lhs.code == rhs.code }
        public func hash(into hasher: inout Hasher) { hasher.combine(code) }
        public var description: String { detail }
    }

    /// Every device, by name.
    public func devices() async throws -> [DeviceDescription] {
        var devices: [DeviceDescription] = []
        return try await converse([.list]) { frame in
            switch frame {
            case .device(let device):
                devices.append(device)
                return nil
            case .endOfDevices: return devices
            case .status, .result, .refused, .identity: throw Self.unexpected(frame)
            }
        }
    }

    /// What a printer says of itself.
    public func identity(of device: String) async throws -> DeviceIdentity {
        try await converse([.identify(device: device)]) { frame in
            if case .identity(let identity) = frame { return identity }
            throw Self.unexpected(frame)
        }
    }

    /// The status now and at every change, until the device layer ends or `body` throws. Only the first has to come soon.
    public func watch(_ device: String, _ body: (PrinterStatus) async throws -> Void) async throws {
        try await converse([.watch(device: device)], .init(patience, onlyAtFirst: true)) { frame -> Void? in
            guard case .status(let status) = frame else { throw Self.unexpected(frame) }
            try await body(status)
            return nil
        }
    }

    /// Prints, and returns when that is settled.
    ///
    /// - Parameters:
    ///   - silence: how long the device layer may say nothing: it speaks at every change of the printer and at the end, but not
    ///     while the printer waits for paper or for the prints before this one.
    ///   - cancellations: each element takes the print back; its result is then still waited for.
    ///   - onStatus: told how the printer is, at once and at every change.
    public func print(
        _ request: PrintRequest, _ bytes: [UInt8], silence: Duration = .seconds(300), cancellations: AsyncStream<Void>,
        onStatus: @Sendable (PrinterStatus) -> Void
    ) async throws -> PrintResult {
        let cancel = ClientFrame.cancel(device: request.device, id: request.id)
        return try await converse(ClientFrame.frames(of: request, bytes), .init(silence), later: (cancel, cancellations)) { frame in
            switch frame {
            case .status(let status):
                onStatus(status)
                return nil
            case .result(let result): return result
            case .refused, .device, .endOfDevices, .identity: throw Self.unexpected(frame)
            }
        }
    }

    private static func unexpected(_ frame: ServerFrame) -> Failure {
        if case .refused(let why) = frame { return Failure(.refused, why) }
        return Failure(.refused, "the device layer answered what nobody asked; install all programs from the same build")
    }

    /// Sends `frames`, and `later.0` at each element of `later.1`; gives every answer to `body` until that returns something.
    private func converse<Answer: Sendable>(
        _ frames: [ClientFrame], _ limit: SilenceLimit? = nil, later: (ClientFrame, AsyncStream<Void>)? = nil,
        _ body: (ServerFrame) async throws -> Answer?
    ) async throws -> Answer {
        let limit = limit ?? SilenceLimit(patience)
        let channel = try await connect(limit)
        do {
            return try await channel.executeThenClose { inbound, outbound in
                for frame in frames { try await outbound.write(ByteBuffer(bytes: frame.bytes)) }
                let sender = later.map { frame, signals in
                    Task { for await _ in signals { try await outbound.write(ByteBuffer(bytes: frame.bytes)) } }
                }
                defer { sender?.cancel() }
                var decoder = FrameDecoder<ServerFrame>()
                for try await buffer in inbound {
                    for frame in try decoder.feed(buffer.readableBytesView) {
                        if let answer = try await body(frame) { return answer }
                    }
                }
                throw Failure(.interrupted, "the device layer at \(path) closed the connection; look at the kiosk's log")
            }
        } catch  where limit.isOver {
            throw Failure(
                .silent,
                "somebody serves \(path), but said nothing for \(limit.duration.components.seconds) s; "
                    + (later == nil ? "" : "whether the print came out only its paper tells; ")
                    + "look at the kiosk's log, restart the kiosk, and ask again (`fuser \(path).lock` names the process)")
        }
    }

    private func connect(_ limit: SilenceLimit) async throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
        do {
            return try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(unixDomainSocketPath: path) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(SilenceGuard(limit))
                        return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                    }
                }
        } catch let error as IOError where error.errnoCode == ENOENT || error.errnoCode == ECONNREFUSED {
            throw Failure(.away, "no kiosk answers at \(path); start it with `anjungan run`")
        } catch let error as IOError where error.errnoCode == EACCES {
            throw Failure(.notPermitted, "\(path) may not be opened by this user; run this as root or as the kiosk's user")
        }
    }
}
