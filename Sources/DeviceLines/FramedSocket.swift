import Glibc
import Synchronization

/// A unix socket on which frames go both ways: one octet for the kind, four for the length, the highest first, and the octets.
///
/// For emulated devices that are programs of their own. What it reads goes through a buffer that is wiped.
public final class FramedSocket: Sendable {
    /// Octets of the longest frame.
    public static let longest = 1 << 20

    private let descriptor: Mutex<CInt>

    /// Takes a connected socket over.
    public init(descriptor: CInt) { self.descriptor = Mutex(descriptor) }

    /// Connects to whoever listens at `path`.
    public convenience init(path: String) throws(LineError) {
        let (descriptor, problem) = Self.withAddress(path) { address, length in
            let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            guard descriptor >= 0, connect(descriptor, address, length) == 0 else {
                let problem = errno
                if descriptor >= 0 { Glibc.close(descriptor) }
                return (CInt(-1), problem)
            }
            return (descriptor, CInt(0))
        }
        guard descriptor >= 0 else {
            throw LineError(.notThere, "\(path): \(String(cString: strerror(problem))); start the emulated devices")
        }
        self.init(descriptor: descriptor)
    }

    deinit { close() }

    /// A socket that listens at `path`, which is replaced.
    public static func listen(path: String) throws(LineError) -> CInt {
        unlink(path)
        let (descriptor, problem) = withAddress(path) { address, length in
            let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            guard descriptor >= 0, bind(descriptor, address, length) == 0, chmod(path, 0o600) == 0, Glibc.listen(descriptor, 8) == 0 else {
                let problem = errno
                if descriptor >= 0 { Glibc.close(descriptor) }
                return (CInt(-1), problem)
            }
            return (descriptor, CInt(0))
        }
        guard descriptor >= 0 else { throw LineError(.notAllowed, "\(path): \(String(cString: strerror(problem)))") }
        return descriptor
    }

    private static func withAddress<Result>(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { room in
            precondition(path.utf8.count < room.count, "a socket's path has at most 107 octets")
            room.copyBytes(from: path.utf8)
        }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
    }

    /// Sends a frame; one that the other end does not take is lost with the connection.
    public func send(_ kind: UInt8, _ octets: [UInt8] = []) {
        let length = UInt32(octets.count)
        var frame = [kind] + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) } + octets
        defer { for index in frame.indices { frame[index] = 0 } }
        descriptor.withLock { descriptor in
            var sent = 0
            while descriptor >= 0, sent < frame.count {
                let count = frame.withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress! + sent, frame.count - sent, CInt(MSG_NOSIGNAL))
                }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else {
                    shutdown(descriptor, CInt(SHUT_RDWR))
                    return
                }
                sent += count
            }
        }
    }

    /// Reads frames until the connection ends, on the calling thread.
    public func receive(_ take: (_ kind: UInt8, _ octets: [UInt8]) -> Void) {
        let descriptor = descriptor.withLock { $0 }
        var head = [UInt8](repeating: 0, count: 5)
        while Self.fill(&head, descriptor) {
            let length = head.dropFirst().reduce(0) { $0 << 8 | Int($1) }
            guard length <= Self.longest else { return }
            var octets = [UInt8](repeating: 0, count: length)
            guard Self.fill(&octets, descriptor) else { return }
            take(head[0], octets)
        }
    }

    private static func fill(_ octets: inout [UInt8], _ descriptor: CInt) -> Bool {
        var filled = 0
        let wanted = octets.count
        while filled < wanted {
            let count = octets.withUnsafeMutableBytes { read(descriptor, $0.baseAddress! + filled, wanted - filled) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            filled += count
        }
        return true
    }

    /// Ends the connection; whoever receives returns.
    public func end() { descriptor.withLock { if $0 >= 0 { shutdown($0, CInt(SHUT_RDWR)) } } }

    private func close() {
        descriptor.withLock { descriptor in
            if descriptor >= 0 { Glibc.close(descriptor) }
            descriptor = -1
        }
    }
}

/// What frames between an emulated device's program and its user are called.
public enum DeviceFrame {
    /// The first, of the user: which device is meant.
    public static let reader = UInt8(ascii: "r")
    public static let scanner = UInt8(ascii: "s")
    /// The answer: of a reader whether it tells of cards by itself and its class descriptor, of a scanner its report descriptor.
    public static let description = UInt8(ascii: "d")
    /// A message on a bulk endpoint, or a report.
    public static let message = UInt8(ascii: "m")
    public static let notice = UInt8(ascii: "n")
    public static let stall = UInt8(ascii: "x")
    /// Of the user: ABORT for a slot and a sequence, and a reset of the device.
    public static let abort = UInt8(ascii: "a")
    public static let reset = UInt8(ascii: "z")
}
