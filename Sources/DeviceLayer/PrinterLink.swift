import ESCPOS
import Logging
import NIOCore
import NIOPosix
import Synchronization

/// Everything that reaches a printer device from outside, in the order it came.
enum PrinterInput: Sendable {
    case connected(any Channel, link: Int)
    /// The connection ended, or could not be made.
    case disconnected(why: String, link: Int)
    case received([UInt8], link: Int)
    case written(job: Int, link: Int)
    case timedOut(PrinterSessionMachine.Timer, generation: Int)
    /// Work for the ledger, which takes time.
    case begin(job: Int)
    case settle(job: Int)
    case shutDown
}

/// Makes one connection and reports what happens to it, marked with its number,
/// so that news of an older one can be told apart.
struct PrinterLink: Sendable {
    let number: Int
    let open: OpenChannels
    let report: @Sendable (PrinterInput) -> Void

    /// Connects after `delay`.
    func connect(to address: PrinterAddress, after delay: Duration, on eventLoop: any EventLoop) {
        eventLoop.scheduleTask(in: TimeAmount(delay)) { [self] in
            ClientBootstrap(group: eventLoop)
                .connectTimeout(.seconds(5))
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .channelOption(.socketOption(.so_keepalive), value: 1)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(PrinterLinkHandler(link: self))
                    }
                }
                .connect(host: address.host, port: address.port)
                .whenComplete { result in
                    // A success is reported by the handler, in order with what the printer says at once.
                    if case .failure(let error) = result { report(.disconnected(why: "\(error)", link: number)) }
                }
        }
    }
}

/// Every connection of a service, so that none outlives it: not even one that was made while it ended.
final class OpenChannels: Sendable {
    private let channels = Mutex<[ObjectIdentifier: any Channel]?>([:])

    /// False when the service has ended.
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

private final class PrinterLinkHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let link: PrinterLink
    private var error: (any Error)?

    init(link: PrinterLink) { self.link = link }

    func channelActive(context: ChannelHandlerContext) {
        guard link.open.add(context.channel) else { return context.close(promise: nil) }
        link.report(.connected(context.channel, link: link.number))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        link.report(.received(Array(Self.unwrapInboundIn(data).readableBytesView), link: link.number))
    }

    func channelInactive(context: ChannelHandlerContext) {
        link.open.remove(context.channel)
        link.report(.disconnected(why: error.map { "\($0)" } ?? "the printer closed the connection", link: link.number))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.error = error
        context.close(promise: nil)
    }
}
