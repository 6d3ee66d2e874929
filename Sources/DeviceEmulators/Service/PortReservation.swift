import Glibc
import LoopbackWeb
import NIOCore

/// Holds a TCP port without listening on it.
///
/// An emulated printer without power must refuse connections and still find its port free when the
/// power comes back: bound but not listening is exactly that.
struct PortReservation: ~Copyable {
    let address: SocketAddress
    private let descriptor: CInt

    init(_ wanted: ListenAddress) throws(EmulatorError) {
        let resolved: SocketAddress
        do {
            resolved = try SocketAddress.makeAddressResolvingHost(wanted.host, port: wanted.port)
        } catch {
            throw EmulatorError(
                .addressRefused, "The host name of \(wanted) cannot be resolved (\(error)); give an address such as 127.0.0.1:9100.")
        }
        let family = resolved.protocol == .inet6 ? AF_INET6 : AF_INET
        let descriptor = socket(family, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Self.failure(wanted) }
        var yes: CInt = 1
        guard setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<CInt>.size)) == 0,
            resolved.withSockAddr({ bind(descriptor, $0, socklen_t($1)) }) == 0
        else {
            let failure = Self.failure(wanted)
            close(descriptor)
            throw failure
        }
        self.descriptor = descriptor
        var bound = resolved
        bound.port = Self.port(of: descriptor)
        address = bound
    }

    deinit { close(descriptor) }

    private static func port(of descriptor: CInt) -> Int {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        precondition(result == 0, "a bound socket has a name")
        // The port stands at the same place in the addresses of both families.
        return withUnsafeBytes(of: &storage) { Int($0[2]) << 8 | Int($0[3]) }
    }

    private static func failure(_ wanted: ListenAddress) -> EmulatorError {
        EmulatorError.listening(on: wanted, option: "--printer", errnoCode: errno)
    }
}

extension EmulatorError {
    /// Says which port is taken and what to do about it.
    static func listening(on address: ListenAddress, option: String, errnoCode: CInt) -> EmulatorError {
        if errnoCode == EADDRINUSE {
            return EmulatorError(
                .portInUse,
                """
                Port \(address.port) on \(address.host) is in use by another program. Stop that program \
                (`ss -ltnp 'sport = :\(address.port)'` names it) or choose another port with \(option) \(address.host):PORT.
                """)
        }
        return EmulatorError(
            .addressRefused,
            """
            Cannot listen on \(address): \(String(cString: strerror(errnoCode))). \
            Choose an address of this machine with \(option) HOST:PORT.
            """
        )
    }
}
