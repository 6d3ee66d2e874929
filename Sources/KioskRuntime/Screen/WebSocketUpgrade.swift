import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOWebSocket

typealias WebSocketChannel = NIOAsyncChannel<WebSocketFrame, WebSocketFrame>

/// HTTP/1.1 that becomes a WebSocket where ``Upgrade`` allows it, on one port (RFC 6455 clause 4).
///
/// NIO's own upgrader under Hummingbird's server.
struct WebSocketUpgradeChannel: HTTPChannelHandler {
    /// Decides from the request's head; nil refuses, and the request is answered as plain HTTP.
    typealias Upgrade = @Sendable (HTTPRequestHead) -> Bool

    enum Negotiated: Sendable {
        case webSocket(WebSocketChannel)
        case http(NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>)
    }

    struct Value: ServerChildChannelValue {
        let negotiated: EventLoopFuture<Negotiated>
        let channel: any Channel
    }

    /// The largest frame and message that a page may send, in octets; touches are far smaller.
    static let largestMessage = 4096

    let responder: HTTPChannelHandler.Responder
    let allows: Upgrade
    let onWebSocket: @Sendable (WebSocketChannel) async throws -> Void

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            var pipeline = NIOUpgradableHTTPServerPipelineConfiguration(
                upgradeConfiguration: .init(
                    upgraders: [upgrader], notUpgradingCompletionHandler: { Self.stayWithHTTP($0, logger) }))
            pipeline.enablePipelining = false
            pipeline.enableErrorHandling = false
            try channel.pipeline.syncOperations.addHandler(EndBeforeNegotiation(), name: EndBeforeNegotiation.name)
            let negotiated = try channel.pipeline.syncOperations.configureUpgradableHTTPServerPipeline(configuration: pipeline)
                .flatMap { negotiated in
                    channel.pipeline.removeHandler(name: EndBeforeNegotiation.name).map { negotiated }
                }
            return Value(negotiated: negotiated, channel: channel)
        }
    }

    private var upgrader: NIOTypedWebSocketServerUpgrader<Negotiated> {
        NIOTypedWebSocketServerUpgrader(
            maxFrameSize: Self.largestMessage,
            enableAutomaticErrorHandling: true,
            shouldUpgrade: { channel, head in channel.eventLoop.makeSucceededFuture(allows(head) ? HTTPHeaders() : nil) },
            upgradePipelineHandler: { channel, _ in
                channel.eventLoop.makeCompletedFuture {
                    let aggregator = NIOWebSocketFrameAggregator(
                        minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: 16, maxAccumulatedFrameSize: Self.largestMessage)
                    try channel.pipeline.syncOperations.addHandler(aggregator)
                    return .webSocket(try WebSocketChannel(wrappingChannelSynchronously: channel))
                }
            })
    }

    private static func stayWithHTTP(_ channel: any Channel, _ logger: Logger) -> EventLoopFuture<Negotiated> {
        channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(HTTP1ToHTTPServerCodec(secure: false))
            // Ends a connection that is kept for later requests when the server shuts down.
            try channel.pipeline.syncOperations.addHandler(HTTPConnectionStateHandler(logger: logger))
            return .http(
                try NIOAsyncChannel(wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true)))
        }
    }

    func handle(value: Value, logger: Logger) async {
        do {
            switch try await value.negotiated.get() {
            case .http(let channel): await handleHTTP(asyncChannel: channel, logger: logger)
            case .webSocket(let channel): try await onWebSocket(channel)
            }
        } catch {
            logger.debug("a connection to the screen ended", metadata: ["error": "\(error)"])
        }
    }
}

/// Closes a connection on which nothing was asked yet when the server shuts down; browsers open some ahead of need.
private final class EndBeforeNegotiation: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny
    static let name = "end before negotiation"

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is ChannelShouldQuiesceEvent else { return context.fireUserInboundEventTriggered(event) }
        context.close(promise: nil)
    }
}
