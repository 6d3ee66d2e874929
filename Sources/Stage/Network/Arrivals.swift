import LoopbackWeb
import NIOCore
import NIOPosix
import Synchronization

/// A listening socket and the connections that came to it and are not served yet.
///
/// They are kept here from the moment they are made: an `NIOAsyncChannel` that is dropped while it is open ends the program,
/// and a stream of them drops what nobody has come for when it is cancelled.
final class Arrivals: Sendable {
    private let waiting = Mutex<[ObjectIdentifier: RelayLine.End]>([:])

    /// Names connections in the order in which they come.
    func listen(on address: ListenAddress) async throws -> NIOAsyncChannel<ObjectIdentifier, Never> {
        try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .bind(host: address.host, port: address.port) { channel in
                channel.eventLoop.makeCompletedFuture { try self.keep(channel) }
            }
    }

    /// As ``listen(on:)``, on a unix socket; a leftover of that name is replaced.
    func listen(onSocket path: String) async throws -> NIOAsyncChannel<ObjectIdentifier, Never> {
        try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true) { channel in
                channel.eventLoop.makeCompletedFuture { try self.keep(channel) }
            }
    }

    private func keep(_ channel: any Channel) throws -> ObjectIdentifier {
        let end = try RelayLine.end(of: channel)
        let name = ObjectIdentifier(channel)
        waiting.withLock { $0[name] = end }
        return name
    }

    /// The connection of that name, for one who uses it.
    func take(_ name: ObjectIdentifier) -> RelayLine.End? { waiting.withLock { $0.removeValue(forKey: name) } }

    /// Closes those that nobody takes any more.
    func closeAll() async {
        let left = waiting.withLock { waiting in
            defer { waiting = [:] }
            return Array(waiting.values)
        }
        // One that is closed already is what is wanted.
        for end in left { try? await end.executeThenClose { _, _ in } }
    }
}
