import NIOCore
import NIOPosix
import NIOSSL

/// The peer of what goes over the network: a TCP connection on loopback whose other end answers at once with as many bytes.
enum Echo {
    /// One question and its answer, in bytes.
    struct Exchange: Sendable {
        var question: Int
        var answer: Int
    }

    struct Failed: Error, CustomStringConvertible {
        var description: String
    }

    /// How both ends speak TLS, where they do.
    struct TLS: Sendable {
        var server: TLSConfiguration
        var client: TLSConfiguration
    }

    /// The round trip of each exchange, one after another, with a pause before each.
    static func roundTrips(_ exchanges: [Exchange], pausing pause: Duration, tls: TLS? = nil) async throws -> Times {
        let context = try tls.map { try NIOSSLContext(configuration: $0.server) }
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context)) }
                    try channel.pipeline.syncOperations.addHandler(Answerer(exchanges))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let times = try await ask(exchanges, pause, server, try tls.map { try NIOSSLContext(configuration: $0.client) })
        try await server.close()
        return times
    }

    private static func ask(
        _ exchanges: [Exchange], _ pause: Duration, _ server: any Channel, _ context: NIOSSLContext?
    ) async throws -> Times {
        guard let address = server.localAddress else { throw Failed(description: "the echo's socket has no address") }
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connect(to: address) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: context, serverHostname: nil))
                    }
                    return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            let clock = ContinuousClock()
            var answers = inbound.makeAsyncIterator()
            var times: [Duration] = []
            for exchange in exchanges {
                if pause > .zero { try await clock.sleep(for: pause) }
                let begun = clock.now
                try await outbound.write(ByteBuffer(repeating: 0x20, count: exchange.question))
                var missing = exchange.answer
                while missing > 0 {
                    guard let buffer = try await answers.next() else { throw Failed(description: "the echo closed its connection") }
                    missing -= buffer.readableBytes
                }
                times.append(clock.now - begun)
            }
            return Times(times)
        }
    }
}

/// Answers each question when it is whole.
private final class Answerer: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var exchanges: ArraySlice<Echo.Exchange>
    private var received = 0

    init(_ exchanges: [Echo.Exchange]) { self.exchanges = exchanges[...] }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += Self.unwrapInboundIn(data).readableBytes
        while let exchange = exchanges.first, received >= exchange.question {
            exchanges.removeFirst()
            received -= exchange.question
            context.writeAndFlush(Self.wrapOutboundOut(ByteBuffer(repeating: 0x20, count: exchange.answer)), promise: nil)
        }
    }
}
