import Foundation
import Glibc
import Synchronization
import Testing

/// A device layer that is stopped: whoever connects to it can write what the kernel holds, and nobody reads that.
final class DeafListener: Sendable {
    private let path: String
    private let listener: CInt
    private let held = Mutex<CInt>(-1)

    init(_ path: String) throws {
        self.path = path
        let listener = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        self.listener = listener
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let isBound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        // As the real one: backends run as `lp`.
        try #require(isBound && chmod(path, 0o666) == 0 && listen(listener, 16) == 0)
    }

    /// Takes one client, and returns when no more of its bytes fit.
    func untilFull() async {
        let client = await withCheckedContinuation { [listener] continuation in
            Thread.detachNewThread { continuation.resume(returning: accept(listener, nil, nil)) }
        }
        held.withLock { $0 = client }
        var before: CInt = -1
        while true {
            var now: CInt = 0
            guard ioctl(client, UInt(FIONREAD), &now) == 0 else { return }
            if now > 0, now == before { return }
            before = now
            // The kernel tells readers of bytes, and nobody of a full buffer.
            try? await Task.sleep(for: .milliseconds(50))
        }
    }

    func end() {
        shutdown(listener, CInt(SHUT_RDWR))
        close(listener)
        close(held.withLock { $0 })
        unlink(path)
    }
}
