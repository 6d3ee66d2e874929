import Glibc

/// Wakes a thread that waits in `poll`. Rung twice before anybody looks, it rings once.
public struct Bell: ~Copyable, Sendable {
    /// Readable while it rings.
    public let descriptor: CInt
    private let button: CInt

    /// - Throws: `LineError` when no file descriptor is left.
    public init() throws(LineError) {
        var ends: [CInt] = [-1, -1]
        let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
            throw LineError(.exhausted, "no file descriptor is left for a device: \(DeviceFile.words(errno))")
        }
        (descriptor, button) = (ends[0], ends[1])
    }

    deinit {
        close(descriptor)
        close(button)
    }

    /// From any thread.
    public func ring() {
        var push: UInt8 = 0
        // Only a bell that has been ringing for long refuses.
        _ = write(button, &push, 1)
    }

    /// Lets it ring no more.
    public func silence() {
        var pushes: (UInt64, UInt64) = (0, 0)
        while read(descriptor, &pushes, 16) == 16 {}
    }
}
