import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// TCP ports on 127.0.0.1.
enum LoopbackPort {
    struct Unusable: Error, CustomStringConvertible {
        var description: String
    }

    /// What somebody here was told already, and may not have bound yet.
    private static let given = Mutex<Set<Int>>([])

    /// A port that is free now, and given to nobody else here.
    ///
    /// Below the range that Linux gives to outgoing connections (32768 up): a client that keeps trying
    /// a port of that range while nobody listens there ends up connected to itself, and the port is taken.
    static func anyFree() async throws -> Int {
        for port in (10_000..<32_000).shuffled() where !given.withLock({ $0.contains(port) }) {
            do {
                return try await bind(port)
            } catch let error as IOError where error.errnoCode == EADDRINUSE {
                continue
            }
        }
        throw Unusable(description: "no port from 10000 to 31999 is free on 127.0.0.1; stop other programs")
    }

    /// Refuses a port that another program has.
    static func requireFree(_ port: Int, for what: String) async throws {
        do {
            _ = try await bind(port)
        } catch let error as IOError {
            let why = error.errnoCode == EADDRINUSE ? "is in use by another program; stop that" : "cannot be had (\(error))"
            throw Unusable(description: "port \(port) for \(what) \(why), or choose others by ANJUNGAN_PORTS=7170,7171,7172,7173")
        }
    }

    /// The port that is wanted, as far as it must be that one.
    static func chosen(_ choice: Ports.Choice, for what: String) async throws -> Int {
        switch choice {
        case .only(let port):
            try await requireFree(port, for: what)
            return port
        case .rather(let port):
            do {
                return try await bind(port)
            } catch let error as IOError where error.errnoCode == EADDRINUSE {
                return try await anyFree()
            }
        case .any: return try await anyFree()
        }
    }

    /// Binds, asks which port it became, and lets go.
    private static func bind(_ port: Int) async throws -> Int {
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: "127.0.0.1", port: port).get()
        let bound = channel.localAddress?.port ?? port
        try await channel.close()
        given.withLock { _ = $0.insert(bound) }
        return bound
    }
}
