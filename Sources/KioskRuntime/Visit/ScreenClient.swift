import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket

/// A connection to a kiosk's screen, as a page has one.
public struct ScreenClient: Sendable {
    let host: String
    let port: Int
    let patience: Duration

    /// - Parameter patience: how long the kiosk may take to answer, and then to show its first screen.
    public init(host: String = "127.0.0.1", port: Int, patience: Duration = .seconds(5)) {
        self.host = host
        self.port = port
        self.patience = patience
    }

    /// Why the screen could not be reached.
    public struct Unreachable: Error, CustomStringConvertible {
        public var description: String
    }

    private enum Negotiated {
        case webSocket(WebSocketChannel)
        case refused
    }

    /// Connects, and lends the conversation to `body`: screens come from `screens`, `say` answers them.
    public func converse<Result: Sendable>(
        _ body: @Sendable (_ screens: Screens, _ say: @Sendable (PageMessage) async throws -> Void) async throws -> Result
    ) async throws -> Result {
        let channel = try await connect()
        // A kiosk shows its screen at once. A connection on which none arrives is dead, and nothing would ever end the wait for it.
        let silence = channel.channel.eventLoop.scheduleTask(in: TimeAmount(patience)) { channel.channel.close(promise: nil) }
        return try await channel.executeThenClose { inbound, outbound in
            let result = try await body(Screens(frames: inbound, silence: silence)) { message in
                let data = ByteBuffer(bytes: try message.encoded())
                try await outbound.write(WebSocketFrame(fin: true, opcode: .text, maskKey: .random(), data: data))
            }
            // Good manners; the kiosk may be gone already, and the result stands.
            try? await outbound.write(WebSocketFrame(fin: true, opcode: .connectionClose, maskKey: .random(), data: ByteBuffer()))
            return result
        }
    }

    private func connect() async throws -> WebSocketChannel {
        let negotiation: EventLoopFuture<Negotiated>
        do {
            negotiation = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connect(host: host, port: port) { channel in channel.eventLoop.makeCompletedFuture { try upgrade(channel) } }
        } catch {
            throw Unreachable(
                description: "no kiosk answers at http://\(host):\(port)/ (\(error)); start one with `anjungan run` or `make run`")
        }
        switch try await negotiation.get() {
        case .webSocket(let channel): return channel
        case .refused:
            throw Unreachable(
                description: "what answers at http://\(host):\(port)/ is not a kiosk's screen; check the port")
        }
    }

    private func upgrade(_ channel: any Channel) throws -> EventLoopFuture<Negotiated> {
        let upgrader = NIOTypedWebSocketClientUpgrader<Negotiated>(
            maxFrameSize: 1 << 20,
            upgradePipelineHandler: { channel, _ in
                channel.eventLoop.makeCompletedFuture { .webSocket(try WebSocketChannel(wrappingChannelSynchronously: channel)) }
            })
        let head = HTTPRequestHead(
            version: .http1_1, method: .GET, uri: ScreenServer.socketPath,
            headers: ["Host": "\(host):\(port)", "Origin": "http://\(host):\(port)"])
        var configuration = NIOUpgradableHTTPClientPipelineConfiguration(
            upgradeConfiguration: .init(upgradeRequestHead: head, upgraders: [upgrader]) { channel in
                channel.eventLoop.makeSucceededFuture(.refused)
            })
        // The first screen may come in one segment with the answer to the upgrade.
        configuration.leftOverBytesStrategy = .forwardBytes
        let negotiation = try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(configuration: configuration)
        // Whatever took the connection may never answer.
        let patience = channel.eventLoop.scheduleTask(in: TimeAmount(patience)) { channel.close(promise: nil) }
        negotiation.whenComplete { _ in patience.cancel() }
        return negotiation
    }

    /// The screens as they come; ends when the kiosk closes the connection.
    public struct Screens: AsyncSequence, Sendable {
        let frames: NIOAsyncChannelInboundStream<WebSocketFrame>
        /// Ends the connection unless the first screen stops it.
        let silence: Scheduled<Void>

        public struct Iterator: AsyncIteratorProtocol {
            var frames: NIOAsyncChannelInboundStream<WebSocketFrame>.AsyncIterator
            let silence: Scheduled<Void>

            public mutating func next() async throws -> ScreenMessage? { try await next(isolation: #isolation) }

            public mutating func next(isolation actor: isolated (any Actor)?) async throws -> ScreenMessage? {
                while let frame = try await frames.next(isolation: actor) {
                    switch frame.opcode {
                    case .text:
                        silence.cancel()
                        return try ScreenMessage(decoding: Array(buffer: frame.unmaskedData))
                    case .connectionClose: return nil
                    default: continue
                    }
                }
                return nil
            }
        }

        public func makeAsyncIterator() -> Iterator { Iterator(frames: frames.makeAsyncIterator(), silence: silence) }
    }
}
