import DeviceSocket
import Glibc
public import Logging
import NIOCore
import NIOPosix
public import ServiceLifecycle
import Synchronization

/// The unix socket on which the device layer says how its devices are and takes commands, as lines of JSON.
///
/// A lock file beside the socket keeps a second owner out; a socket file that a killed one left is replaced.
public struct ControlServer: Service {
    public let path: String
    /// Which program this is, for the greeting.
    let program: String
    let mode: mode_t
    let group: String?
    let control: any DeviceControlling
    let logger: Logger
    let onListening: @Sendable () -> Void

    /// - Parameters:
    ///   - path: at most 107 octets; its directory is made if it is missing.
    ///   - group: who else may connect, by the name of a group; nil: only this user. Whoever may connect may read cards and print.
    ///   - onListening: called once, when clients can connect.
    public init(
        path: String, program: String, group: String? = nil, control: any DeviceControlling, logger: Logger,
        onListening: @escaping @Sendable () -> Void = {}
    ) {
        self.path = path
        self.program = program
        self.group = group
        mode = group == nil ? 0o600 : 0o660
        self.control = control
        self.logger = logger
        self.onListening = onListening
    }

    /// Serves until shut down.
    /// - Throws: ``DeviceSocketError``, where somebody else has the place or this user may not make it.
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
                try await ControlConversation(control: control, logger: logger, outbound: outbound).serve(inbound, as: program)
            }
        } catch is CancellationError {
            logger.debug("a front end was let go at shutdown")
        } catch {
            logger.info("a front end was lost", metadata: ["error": "\(error)"])
        }
    }
}

/// One connection of a front end.
struct ControlConversation: Sendable {
    /// Requests of one connection that are answered at once.
    static let most = 64

    let control: any DeviceControlling
    let logger: Logger
    let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private let underWay = UnderWay()

    private final class UnderWay: Sendable { let count = Atomic(0) }

    init(control: any DeviceControlling, logger: Logger, outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>) {
        self.control = control
        self.logger = logger
        self.outbound = outbound
    }

    /// Serves until the front end leaves; what it asked of cards ends with it, a print goes on.
    func serve(_ inbound: NIOAsyncChannelInboundStream<ByteBuffer>, as program: String) async throws {
        try await send(.greeting(program: program, version: ControlMessage.version))
        try await withThrowingDiscardingTaskGroup { group in
            var lines = LineCutter(limit: ControlMessage.longestLine)
            for try await buffer in inbound {
                let cut: [[UInt8]]
                do throws(ControlError) {
                    cut = try lines.feed(buffer.readableBytesView)
                } catch {
                    // Where the next line begins nobody knows.
                    try await send(.refusal(nil, error))
                    break
                }
                for line in cut { try await take(line, &group) }
            }
            group.cancelAll()
        }
    }

    private func take(_ line: [UInt8], _ group: inout ThrowingDiscardingTaskGroup<any Error>) async throws {
        let request: ControlRequest
        do {
            request = try ControlLine.decode(ControlRequest.self, line)
        } catch {
            let number = try? ControlLine.decode(Numbered.self, line).id
            return try await send(.refusal(number, ControlError(.invalidRequest, Self.reason(error))))
        }
        guard underWay.count.wrappingAdd(1, ordering: .relaxed).newValue <= Self.most else {
            underWay.count.wrappingSubtract(1, ordering: .relaxed)
            return try await send(.refusal(request.id, ControlError(.tooMany, "\(Self.most) requests of this connection are under way")))
        }
        logger.debug("asked", metadata: ["do": "\(request.command.verb.rawValue)"])
        group.addTask {
            defer { underWay.count.wrappingSubtract(1, ordering: .relaxed) }
            try await answer(request)
        }
    }

    private func answer(_ request: ControlRequest) async throws {
        do throws(ControlError) {
            let result = try await control.ask(request.command)
            if case .print(let octets, let id, _) = request.command {
                logger.info("print settled", metadata: ["print": "\(id)", "octets": "\(octets.count)"])
            }
            guard case .subscribe(let codes) = request.command else { return try await deliver(.answer(request.id, result)) }
            let events = try await control.events(codes: codes)
            try await deliver(.answer(request.id, result))
            for await event in events { try await deliver(.event(event)) }
        } catch {
            try await send(.refusal(request.id, error))
        }
    }

    /// As ``send(_:)``, where only errors of the control are told to the front end.
    private func deliver(_ message: ControlMessage) async throws(ControlError) {
        do { try await send(message) } catch { throw ControlError(.interrupted, "\(error)") }
    }

    private func send(_ message: ControlMessage) async throws {
        try await outbound.write(ByteBuffer(bytes: try ControlLine.encode(message)))
    }

    private struct Numbered: Decodable { var id: Int }

    private static func reason(_ error: any Error) -> String {
        switch error as? DecodingError {
        case .keyNotFound(let key, _)?: return "“\(key.stringValue)” is missing"
        case .typeMismatch(_, let context)?, .valueNotFound(_, let context)?, .dataCorrupted(let context)?:
            guard let key = context.codingPath.last else { return "the line is no JSON object" }
            return "“\(key.stringValue)”: \(context.debugDescription)"
        case .some, .none: return "the line is no JSON object"
        }
    }
}
