import Glibc
import NIOCore
import NIOPosix

/// TCP ports on 127.0.0.1.
enum LoopbackPort {
    struct Unusable: Error, CustomStringConvertible {
        var description: String
    }

    /// A port that is free now.
    static func anyFree() async throws -> Int { try await bind(0) }

    /// Refuses a port that another program has.
    static func requireFree(_ port: Int, for what: String) async throws {
        do {
            _ = try await bind(port)
        } catch let error as IOError {
            let why = error.errnoCode == EADDRINUSE ? "is in use by another program; stop that" : "cannot be had (\(error))"
            throw Unusable(description: "port \(port) for \(what) \(why), or choose others by ANJUNGAN_PORTS=7170,7171,7172,7173")
        }
    }

    /// Binds, asks which port it became, and lets go.
    private static func bind(_ port: Int) async throws -> Int {
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: "127.0.0.1", port: port).get()
        let bound = channel.localAddress?.port ?? port
        try await channel.close()
        return bound
    }
}
