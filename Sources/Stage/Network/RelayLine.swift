import LoopbackWeb
import NIOCore
import NIOPosix
import ServiceLifecycle

/// Two connections joined: what comes in at one goes out at the other, no faster than that one takes it.
struct RelayLine {
    typealias End = NIOAsyncChannel<ByteBuffer, ByteBuffer>
    typealias Input = NIOAsyncChannelInboundStream<ByteBuffer>
    typealias Output = NIOAsyncChannelOutboundWriter<ByteBuffer>

    /// One of the two connections, while it is open.
    struct Side {
        let channel: any Channel
        let input: Input
        let output: Output
    }

    let near: Side
    let far: Side

    /// One end that says of itself when it has said everything, and still listens.
    static func end(of channel: any Channel) throws -> End {
        try End(wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
    }

    /// A listening socket with the connections that came to it.
    typealias Server = NIOAsyncChannel<Unserved<End>, Never>

    static func listen(on address: ListenAddress) async throws -> Server {
        try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .bind(host: address.host, port: address.port) { channel in
                channel.eventLoop.makeCompletedFuture { Unserved(try end(of: channel), on: channel) }
            }
    }

    /// As ``listen(on:)``, on a unix socket; a leftover of that name is replaced.
    static func listen(onSocket path: String) async throws -> Server {
        try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true) { channel in
                channel.eventLoop.makeCompletedFuture { Unserved(try end(of: channel), on: channel) }
            }
    }

    /// Serves every connection that comes to `server`, each in a task of its own, until cancelled or gracefully shut down.
    static func serveAll(of server: Server, _ serve: @escaping @Sendable (End) async -> Void) async throws {
        do {
            try await cancelWhenGracefulShutdown {
                try await server.executeThenClose { arrivals in
                    try await withThrowingDiscardingTaskGroup { group in
                        for try await arrival in arrivals {
                            guard let near = arrival.take() else { continue }
                            group.addTask { await serve(near) }
                        }
                    }
                }
            }
        } catch is CancellationError {
            // The regular end.
        }
    }

    /// Connects to a port of this machine.
    static func connect(to address: ListenAddress) async throws -> End {
        try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connectTimeout(.seconds(2))
            .connect(host: address.host, port: address.port) { channel in
                channel.eventLoop.makeCompletedFuture { try end(of: channel) }
            }
    }

    /// Connects to a unix socket.
    static func connect(toSocket path: String) async throws -> End {
        try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(unixDomainSocketPath: path) { channel in
                channel.eventLoop.makeCompletedFuture { try end(of: channel) }
            }
    }

    /// Returns when both directions have ended and everything is on its way; throws when either breaks.
    ///
    /// - Parameter watch: shown what the near end says, after it is on its way to the far one.
    func run(watch: @escaping @Sendable (ByteBuffer) -> Void = { _ in }) async throws {
        let (near, far) = (near, far)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await Self.pass(near.input, to: far, watch) }
            group.addTask { try await Self.pass(far.input, to: near) { _ in } }
            // The first error cancels the other direction.
            while try await group.next() != nil {}
        }
    }

    private static func pass(_ input: Input, to side: Side, _ watch: @Sendable (ByteBuffer) -> Void) async throws {
        for try await bytes in input {
            try await side.output.write(bytes)
            watch(bytes)
        }
        // A channel whose other direction has ended already closes at once when this one ends, with what it has not sent yet.
        try await withTaskCancellationHandler {
            try await side.channel.writeAndFlush(ByteBuffer()).get()
        } onCancel: {
            side.channel.close(promise: nil)
        }
        side.output.finish()
    }
}
