public import HummingbirdCore
public import Logging
public import NIOCore
import Synchronization

/// A connection that was accepted and waits for somebody to serve it; closed when it is dropped instead.
///
/// A server that is cancelled drops what it has accepted and not served yet (swift-nio issues 2637 and 3481), and an
/// `NIOAsyncChannel` that is dropped while it is open ends the program.
public final class Unserved<Connection: Sendable>: Sendable {
    public let channel: any Channel
    private let connection: Mutex<Connection?>

    public init(_ connection: Connection, on channel: any Channel) {
        self.connection = Mutex(connection)
        self.channel = channel
    }

    /// The connection, for one who serves it to its end; nil for everybody after the first.
    public func take() -> Connection? { connection.withLock { $0.take() } }

    deinit {
        guard let left = take() else { return }
        // Kept until it is closed, when dropping it does no harm.
        channel.closeFuture.whenComplete { _ in withExtendedLifetime(left) {} }
        channel.close(promise: nil)
    }
}

extension Unserved: ServerChildChannelValue {}

/// A way to serve connections under Hummingbird's server that outlives the server's being cancelled at any moment.
public struct Cancellable<Base: ServerChildChannel>: ServerChildChannel {
    let base: Base

    public init(_ base: Base) { self.base = base }

    public func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Unserved<Base.Value>> {
        base.setup(channel: channel, logger: logger).map { Unserved($0, on: channel) }
    }

    public func handle(value: Unserved<Base.Value>, logger: Logger) async {
        guard let connection = value.take() else { return }
        await base.handle(value: connection, logger: logger)
    }
}

extension HTTPServerBuilder {
    /// HTTP/1.1 as every page speaks it.
    public static var page: HTTPServerBuilder {
        HTTPServerBuilder { Cancellable(HTTP1Channel(responder: $0)) }
    }
}
