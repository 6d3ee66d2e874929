import NIOCore
import NIOPosix

/// Ports for programs that must be told theirs.
public enum FreePort {
    /// A TCP port on 127.0.0.1 that is free now, and not of those that outgoing connections get:
    /// whoever keeps trying such a port while its program restarts ends up connected to itself.
    public static func any() async throws -> Int {
        while true {
            let port = Int.random(in: 10_000..<32_000)
            let bound = ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup).bind(host: "127.0.0.1", port: port)
            guard let channel = try? await bound.get() else { continue }
            try await channel.close()
            return port
        }
    }
}
