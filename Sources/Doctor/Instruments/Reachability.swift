import Glibc

/// Whether somebody listens at an address.
enum Reachability {
    /// Connects over TCP and hangs up, without sending a byte. Blocks for at most `limit` an address, and for the name's resolution.
    static func connect(_ host: String, _ port: Int, within limit: Duration) throws {
        var hints = addrinfo()
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let problem = getaddrinfo(host, "\(port)", &hints, &list)
        guard problem == 0 else { throw SystemFailure(description: "\(host): \(String(cString: gai_strerror(problem)))") }
        defer { freeaddrinfo(list) }
        var failure = ENOENT
        for address in sequence(first: list, next: { $0?.pointee.ai_next }) {
            guard let address = address?.pointee else { break }
            failure = attempt(address.ai_family, address.ai_addr, address.ai_addrlen, within: limit)
            if failure == 0 { return }
        }
        throw SystemFailure(description: "\(host):\(port): \(String(cString: strerror(failure)))")
    }

    /// The same with a unix socket.
    static func connect(socket path: String) throws {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let octets = Array(path.utf8)
        guard octets.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw SystemFailure(description: "\(path): \(String(cString: strerror(ENAMETOOLONG)))")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: octets) }
        let failure = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                attempt(AF_UNIX, $0, socklen_t(MemoryLayout<sockaddr_un>.size), within: .seconds(2))
            }
        }
        guard failure == 0 else { throw SystemFailure(description: "\(path): \(String(cString: strerror(failure)))") }
    }

    /// 0, or the number of the error.
    private static func attempt(
        _ family: CInt, _ address: UnsafePointer<sockaddr>?, _ length: socklen_t, within limit: Duration
    ) -> CInt {
        let flags = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
        let file = socket(family, flags, 0)
        guard file >= 0 else { return errno }
        defer { close(file) }
        if Glibc.connect(file, address, length) == 0 { return 0 }
        guard errno == EINPROGRESS else { return errno }
        var waiting = pollfd(fd: file, events: Int16(POLLOUT), revents: 0)
        let ready = poll(&waiting, 1, CInt(limit.components.seconds * 1000))
        guard ready > 0 else { return ready == 0 ? ETIMEDOUT : errno }
        var failure: CInt = 0
        var size = socklen_t(MemoryLayout<CInt>.size)
        return getsockopt(file, SOL_SOCKET, SO_ERROR, &failure, &size) == 0 ? failure : errno
    }
}
