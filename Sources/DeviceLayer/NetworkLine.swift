import DeviceLines
import NIOCore
import NIOPosix
import Synchronization

/// The way to a network printer: TCP, one connection at a time.
struct NetworkLine: DeviceLine {
    let host: String
    let port: Int
    private let eventLoop: any EventLoop = MultiThreadedEventLoopGroup.singleton.any()
    private let open = OpenChannels()

    init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    func connect(after delay: Duration, report: @escaping @Sendable (LineNews) -> Void) {
        eventLoop.scheduleTask(in: TimeAmount(delay)) { [self] in
            ClientBootstrap(group: eventLoop)
                .connectTimeout(.seconds(5))
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .channelOption(.socketOption(.so_keepalive), value: 1)
                .channelInitializer { [open] channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(NetworkLineHandler(open: open, report: report))
                    }
                }
                .connect(host: host, port: port)
                .whenComplete { result in
                    // A success is reported by the handler, in order with what the printer says at once.
                    if case .failure(let error) = result { report(.disconnected(LineError(.notThere, "\(error)"))) }
                }
        }
    }

    func end() { open.closeAll() }
}

/// An open connection to a network printer.
private struct NetworkConnection: OpenLine {
    let channel: any Channel

    // A channel that has just closed says so by itself.
    func send(_ bytes: [UInt8]) { channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil) }
    func whenWritten(_ done: @escaping @Sendable () -> Void) { channel.writeAndFlush(ByteBuffer()).whenSuccess(done) }
    func close() { channel.close(promise: nil) }
}

/// Every connection of a line or a server, so that none outlives it: not even one that was made while it ended.
final class OpenChannels: Sendable {
    private let channels = Mutex<[ObjectIdentifier: any Channel]?>([:])

    /// False when its owner has ended.
    func add(_ channel: any Channel) -> Bool {
        channels.withLock { channels in
            channels?[ObjectIdentifier(channel)] = channel
            return channels != nil
        }
    }

    func remove(_ channel: any Channel) { channels.withLock { _ = $0?.removeValue(forKey: ObjectIdentifier(channel)) } }

    func closeAll() {
        let last = channels.withLock { channels in
            defer { channels = nil }
            return channels
        }
        for channel in (last ?? [:]).values { channel.close(promise: nil) }
    }
}

private final class NetworkLineHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let open: OpenChannels
    private let report: @Sendable (LineNews) -> Void
    private var error: (any Error)?

    init(open: OpenChannels, report: @escaping @Sendable (LineNews) -> Void) {
        self.open = open
        self.report = report
    }

    func channelActive(context: ChannelHandlerContext) {
        guard open.add(context.channel) else { return context.close(promise: nil) }
        report(.connected(NetworkConnection(channel: context.channel)))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        report(.received(Array(Self.unwrapInboundIn(data).readableBytesView)))
    }

    func channelInactive(context: ChannelHandlerContext) {
        open.remove(context.channel)
        report(.disconnected(LineError(.lost, error.map { "\($0)" } ?? "the printer closed the connection")))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.error = error
        context.close(promise: nil)
    }
}
