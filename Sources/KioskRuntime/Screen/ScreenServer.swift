import HTTPTypes
import Hummingbird
import HummingbirdCore
import KioskCore
import Logging
import LoopbackWeb
import NIOCore
import NIOHTTP1
import NIOWebSocket
import ServiceLifecycle

/// Serves the page and its WebSocket on loopback.
struct ScreenServer: ServiceLifecycle.Service {
    /// The WebSocket's path.
    static let socketPath = "/screen/socket"

    let port: Int
    let pageDirectory: String
    let framedBy: String?
    let hub: ScreenHub
    let inbox: AsyncStream<SessionMachine.Event>.Continuation
    let logger: Logger
    /// Returns when the first visitor may come.
    let opening: @Sendable () async -> Void
    let onListening: @Sendable (Int) -> Void

    /// - Parameters:
    ///   - port: 0 takes any free one; `onListening` tells which.
    ///   - pageDirectory: the folder with `index.html`.
    ///   - framedBy: the origin of a page that may show this one in a frame.
    ///   - inbox: where touches go.
    init(
        port: Int, pageDirectory: String, framedBy: String?, hub: ScreenHub, inbox: AsyncStream<SessionMachine.Event>.Continuation,
        logger: Logger,
        opening: @escaping @Sendable () async -> Void, onListening: @escaping @Sendable (Int) -> Void
    ) {
        self.port = port
        self.pageDirectory = pageDirectory
        self.framedBy = framedBy
        self.hub = hub
        self.inbox = inbox
        self.logger = logger
        self.opening = opening
        self.onListening = onListening
    }

    func run() async throws {
        await opening()
        let router = Router()
        router.add(middleware: PageHeaders(policy: PageFiles.policy(framedBy: framedBy)))
        router.add(
            middleware: FileMiddleware(
                pageDirectory, cacheControl: .init([]), searchForIndexHtml: true, logger: logger))
        let application = Application(
            router: router,
            server: HTTPServerBuilder { responder in
                Cancellable(WebSocketUpgradeChannel(responder: responder, allows: Self.allows, onWebSocket: converse))
            },
            configuration: .init(address: .hostname("127.0.0.1", port: port), serverName: nil),
            onServerRunning: { channel in onListening(channel.localAddress?.port ?? port) },
            logger: logger)
        try await application.run()
    }

    /// Only our own page may open the socket: a browser tells truly which page asks (RFC 6455 clause 10.2).
    @Sendable static func allows(_ head: HTTPRequestHead) -> Bool {
        // A page that was rebound to our address by DNS carries its own name as host.
        guard head.uri == socketPath, let host = head.headers["Host"].first,
            ListenAddress(host.hasSuffix("]") || !host.contains(":") ? "\(host):80" : host)?.isLoopback == true
        else { return false }
        let origins = head.headers["Origin"]
        return origins.isEmpty || origins == ["http://\(host)"]
    }

    @Sendable private func converse(_ channel: WebSocketChannel) async throws {
        try await channel.executeThenClose { inbound, outbound in
            try await withThrowingTaskGroup { group in
                group.addTask {
                    for await message in hub.messages().cancelOnGracefulShutdown() {
                        let frame = WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(bytes: try message.encoded()))
                        try await outbound.write(frame)
                    }
                }
                group.addTask { try await listen(to: inbound, answering: outbound) }
                // Whichever ends first, the connection is over.
                try await group.next()
                group.cancelAll()
            }
        }
    }

    private func listen(
        to inbound: NIOAsyncChannelInboundStream<WebSocketFrame>, answering outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>
    ) async throws {
        for try await frame in inbound {
            switch frame.opcode {
            case .text: take(frame)
            case .ping: try await outbound.write(WebSocketFrame(fin: true, opcode: .pong, data: frame.unmaskedData))
            case .connectionClose:
                var data = frame.unmaskedData
                let code = data.readSlice(length: 2) ?? ByteBuffer()
                try await outbound.write(WebSocketFrame(fin: true, opcode: .connectionClose, data: code))
                return
            default: break
            }
        }
    }

    private func take(_ frame: WebSocketFrame) {
        do throws(PageMessageError) {
            inbox.yield(try PageMessage(decoding: Array(buffer: frame.unmaskedData)).event)
        } catch {
            logger.warning("a message from the page was ignored", metadata: ["reason": "\(error.reason)"])
        }
    }
}

/// Headers that keep the page to itself: nothing from elsewhere is loaded, nobody frames it, nothing is kept.
private struct PageHeaders: RouterMiddleware {
    typealias Context = BasicRequestContext
    let policy: String

    func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        response.headers[.contentSecurityPolicy] = policy
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[.cacheControl] = "no-cache"
        if let referrerPolicy = HTTPField.Name("Referrer-Policy") { response.headers[referrerPolicy] = "no-referrer" }
        return response
    }
}
