import CUPSPrinting
import Foundation
import Glibc
import Testing

/// A scheduler that takes every connection and hangs up at once, as a relay does whose scheduler has not come up yet.
final class HangUp: Sendable {
    let path = "/tmp/anjungan-hang-up-\(UUID().uuidString.prefix(8)).sock"
    private let listener: CInt

    init() throws {
        let listener = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let isBound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        try #require(isBound && listen(listener, 16) == 0)
        Thread.detachNewThread {
            while case let client = accept(listener, nil, nil), client >= 0 { close(client) }
            close(listener)
        }
    }

    deinit {
        // Ends the thread's accept(2).
        shutdown(listener, CInt(SHUT_RDWR))
        unlink(path)
    }
}
