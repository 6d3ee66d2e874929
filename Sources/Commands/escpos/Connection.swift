import DeviceSocket
import Glibc

/// A connection to the device layer, closed exactly once.
struct Connection: ~Copyable {
    enum Failure: Error {
        /// Worth another attempt: nobody listens, or the other end went away.
        case away(String)
        /// Another attempt would meet the same.
        case broken(BackendError)
    }

    private let descriptor: CInt
    private var decoder = FrameDecoder<ServerFrame>()

    private init(owning descriptor: CInt) { self.descriptor = descriptor }

    static func open(_ path: String) throws(Failure) -> Connection {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let fits = withUnsafeMutableBytes(of: &address.sun_path) { place in
            guard path.utf8.count < place.count else { return false }
            place.copyBytes(from: path.utf8)
            return true
        }
        guard fits else {
            throw .broken(BackendError("the socket path \(path) is longer than 107 octets; set ANJUNGAN_DEVICE_SOCKET to a shorter one"))
        }
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .away("no socket: \(systemError())") }
        let connection = Connection(owning: descriptor)
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
        guard connected == 0 else { throw .away("cannot reach the device layer at \(path): \(systemError())") }
        return connection
    }

    deinit { close(descriptor) }

    /// Sends whole frames. Blocks only while the device layer is busy reading.
    func send(_ frame: ClientFrame) throws(Failure) {
        var rest = frame.bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
            if count < 0 {
                if errno == EINTR { continue }
                throw .away("the device layer went away: \(systemError())")
            }
            rest.removeFirst(count)
        }
    }

    /// Waits for frames or for a stop; empty when it was the stop, or when `milliseconds` (-1: for ever) are over.
    mutating func receive(until stop: StopSignal, milliseconds: CInt) throws(Failure) -> [ServerFrame] {
        var waits = [
            pollfd(fd: stop.descriptor, events: Int16(POLLIN), revents: 0), pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
        ]
        guard poll(&waits, 2, milliseconds) >= 0 || errno == EINTR else { throw .away("cannot wait: \(systemError())") }
        guard waits[1].revents != 0 else { return [] }
        var chunk = [UInt8](repeating: 0, count: 4096)
        let count = chunk.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, CInt(MSG_DONTWAIT)) }
        if count < 0, errno == EINTR || errno == EAGAIN { return [] }
        guard count > 0 else {
            throw .away(count == 0 ? "the device layer closed the connection" : "the device layer went away: \(systemError())")
        }
        do throws(FrameError) {
            return try decoder.feed(chunk.prefix(count))
        } catch {
            throw .broken(BackendError(error.description))
        }
    }
}
