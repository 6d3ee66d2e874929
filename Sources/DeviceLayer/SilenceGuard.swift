import NIOCore
import Synchronization

/// How long the other end of a connection may say nothing, and whether that time is over.
final class SilenceLimit: Sendable {
    let duration: Duration
    /// Whoever has spoken once may then be silent.
    let onlyAtFirst: Bool
    private let wasReached = Atomic(false)

    init(_ duration: Duration, onlyAtFirst: Bool = false) {
        self.duration = duration
        self.onlyAtFirst = onlyAtFirst
    }

    var isOver: Bool { wasReached.load(ordering: .acquiring) }
    func reach() { wasReached.store(true, ordering: .releasing) }
}

/// Closes a connection on which nothing came for too long, so that whoever reads or writes there ends.
final class SilenceGuard: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let limit: SilenceLimit
    private var timer: Scheduled<Void>?

    init(_ limit: SilenceLimit) { self.limit = limit }

    func channelActive(context: ChannelHandlerContext) {
        wait(context)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        timer?.cancel()
        if !limit.onlyAtFirst { wait(context) }
        context.fireChannelRead(data)
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        context.fireChannelInactive()
    }

    private func wait(_ context: ChannelHandlerContext) {
        timer = context.eventLoop.scheduleTask(in: TimeAmount(limit.duration)) { [limit, channel = context.channel] in
            limit.reach()
            channel.close(promise: nil)
        }
    }
}
