import HummingbirdCore
import Logging
import LoopbackWeb
import NIOCore

/// A connection that takes little memory, because a centre has one of every kiosk, and hardly any of them says anything.
///
/// Each layer of a connection keeps a buffer as large as the most it was ever given at once, and NIO's decoder keeps hold of what TLS
/// gave it, so that TLS takes a new one for each read. With small reads, handed on one at a time and as copies, a kiosk that has sent a
/// full batch takes hardly more than one that only called; a batch takes some more reads.
struct ThriftyChannel<Base: ServerChildChannel>: ServerChildChannel {
    let base: Base
    private static var most: Int { 8192 }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
        let reads = AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 2048, maximum: Self.most)
        return channel.setOption(.recvAllocator, value: reads)
            .and(channel.setOption(.maxMessagesPerRead, value: 1))
            .flatMap { _ in channel.pipeline.addHandler(ExactCopies()) }
            .flatMap { base.setup(channel: channel, logger: logger) }
    }

    func handle(value: Base.Value, logger: Logger) async { await base.handle(value: value, logger: logger) }
}

/// Hands on what came in buffers of exactly its size.
private final class ExactCopies: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let came = Self.unwrapInboundIn(data)
        var copy = context.channel.allocator.buffer(capacity: came.readableBytes)
        copy.writeImmutableBuffer(came)
        context.fireChannelRead(Self.wrapInboundOut(copy))
    }
}

extension HTTPServerBuilder {
    /// HTTP/1.1 for many kiosks.
    static var kiosks: HTTPServerBuilder {
        HTTPServerBuilder { Cancellable(ThriftyChannel(base: HTTP1Channel(responder: $0))) }
    }
}
