import Glibc
import NIOCore
import NIOPosix
import ServiceLifecycle

extension SocketPlace {
    /// Takes the place of a unix socket and serves its clients, each in a task of its own, until shut down.
    ///
    /// - Parameters:
    ///   - onListening: called once, when clients can connect.
    ///   - serve: a channel that does not read yet, and is not wrapped: an async channel that a shutdown drops unserved stops the program.
    /// - Throws: ``DeviceSocketError``, where somebody else has the place or this user may not make it.
    static func serve(
        _ path: String, mode: mode_t, group: String?, onListening: @Sendable () -> Void,
        _ serve: @escaping @Sendable (any Channel) async -> Void
    ) async throws {
        let place = try claim(path, mode: mode, group: group)
        defer { place.release() }
        let open = OpenChannels()
        defer { open.closeAll() }
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.autoRead, value: false)
            .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true) { channel in
                channel.closeFuture.whenComplete { _ in open.remove(channel) }
                return open.add(channel) ? channel.eventLoop.makeSucceededFuture(channel) : channel.close().map { channel }
            }
        try place.openToClients()
        onListening()
        try await cancelWhenGracefulShutdown {
            try await server.executeThenClose { clients in
                try await withThrowingDiscardingTaskGroup { group in
                    for try await client in clients { group.addTask { await serve(client) } }
                }
            }
        }
    }
}
