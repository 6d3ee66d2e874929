import Glibc
public import Logging
public import LoopbackWeb
import NIOCore
public import ServiceLifecycle
import Synchronization

/// The network between kiosk and centre as a cable that can be pulled: it passes TCP on in both directions until it is cut.
///
/// Its sockets are not handed to child processes that swift-subprocess starts, which closes everything beyond standard error.
public final class NetworkRelay: ServiceLifecycle.Service {
    /// What a cut network does with those who try it.
    public enum Cut: Hashable, Sendable {
        /// Connections are reset at once, as by a switch that knows the cable is gone.
        case refuse
        /// Connections are accepted and never answered, as by a cable that nobody notices is gone.
        case silence
    }

    /// Why the relay cannot listen.
    public struct Unusable: Error, Sendable, CustomStringConvertible {
        public var description: String
    }

    private struct State {
        var cut: Cut?
        var channels: [ObjectIdentifier: any Channel] = [:]
    }

    private let address: ListenAddress
    private let centre: ListenAddress
    private let logger: Logger
    private let onListening: @Sendable (Int) -> Void
    private let state = Mutex(State())

    /// - Parameters:
    ///   - address: where the kiosk finds the centre; port 0 takes any free one.
    ///   - centre: where the centre really is.
    ///   - onListening: told the port.
    public init(
        listeningOn address: ListenAddress = ListenAddress(port: 0), centre: ListenAddress,
        logger: Logger,
        onListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.address = address
        self.centre = centre
        self.logger = logger
        self.onListening = onListening
    }

    /// Whether the cable is pulled.
    public var isCut: Bool { state.withLock { $0.cut != nil } }

    /// How many connections are open, those kept in silence included.
    var connections: Int { state.withLock { $0.channels.count } }

    /// Resets every connection, and from now on treats new ones as `cut` says.
    public func cut(_ cut: Cut = .refuse) { change(to: cut) }

    /// Passes on again. Connections that were kept waiting in silence are reset, so that nobody waits on them for ever.
    public func restore() { change(to: nil) }

    private func change(to cut: Cut?) {
        let victims = state.withLock { state in
            // Whoever is connected through a whole network stays so.
            guard state.cut != cut else { return [any Channel]() }
            state.cut = cut
            return Array(state.channels.values)
        }
        for channel in victims { Self.reset(channel) }
    }

    /// Relays until cancelled or gracefully shut down.
    public func run() async throws {
        let server = try await listen()
        onListening(server.channel.localAddress?.port ?? address.port)
        try await RelayLine.serveAll(of: server) { await self.serve($0) }
    }

    private func listen() async throws -> RelayLine.Server {
        do {
            return try await RelayLine.listen(on: address)
        } catch let error as IOError {
            throw Unusable(
                description: "the network between kiosk and centre cannot listen on \(address) "
                    + "(\(String(cString: strerror(error.errnoCode)))); free that port or choose another")
        }
    }
}

// MARK: - One connection

extension NetworkRelay {
    private func serve(_ near: RelayLine.End) async {
        let admission = admit(near.channel)
        defer { forget(near.channel) }
        do {
            try await near.executeThenClose { input, output in
                switch admission {
                case .refuse: Self.reset(near.channel)
                case .silence: for try await _ in input {}
                case nil: try await passOn(RelayLine.Side(channel: near.channel, input: input, output: output))
                }
            }
        } catch {
            logger.debug("a connection through the relay ended", metadata: ["error": "\(error)"])
        }
    }

    /// A centre that is away throws, which ends the kiosk's connection.
    private func passOn(_ near: RelayLine.Side) async throws {
        let far = try await RelayLine.connect(to: centre)
        let isCutMeanwhile = admit(far.channel) != nil
        defer { forget(far.channel) }
        try await far.executeThenClose { input, output in
            guard !isCutMeanwhile else { return }
            try await RelayLine(near: near, far: RelayLine.Side(channel: far.channel, input: input, output: output)).run()
        }
    }

    /// Notes a connection as one to be cut, and tells whether the network is cut already.
    private func admit(_ channel: any Channel) -> Cut? {
        state.withLock { state in
            state.channels[ObjectIdentifier(channel)] = channel
            return state.cut
        }
    }

    private func forget(_ channel: any Channel) {
        let gone = state.withLock { $0.channels.removeValue(forKey: ObjectIdentifier(channel)) }
        _ = gone
    }

    /// Closes without a farewell: what was under way is lost, and the other end is told by RST (socket(7), SO_LINGER).
    private static func reset(_ channel: any Channel) {
        guard let socket = channel as? any SocketOptionProvider else {
            return channel.close(promise: nil)
        }
        socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in
            channel.close(promise: nil)
        }
    }
}
